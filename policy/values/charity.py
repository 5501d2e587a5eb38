"""Values of charity: funds, disclosure, shop, volunteers."""

from __future__ import annotations

from policy.values.shapes import Amount, Code, Codes, MonthDay, Table, Values


class SpendingTier(Values):
    """What an organisation without public fundraising must spend and may cost, from a size of net assets on (R-CHA-06)."""

    net_assets_from_fen: Amount
    spend_percent_of_assets: Amount
    spend_percent_of_income: Amount
    admin_percent: Amount


class Charity(Values):
    """Donations, funds, disclosure, charity shop and volunteer records. Points are whole points; one is `shop_point_fen` of list price."""

    fund_certificate_purposes: Codes
    fund_approvals: Amount
    donor_consent_notice_days: Amount
    donor_query_days: Amount
    use_change_filing_days: Amount
    related_deal_publish_days: Amount
    collection_publish_days: Amount
    campaign_filing_days_before: Amount
    campaign_emergency_filing_days: Amount
    campaign_long_after_months: Amount
    campaign_report_each_months: Amount
    campaign_final_report_months: Amount
    campaign_emergency_report_days: Amount
    disclosure_yearly_by: MonthDay
    disclosure_correction_days: Amount
    disclosure_leftover_days: Amount
    public_raiser_spend_percent: Amount
    public_raiser_admin_percent: Amount
    spending_tiers: tuple[SpendingTier, ...]
    admin_exempt_below_fen: Amount
    tax_report_by: MonthDay
    inspection_officers: Amount
    shop_points_month: Table
    shop_point_fen: Amount
    shop_points_expire: Code
    shop_offline_floor_points: Amount
    volunteer_record_wd: Amount
