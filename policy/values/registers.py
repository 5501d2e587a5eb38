"""Values of registry: marriage, organisations, communities, boundaries, graves."""

from __future__ import annotations

from policy.values.shapes import Amount, MonthDay, Values


class Registers(Values):
    """Ages in full years, quotas in fen a community and year, `permille` of staff."""

    marriage_age_men: Amount
    marriage_age_women: Amount
    marriage_needs_local_hukou: bool
    divorce_withdrawal_days: Amount
    divorce_certificate_days: Amount
    organisation_report_by: MonthDay
    organisation_registrar_report_by: MonthDay
    organisation_new_exempt_months: Amount
    organisation_rectify_months: Amount
    organisation_zombie_years: Amount
    organisation_reroute_wd: Amount
    micro_project_quota_year_fen: Amount
    micro_project_service_max_fen: Amount
    micro_project_works_max_fen: Amount
    disabled_staff_permille: Amount
    boundary_inspection_years: Amount
    grave_use_years_max: Amount
