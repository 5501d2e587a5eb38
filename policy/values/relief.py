"""Values of relief: discovery, basic living (L1), special aid (L2), temporary aid (L3), procedure and money."""

from __future__ import annotations

from typing import Literal

from policy.values.shapes import Amount, Codes, Table, Values


class Discovery(Values):
    """How long opinions and the named contacts of listed persons may wait. `_wd` = working days; the limits of signals are `alert_act`."""

    opinion_answer_wd: Table
    contact_reassign_wd: Amount


class BasicLiving(Values):
    """Who gets dibao, tekun, edge and rigid-expenditure status, and how much (R-DIB, R-TEK, R-EDG, R-RIG).

    Income limits are compared without division: income x 100 < edge_income_percent x standard x members.
    Asset limits are a head and pass when equal ("not above").
    """

    dibao_standard_fen: Amount
    dibao_asset_limit_fen: Amount
    single_dibao_income: Literal["own", "household"]
    single_dibao_disability_grades: Table
    grace_months: Amount
    grace_ends_above_edge: bool
    edge_income_percent: Amount
    edge_asset_limit_fen: Amount
    rigid_asset_limit_fen: Amount
    rigid_disposable_income_year_fen: Amount
    rigid_expenditure_percent: Amount
    rigid_lookback_months: Amount
    rigid_valid_months: Amount
    tekun_standard_fen: Amount
    tekun_age_from: Amount
    tekun_age_below: Amount
    tekun_minor_until_age: Amount
    tekun_disability_grades: Table
    tekun_partial_loss_from_unmet: Amount
    tekun_total_loss_from_unmet: Amount
    income_average_months: Amount
    minimum_wage_fen: Amount
    income_not_counted: Codes
    charity_counts_as_income: bool
    asset_homes_max: Amount
    asset_other_property_max: Amount
    asset_vehicles_max: Amount
    asset_businesses_max: Amount
    basic_living_schemes: Codes


class Procedure(Values):
    """Steps, publicity, reviews and changes of an application and an entitlement. `_wd` = working days."""

    dibao_survey_start_wd: Amount
    dibao_check_start_wd: Amount
    dibao_surveyors: Amount
    dibao_district_wd: Amount
    dibao_decision_wd: Amount
    dibao_decision_extended_wd: Amount
    dibao_decision_delegated_wd: Amount
    dibao_delegated_to_street: bool
    refusal_notice_wd: Amount
    tekun_street_wd: Amount
    tekun_district_wd: Amount
    tekun_check_percent: Amount
    tekun_reassess_wd: Amount
    publicity_days: Amount
    publicity_exempt_schemes: Codes
    check_valid_months: Amount
    review_stable_months: Amount
    review_unstable_months: Amount
    death_change_months: Amount
    death_lift_wd: Amount
    household_change_wd: Amount
    concealed_change_months: Amount
    fraud_fine_max_multiple: Amount
    job_refusals: Amount
    move_accept_wd: Amount
    reconsideration_days: Amount
    complaint_days: Amount
    approvals_money: Amount
    approvals_taking_away: Amount


class TemporaryAid(Values):
    """Emergency and expenditure-type aid. Caps are multiples of the monthly standard (R-TMP-07); the properties give them in fen."""

    dibao_standard_fen: Amount
    temp_emergency_standards: Amount
    temp_expenditure_standards: Amount
    temp_expenditure_conference_standards: Amount
    temp_year_standards: Amount
    temp_street_limit_fen: Amount
    temp_same_cause_months: Amount
    temp_emergency_days: Amount
    temp_emergency_publicity: bool
    temp_papers_wd: Amount
    temp_second_signature_with_papers: bool
    temp_small_fast_relief: bool
    temp_offset_by_back_pay: bool
    temp_sources: Codes

    @property
    def temp_emergency_cap_fen(self) -> int:
        """Cap of one emergency case, for each member."""
        return self.temp_emergency_standards * self.dibao_standard_fen

    @property
    def temp_expenditure_cap_fen(self) -> int:
        """Cap of one expenditure case, for each affected person."""
        return self.temp_expenditure_standards * self.dibao_standard_fen

    @property
    def temp_expenditure_conference_cap_fen(self) -> int:
        """The same when a case conference decides."""
        return self.temp_expenditure_conference_standards * self.dibao_standard_fen

    @property
    def temp_year_cap_fen(self) -> int:
        """Cap of a household's year, for each member."""
        return self.temp_year_standards * self.dibao_standard_fen


class SpecialAid(Values):
    """Children, disability, rehabilitation and aid that other departments decide."""

    child_subsidy_fen: Amount
    orphan_subsidy_fen: Amount
    child_subsidy_difference_schemes: Codes
    child_check_wd: Amount
    child_confirm_wd: Amount
    child_lost_contact_months: Amount
    child_age_below: Amount
    child_consent_ages: tuple[Amount, ...]
    child_insurance_cover_fen: Amount
    disability_living_fen: Amount
    disability_care_fen: Amount
    rehab_severe_year_fen: Amount
    rehab_other_year_fen: Amount
    rehab_severe_up_to_grade: Amount
    rehab_severe_up_to_age: Amount
    rehab_age_max: Amount
    legal_aid_decision_days: Amount
    legal_aid_assignment_days: Amount
    judicial_wage_months_max: Amount


class Money(Values):
    """Rounding, payment runs, recovery."""

    monthly_rounding: Literal["CEIL_YUAN", "NONE"]
    run_cut_off_day: Amount
    run_pay_day: Amount
    run_groups: Codes
    recovery_percent: Amount
    write_off_approvals: Amount
