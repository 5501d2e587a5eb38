"""Every code that people see has its Chinese term."""

from __future__ import annotations

from enum import StrEnum

import pytest

from contracts import terms
from contracts.eldercare.meal_point import MealPointKind
from contracts.relief.need import CoverageRefusal
from contracts.relief.referral import Progress, ReferralLevel, ReferralStage
from contracts.relief.visit import MissedReason
from contracts.relief.visit_campaign import CampaignKind, TargetGroup
from contracts.terms import Measure
from services.linkage.detections.all import DETECTIONS
from services.linkage.detections.finding import Kind, NextStep
from services.linkage.detections.limits import Limit, LimitUnit
from services.linkage.giving import GiverKind
from services.linkage.kpis.catalogue import KpiTerm
from services.linkage.labels import amount_text, finding_zh, kind_zh, limit_text_zh, name_zh, next_step_zh, zh
from services.linkage.offers.catalogue import Group, OfferGiver, OfferKind, OfferStep
from services.linkage.programmes.catalogue import Have, Line, Unit
from services.linkage.programmes.figures import Verdict
from services.linkage.views.counted import Counts

LISTS: list[type[StrEnum]] = [
    terms.Layer,
    terms.NeedCategory,
    terms.Dimension,
    terms.Measure,
    terms.Urgency,
    terms.Status,
    terms.Scheme,
    terms.PriorPayer,
    terms.Department,
    terms.TempAidKind,
    terms.ClosingCode,
    terms.Receiver,
    terms.Purpose,
    ReferralLevel,
    ReferralStage,
    Progress,
    CoverageRefusal,
    GiverKind,
    Have,
    Line,
    Unit,
    Verdict,
    Counts,
    Group,
    OfferKind,
    OfferGiver,
    OfferStep,
    KpiTerm,
    CampaignKind,
    TargetGroup,
    MissedReason,
    MealPointKind,
]


@pytest.mark.parametrize("codes", LISTS, ids=lambda codes: codes.__name__)
def test_every_code_has_a_term(codes: type[StrEnum]) -> None:
    """A new word in the published language is missed here, not by the reader of a page."""
    assert all(zh(code) for code in codes)


def test_every_detection_kind_and_next_step_has_a_term() -> None:
    assert all(finding_zh(detection.name) for detection in DETECTIONS)
    assert all(kind_zh(kind) for kind in Kind)
    assert all(next_step_zh(step) for step in NextStep)


def test_a_limit_is_written_with_its_count_or_in_words() -> None:
    """3.9: everybody sees how long a condition was allowed to hold."""
    assert [limit_text_zh(Limit(unit=unit, count=2)) for unit in LimitUnit] == [
        "立即", "2小时", "2日", "2个工作日", "当日24时", "以记录的期限为准",
    ]  # fmt: skip


def test_amounts_are_written_in_yuan_or_with_their_unit() -> None:
    """Ruling 12: hours and meals keep their own unit."""
    assert amount_text(412_000, Measure.FEN) == "4,120.00"
    assert amount_text(8, Measure.SESSION) == "8 次"


def test_a_giver_without_a_term_keeps_its_code() -> None:
    assert (name_zh("medical_security"), name_zh("children-illness"), name_zh(None)) == ("医保局", "children-illness", None)
