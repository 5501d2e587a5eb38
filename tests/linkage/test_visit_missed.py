"""DET-15: an awaited visit to an elder of high risk stands on the board from the end of its day until somebody goes there."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.eldercare.care_visit_plan import (
    CareVisitDone,
    CareVisitMissed,
    CareVisitPlanEnded,
    CareVisitPlanHeld,
    CareVisitPlanOpened,
    CareVisitPlanResumed,
    CareVisitRiskRevised,
    PlanEnding,
    RiskLevel,
    VisitGround,
)
from contracts.envelope import Event
from contracts.ids import AreaCode, CareVisitPlanId, HouseholdId, PersonId
from kit.identity import Role
from kit.testing import policy
from policy import end_of
from services.linkage.detections.all import SCOPES
from services.linkage.detections.finding import Finding, Kind, NextStep
from services.linkage.detections.timeline import findings
from services.linkage.reading import journal_order
from tests.linkage.cases import HOUSEHOLD, opened
from tests.linkage.story import Story, an_id, at

PLAN, PERSON = CareVisitPlanId(an_id(90)), PersonId(an_id(91))
STREAM, AREA = f"care-visit-plan/{PLAN}", AreaCode("440308003-qiaodong")
KEYS = [STREAM, HOUSEHOLD]
"""The plan of somebody without a household is a scope of its own; otherwise it stands under the household."""
FIRST, EIGHTH, NINTH = "2022-03-01", date(2022, 3, 8), date(2022, 3, 9)


def home_of(key: str) -> HouseholdId | None:
    return HOUSEHOLD if key == HOUSEHOLD else None


def planned(key: str, risk: RiskLevel = RiskLevel.HIGH) -> Story:
    """A plan since the first of March; the visit is due by the end of the eighth."""
    story = Story()
    if home_of(key):
        opened(story)
    plan = CareVisitPlanOpened(
        plan_id=PLAN,
        person_id=PERSON,
        area=AREA,
        ground=VisitGround.SOLITARY,
        risk=risk,
        opened_on=date.fromisoformat(FIRST),
        due_on=EIGHTH,
        household_id=home_of(key),
    )
    return story.tell(plan, on=at(FIRST))


def missed(key: str, day: date, level: int, due: date) -> CareVisitMissed:
    return CareVisitMissed(plan_id=PLAN, missed_on=day, level=level, risk=RiskLevel.HIGH, due_on=due, household_id=home_of(key))


def visited(key: str, day: date, due: date) -> CareVisitDone:
    return CareVisitDone(plan_id=PLAN, visited_on=day, due_on=due, household_id=home_of(key))


def found(story: Story, key: str, day: str) -> list[Finding]:
    packs, calendar = policy()
    now, scope = at(day), SCOPES.of(key)
    assert scope is not None
    journal = sorted(story.known(now), key=journal_order)
    told = findings(scope, key, [pair for pair in journal if pair[1].key == key], now, packs, calendar)
    return [one for one in told.found if one.detection == "DET-15"]


@pytest.mark.parametrize("key", KEYS)
def test_a_missed_visit_is_found_at_the_end_of_its_day_whether_or_not_it_was_told(key: str) -> None:
    """DET-15, E27: the plan's interval is the limit; missed again it is the same finding, one level higher."""
    story = planned(key)
    assert found(story, key, "2022-03-08") == []
    (untold,) = found(story, key, "2022-03-09")
    story.tell(missed(key, EIGHTH, 1, NINTH), on=end_of(EIGHTH)).tell(missed(key, NINTH, 2, date(2022, 3, 10)), on=end_of(NINTH))
    (told,) = found(story, key, "2022-03-10")
    assert (told.id, told.since, told.until) == (untold.id, end_of(EIGHTH), None)
    assert (told.kind, told.owner, told.next_step, told.household_id) == (Kind.STALE, Role.CARE_WORKER, NextStep.VISIT, home_of(key))
    assert told.details == {"person": PERSON, "due_on": "2022-03-08", "level": 2}


@pytest.mark.parametrize("key", KEYS)
def test_a_late_visit_ends_the_finding_and_one_in_time_leaves_none(key: str) -> None:
    """DET-15, ruling 24: what counts is when somebody went there, not when it was told."""
    late = planned(key).tell(missed(key, EIGHTH, 1, NINTH), on=end_of(EIGHTH))
    late.tell(visited(key, NINTH, date(2022, 3, 16)), on=at("2022-03-09"))
    assert [(one.since, one.until) for one in found(late, key, "2022-03-10")] == [(end_of(EIGHTH), at("2022-03-09"))]
    both = planned(key).tell(missed(key, EIGHTH, 1, NINTH), visited(key, NINTH, date(2022, 3, 16)), on=at("2022-03-09"))
    assert [(one.since, one.until) for one in found(both, key, "2022-03-10")] == [(end_of(EIGHTH), at("2022-03-09"))]
    punctual = planned(key).tell(missed(key, EIGHTH, 1, NINTH), on=end_of(EIGHTH))
    punctual.tell(visited(key, EIGHTH, date(2022, 3, 15)), on=at("2022-03-08"), recorded=at("2022-03-09"))
    assert found(punctual, key, "2022-03-10") == []


def test_an_older_visit_told_later_settles_nothing() -> None:
    """DET-15."""
    story = planned(STREAM).tell(visited(STREAM, date(2022, 3, 5), date(2022, 3, 12)), on=at("2022-03-05"))
    story.tell(visited(STREAM, date(2022, 3, 3), date(2022, 3, 12)), on=at("2022-03-03"), recorded=at("2022-03-13"))
    assert [one.since for one in found(story, STREAM, "2022-03-14")] == [end_of(date(2022, 3, 12))]


@pytest.mark.parametrize("risk", [RiskLevel.MEDIUM, RiskLevel.LOW])
def test_only_high_risk_is_on_the_board(risk: RiskLevel) -> None:
    """DET-15: the others keep their alert in eldercare; one that becomes high is looked at from then on."""
    story = planned(STREAM, risk)
    assert found(story, STREAM, "2022-03-20") == []
    story.tell(CareVisitRiskRevised(plan_id=PLAN, risk=RiskLevel.HIGH, due_on=date(2022, 3, 20)), on=at("2022-03-20"))
    assert [one.since for one in found(story, STREAM, "2022-03-21")] == [end_of(date(2022, 3, 20))]


@pytest.mark.parametrize(
    "fact", [CareVisitPlanHeld(plan_id=PLAN), CareVisitPlanEnded(plan_id=PLAN, reason=PlanEnding.DEATH)], ids=["held", "ended"]
)
def test_nobody_waits_while_a_death_holds_the_visits_or_ended_them(fact: Event) -> None:
    """DET-15, SG-04, ruling 22: taken back, the interval begins anew."""
    story = planned(STREAM).tell(fact, on=at("2022-03-05"))
    assert found(story, STREAM, "2022-03-20") == []
    story.tell(CareVisitPlanResumed(plan_id=PLAN, due_on=date(2022, 3, 27)), on=at("2022-03-20"))
    assert found(story, STREAM, "2022-03-27") == []
    assert [one.since for one in found(story, STREAM, "2022-03-28")] == [end_of(date(2022, 3, 27))]
