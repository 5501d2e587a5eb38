"""What TP-2022A says, against the domain pages: the header of section 3.8, "Values added to TP-2022A", the rules and the rulings."""

from __future__ import annotations

import re

import pytest

from contracts.terms import FundingSource, NeedCategory, Purpose, Scheme, Status, Urgency
from policy import FindingRule, Hold, Limit, Packs
from policy.packs import PACKS_FOLDER

PACK = next(pack for pack in Packs.load().all if pack.name == "TP-2022A")
EVIDENCE = re.compile(r"\b(S|K|D|P:[A-Z][A-Z0-9-]+)\b")
RULE = re.compile(
    r"\b(R-[A-Z]+-\d+|SC-\d+|SG-\d+|DET-\d+|[A-J]\d\d|ruling[s]? \d+|section \d|\d\.\d|property \d+|values added to TP-2022A)\b"
)

HEADER = {  # section 3.8, in fen
    "dibao_standard_fen": 136_500,
    "edge_income_percent": 150,
    "tekun_standard_fen": 218_400,
    "dibao_asset_limit_fen": 3_276_000,
    "temp_emergency_cap_fen": 136_500,
    "temp_expenditure_cap_fen": 819_000,
    "temp_expenditure_conference_cap_fen": 1_638_000,
    "temp_year_cap_fen": 12 * 136_500,
    "temp_street_limit_fen": 409_500,
    "recovery_percent": 20,
    "shop_offline_floor_points": 100,
    "meal_key_fen": 1_500,
    "meal_elder_fen": 500,
    "rehab_severe_year_fen": 5_000_000,
    "rehab_other_year_fen": 4_000_000,
    "child_subsidy_fen": 200_000,
    "orphan_subsidy_fen": 200_000,
    "time_day_cap_minutes": 120,
    "overlap_tolerance_fen": 100,
    "monthly_rounding": "CEIL_YUAN",
}
ADDED = {  # 10-rulings, "Values added to TP-2022A"
    "run_pay_day": 10,
    "run_cut_off_day": 28,
    "grace_months": 6,
    "review_stable_months": 12,
    "review_unstable_months": 6,
    "check_valid_months": 6,
    "temp_papers_wd": 10,
    "move_accept_wd": 10,
    "single_dibao_income": "own",
    "rigid_expenditure_percent": 50,
    "rigid_disposable_income_year_fen": 7_084_700,
    "edge_asset_limit_fen": 3_276_000,
    "rigid_asset_limit_fen": 3_276_000,
    "meal_key_age_from": 60,
    "meal_needs_hukou": True,
    "meals_subsidised_a_workday": 1,
    "sla_acknowledge_seconds": 60,
    "sla_dispatch_seconds": 300,
    "sla_on_site_seconds": 1_800,
    "alarm_fold_minutes": 10,
    "position_geofence_m": 200,
    "time_late_cancel_hours": 24,
    "time_late_cancel_minutes": 60,
    "time_credit_minutes": 60,
    "time_lifetime_cap_minutes": 600 * 60,
    "micro_project_quota_year_fen": 200_000_000,
    "micro_project_service_max_fen": 50_000_000,
    "micro_project_works_max_fen": 100_000_000,
    "child_insurance_cover_fen": 10_000_000,
    "shop_points_expire": "quarter_end",
}
RULINGS = {  # 7, 14, 21, 25 and section 3.5
    "dibao_decision_wd": 30,
    "dibao_decision_extended_wd": 45,
    "dibao_decision_delegated_wd": 20,
    "dibao_district_wd": 10,
    "publicity_days": 7,
    "death_change_months": 3,
    "temp_same_cause_months": 12,
    "temp_small_fast_relief": False,
    "temp_offset_by_back_pay": False,
    "charity_counts_as_income": False,
    "approvals_money": 2,
    "referral_plan_wd": 5,
    "referral_progress_days": 30,
    "referral_reroute_wd": 1,
    "referral_reopen_days": 30,
    "suppress_below_persons": 5,
    "impact_assessment_keep_years": 3,
}


@pytest.mark.parametrize(("key", "value"), [*HEADER.items(), *ADDED.items(), *RULINGS.items()])
def test_a_value_is_what_the_page_says(key: str, value: object) -> None:
    """Section 3.8, "Values added to TP-2022A", rulings 14, 21, 25."""
    assert getattr(PACK, key) == value


@pytest.mark.parametrize(
    ("detection", "limit"),
    [("DET-01", Hold(workdays=3)), ("DET-02", Hold(day_end=True)), ("DET-05", Hold(workdays=20)), ("DET-06", Hold(workdays=5)),
     ("DET-07", Hold()), ("DET-12", Hold(days=1)), ("DET-14", Hold(days=1)), ("DET-16", Hold())],
)  # fmt: skip
def test_a_detection_has_the_limit_of_the_page(detection: str, limit: Hold) -> None:
    """Section 3.6, "default limit"; at once where it says so, and where the fact has waited: a silent device for its 24 hours."""
    assert PACK.findings[detection].limit == limit
    assert PACK.device_silent_hours == 24


def test_a_finding_becomes_somebody_elses_later_and_later() -> None:
    """A step of the escalation that comes no later than the one before is a mistake of the pack, and so are two units in one limit."""
    late = {"after_days": 3, "owner": "approver"}
    with pytest.raises(ValueError, match="escalates"):
        FindingRule.model_validate({"owner": "caseworker", "escalates": (late, late)})
    with pytest.raises(ValueError, match="one of"):
        Hold(days=1, hours=2)


def test_referrals_and_alerts_have_a_limit_for_each_colour() -> None:
    """Ruling 14: answers red 4 h, orange 1, yellow and blue 3 working days; R-MON-07 for warnings."""
    answer, act = PACK.referral_answer, PACK.alert_act
    assert [answer.of(colour) for colour in Urgency] == [Limit(hours=4), Limit(workdays=1), Limit(workdays=3), Limit(workdays=3)]
    assert [act.of(colour) for colour in Urgency] == [Limit(hours=4), Limit(workdays=1), Limit(workdays=5), Limit(workdays=20)]
    with pytest.raises(KeyError):
        answer.of("purple")


@pytest.mark.parametrize(
    ("layer", "schemes"),
    [
        ("L1", ["dibao", "tekun", "child_subsidy", "orphan", "disability_living", "disability_care", "price_linked", "classified_top_up"]),
        ("L2", ["medical_aid", "care_bed", "meal_subsidy", "adaptation", "child_insurance"]),
        ("L3", ["temporary_aid"]),
        ("L4", ["charity", "shop_points", "love_kitchen", "volunteer", "time_bank"]),
    ],
)
def test_the_layer_is_data_of_the_scheme(layer: str, schemes: list[str]) -> None:
    """Ruling 13."""
    assert {PACK.layer_of(scheme) for scheme in schemes} == {layer}


def test_exclusive_schemes_are_pairs_in_either_order() -> None:
    """Overlap rule: two basic-living schemes; orphan and tekun; full child subsidy and disabled living subsidy."""
    assert PACK.are_exclusive("dibao", "tekun")
    assert PACK.are_exclusive("tekun", "dibao")
    assert PACK.are_exclusive("orphan", "tekun")
    assert PACK.are_exclusive("child_subsidy_full", "disability_living")
    assert not PACK.are_exclusive("child_subsidy", "dibao")  # SC-19: the difference is paid on top
    assert not PACK.are_exclusive("dibao", "temporary_aid")


def test_goods_certificates_publicity_meals_and_points_name_their_groups() -> None:
    """Ruling 12, C08, ruling 25, R-ELD-03, R-SHP-03."""
    assert PACK.goods_count_categories == {NeedCategory.DISASTER}
    assert PACK.fund_certificate_purposes == {Purpose.DISABILITY}
    assert PACK.publicity_exempt_schemes >= {Scheme.CHILD_SUBSIDY, "orphan"}
    assert PACK.publicity_exempt_schemes.isdisjoint({Scheme.DIBAO, Scheme.TEKUN})
    assert PACK.meal_key_statuses == {Status.TEKUN, Status.DIBAO, Status.EDGE}
    assert dict(PACK.shop_points_month) == {Status.DIBAO: 200, Status.TEKUN: 200, Status.EDGE: 120}


@pytest.mark.parametrize(("score", "grade"), [(0, 0), (20, 0), (21, 1), (45, 1), (46, 2), (65, 2), (66, 3), (90, 3), (91, 4), (100, 4)])
def test_the_edges_of_the_ability_bands(score: int, grade: int) -> None:
    """R-ELD-01: test the band edges."""
    assert PACK.ability_grade(score) == grade


@pytest.mark.parametrize("score", [-1, 101])
def test_a_score_outside_the_bands_has_no_grade(score: int) -> None:
    """R-ELD-01: 0 to 100."""
    with pytest.raises(ValueError, match="no ability band"):
        PACK.ability_grade(score)


def test_the_words_of_the_published_language_are_known_to_the_pack() -> None:
    """Every scheme that pays has a layer, every source of temporary aid is one that events can name."""
    assert {str(scheme) for scheme in Scheme} <= set(PACK.scheme_layers)
    assert {str(source) for source in FundingSource} == PACK.temp_sources


def test_every_value_names_its_rule_and_its_evidence() -> None:
    """A number without its source is a question: each value's line has a comment with a rule or ruling and a tag S, P:xx, K or D."""
    _, values = (PACKS_FOLDER / "tp-2022a.yaml").read_text(encoding="utf-8").split("\nvalues:\n")
    lines = re.findall(r"^  ([a-z_]+):(.*)$", values, re.MULTILINE)
    assert len(lines) > 150
    unsourced = [key for key, rest in lines if not (EVIDENCE.search(rest.partition("#")[2]) and RULE.search(rest.partition("#")[2]))]
    assert unsourced == []
