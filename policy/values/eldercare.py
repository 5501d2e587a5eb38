"""Values of eldercare: ability, care beds, home care, emergency calls, meals, loans, time bank."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from policy.values.shapes import Amount, Code, Codes, Table, Values


class AbilityBand(Values):
    """Scores from `low` to `high`, both included, are `grade` (0 intact .. 4 total loss; higher score = worse)."""

    grade: Amount
    low: Amount
    high: Amount


class Eldercare(Values):
    """Assessment, beds, orders, alarms and meals. Seconds, minutes and hours run day and night."""

    ability_bands: tuple[AbilityBand, ...]
    ability_assessors: Amount
    ability_medical_assessors: Amount
    ability_valid_months: Amount
    bed_suspend_after_days: Amount
    bed_close_after_suspended_days: Amount
    bed_visits_month: Table
    home_care_key_fen: Amount
    home_care_other_fen: Amount
    order_confirm_hours: Amount
    order_call_back_percent: Amount
    position_geofence_m: Amount
    care_visit_days: Table
    care_visit_again_days: Amount
    care_visit_levels: Amount
    sla_acknowledge_seconds: Amount
    sla_dispatch_seconds: Amount
    sla_on_site_seconds: Amount
    alarm_escalate_seconds: Amount
    alarm_fold_minutes: Amount
    device_silent_hours: Amount
    loan_hours: Amount
    stair_training_months: Amount
    meal_key_statuses: Codes
    meal_key_age_from: Amount
    meal_centenarian_age_from: Amount
    meal_elder_age_from: Amount
    meal_needs_hukou: bool
    meal_key_fen: Amount
    meal_elder_fen: Amount
    meal_delivery_fen: Amount
    meal_delivery_age_from: Amount
    meal_delivery_grade_from: Amount
    meal_canteen_fen: Amount
    meals_subsidised_a_workday: Amount
    retention_facts_years: Amount
    impact_assessment_keep_years: Amount
    retention_positions_days: Amount
    retention_audio_days: Amount

    def ability_grade(self, score: int) -> int:
        """The grade of a score 0..100 (R-ELD-01). Raises ValueError outside the bands."""
        for band in self.ability_bands:
            if band.low <= score <= band.high:
                return band.grade
        raise ValueError(f"score {score} lies in no ability band")

    @model_validator(mode="after")
    def _bands_join(self) -> Self:
        expected = 0
        for band in self.ability_bands:
            if band.low != expected or band.high < band.low:
                raise ValueError(f"ability_bands: a band must start at {expected}, this one goes {band.low}..{band.high}")
            expected = band.high + 1
        return self


class TimeBank(Values):
    """Credits are kept in minutes; `time_credit_minutes` of them are shown as one credit (R-TB-02)."""

    time_credit_minutes: Amount
    time_day_cap_minutes: Amount
    time_lifetime_cap_minutes: Amount
    time_late_cancel_hours: Amount
    time_late_cancel_minutes: Amount
    time_late_cancel_to: Code
    time_inherit_months: Amount
    time_redeem_outside_district: bool
    time_redeem_for: Codes
