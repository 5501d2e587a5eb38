"""Visits to elders at risk: the risk sets the interval, a missed visit is an alert, hazards are found and fixed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from contracts.eldercare.care_visit_plan import (
    CareVisitDone,
    CareVisitMissed,
    CareVisitPlanEnded,
    CareVisitPlanHeld,
    CareVisitPlanOpened,
    CareVisitPlanResumed,
    CareVisitRiskRevised,
    HazardFixed,
    HazardFound,
    HazardKind,
    PlanEnding,
    RiskLevel,
    VisitGround,
)
from contracts.envelope import Event
from contracts.ids import AreaCode, CareVisitPlanId, HazardId
from contracts.terms import Certainty
from kit.command import Command
from kit.store.model import Link, ReleaseAll, SetTimer, Take
from kit.testing import Given, given
from policy import end_of
from services.eldercare.domain.care_visit_plan import (
    EndCareVisitPlan,
    EndPlanForDeath,
    FindHazard,
    FixHazard,
    HoldPlanForDeath,
    MissCareVisit,
    OpenCareVisitPlan,
    PlanStage,
    RecordCareVisit,
    ResumePlanAfterRevocation,
    ReviseCareVisitRisk,
    care_visit_plan,
)
from services.eldercare.domain.care_visit_plan.state import index
from services.eldercare.domain.known_person import known_person
from tests.eldercare.facts import ELDER, HOME, ID, death_known, death_withdrawn

PLAN, HAZARD = CareVisitPlanId(f"{ID}b1"), HazardId(f"{ID}b2")
QIAODONG = AreaCode("440308003-qiaodong")
HIGH, MEDIUM, LOW = RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.LOW
VISIT, MISS = RecordCareVisit(plan_id=PLAN), MissCareVisit(plan_id=PLAN)
HOLD, END, RESUME = HoldPlanForDeath(plan_id=PLAN), EndPlanForDeath(plan_id=PLAN), ResumePlanAfterRevocation(plan_id=PLAN)


def march(day: int) -> date:
    return date(2022, 3, day)


FIRST_DUE = march(8)


def opening(risk: RiskLevel = HIGH) -> OpenCareVisitPlan:
    return OpenCareVisitPlan(plan_id=PLAN, person_id=ELDER, household_id=HOME, area=QIAODONG, ground=VisitGround.SOLITARY, risk=risk)


def opened(risk: RiskLevel = HIGH, due: date = FIRST_DUE) -> CareVisitPlanOpened:
    return CareVisitPlanOpened(
        plan_id=PLAN,
        person_id=ELDER,
        household_id=HOME,
        area=QIAODONG,
        ground=VisitGround.SOLITARY,
        risk=risk,
        opened_on=march(1),
        due_on=due,
    )


def done(on: date, due: date) -> CareVisitDone:
    return CareVisitDone(plan_id=PLAN, household_id=HOME, visited_on=on, due_on=due)


def missed(on: date, level: int, due: date, risk: RiskLevel = HIGH) -> CareVisitMissed:
    return CareVisitMissed(plan_id=PLAN, household_id=HOME, missed_on=on, level=level, risk=risk, due_on=due)


def revised(risk: RiskLevel, due: date) -> CareVisitRiskRevised:
    return CareVisitRiskRevised(plan_id=PLAN, household_id=HOME, risk=risk, due_on=due)


def ended(reason: PlanEnding) -> CareVisitPlanEnded:
    return CareVisitPlanEnded(plan_id=PLAN, household_id=HOME, reason=reason)


def resumed(due: date) -> CareVisitPlanResumed:
    return CareVisitPlanResumed(plan_id=PLAN, household_id=HOME, due_on=due)


HELD = CareVisitPlanHeld(plan_id=PLAN, household_id=HOME)
FIRST = missed(march(8), 1, march(9))


def plan(*facts: Event) -> Given:
    """A plan of high risk since the first of March: a visit by the end of the eighth."""
    return given(care_visit_plan, opened(), *facts)


# --- intervals ---


@pytest.mark.parametrize(("risk", "due"), [(HIGH, march(8)), (MEDIUM, march(15)), (LOW, march(31))])
def test_the_risk_sets_the_interval(risk: RiskLevel, due: date) -> None:
    """E27: 7, 14 and 30 days by the pack, from the opening and from each visit."""
    given(care_visit_plan).when(opening(risk), on=march(1)).then(opened(risk, due))
    later = march(1) + (due - march(1)) * 2
    given(care_visit_plan, opened(risk, due)).when(VISIT, on=due).then(done(due, later))


def test_a_plan_is_opened_once_and_for_the_living() -> None:
    """E27, SG-04: a person has one plan; a death that is only reported waits to be settled."""
    plan().when(opening()).refused("already_exists")
    given(care_visit_plan).also(known_person, death_known(march(1))).when(opening()).refused("person_dead")
    given(care_visit_plan).also(known_person, death_known(march(1), Certainty.REPORTED)).when(opening()).refused("person_held")
    assert list(index(opened())) == [Take("care-visit-plan", ELDER), Link(f"person/{ELDER}"), SetTimer("miss", end_of(march(8)))]


def test_another_risk_counts_from_the_last_visit_and_is_due_today_at_the_earliest() -> None:
    """E27."""
    low = given(care_visit_plan, opened(LOW, march(31)))
    raise_to = ReviseCareVisitRisk(plan_id=PLAN, risk=HIGH)
    low.when(raise_to, on=march(3)).then(revised(HIGH, march(8)))
    low.when(raise_to, on=march(20)).then(revised(HIGH, march(20)))
    plan(done(march(5), march(12))).when(ReviseCareVisitRisk(plan_id=PLAN, risk=LOW), on=march(6)).then(revised(LOW, date(2022, 4, 4)))
    plan().when(raise_to, on=march(3)).then()


def test_another_risk_does_not_put_off_a_visit_that_was_missed() -> None:
    """E27: the alert stands until somebody goes there."""
    lower = ReviseCareVisitRisk(plan_id=PLAN, risk=LOW)
    plan(FIRST).when(lower, on=march(9)).then(revised(LOW, march(9)))
    plan().when(lower, on=march(9)).then(FIRST, revised(LOW, march(9)))


# --- missed visits ---


def test_a_missed_visit_raises_an_alert_one_level_higher_each_time_and_then_keeps_the_interval() -> None:
    """E27, DET-15: care worker, street, district; nobody is called every day for ever."""
    second, third = missed(march(9), 2, march(10)), missed(march(10), 3, march(17))
    plan().when(MISS, at=end_of(march(8))).then(FIRST)
    plan(FIRST).when(MISS, at=end_of(march(9))).then(second)
    plan(FIRST, second).when(MISS, at=end_of(march(10))).then(third)
    plan(FIRST, second, third).when(MISS, at=end_of(march(17))).then(missed(march(17), 3, march(24)))


def test_the_day_itself_is_in_time_and_a_visit_takes_the_alert_back() -> None:
    """Ruling 16: until 24:00; the visit of the eighth counts, told before or after the timer."""
    plan().when(MISS, on=march(8)).then()
    plan().when(VISIT, on=march(8)).then(done(march(8), march(15)))
    plan(FIRST).when(VISIT, on=march(8)).then(done(march(8), march(15)))
    late = care_visit_plan.fold([opened(), FIRST, done(march(8), march(15))])
    assert late == care_visit_plan.fold([opened(), done(march(8), march(15))])


def test_a_late_visit_tells_what_was_missed_once_whether_or_not_the_timer_came_first() -> None:
    """DET-15: a visit of the ninth misses the eighth, one of the tenth the eighth and the ninth."""
    plan().when(VISIT, on=march(9)).then(FIRST, done(march(9), march(16)))
    plan(FIRST).when(VISIT, on=march(9)).then(done(march(9), march(16)))
    plan().when(VISIT, on=march(10)).then(FIRST, missed(march(9), 2, march(10)), done(march(10), march(17)))


def test_an_older_visit_told_after_a_newer_one_moves_nothing() -> None:
    """E27: it happened and is told; what is due stays."""
    plan(done(march(6), march(13))).when(VISIT, on=march(4)).then(done(march(4), march(13)))
    missed_then = missed(march(13), 1, march(14))
    older = plan(done(march(6), march(13)), missed_then)
    older.when(VISIT, on=march(4)).then(done(march(4), march(14)))
    assert care_visit_plan.fold([opened(), done(march(6), march(13)), missed_then, done(march(4), march(14))]).missed == 1


# --- hazards ---


def test_a_hazard_is_found_once_and_fixed_once() -> None:
    """E27: safety of the home, also after the visits have ended."""
    found = HazardFound(plan_id=PLAN, household_id=HOME, hazard_id=HAZARD, kind=HazardKind.GAS)
    fixed = HazardFixed(plan_id=PLAN, household_id=HOME, hazard_id=HAZARD)
    find, fix = FindHazard(plan_id=PLAN, hazard_id=HAZARD, kind=HazardKind.GAS), FixHazard(plan_id=PLAN, hazard_id=HAZARD)
    plan().when(find).then(found)
    plan(found).when(find).refused("hazard_known")
    plan().when(fix).refused("hazard_unknown")
    plan(found, ended(PlanEnding.MOVED)).when(fix).then(fixed)
    plan(found, fixed).when(fix).refused("hazard_fixed")
    plan(ended(PlanEnding.MOVED)).when(find).refused("not_active", state=PlanStage.ENDED)


# --- the end ---


def test_a_plan_ends_once_and_with_what_was_missed_until_then() -> None:
    """E27."""
    moved = EndCareVisitPlan(plan_id=PLAN, reason=PlanEnding.MOVED)
    plan().when(moved, on=march(5)).then(ended(PlanEnding.MOVED))
    plan().when(moved, on=march(9)).then(FIRST, ended(PlanEnding.MOVED))
    plan(ended(PlanEnding.MOVED)).when(moved).refused("not_active", state=PlanStage.ENDED)
    for command in (VISIT, ReviseCareVisitRisk(plan_id=PLAN, risk=LOW)):
        plan(ended(PlanEnding.MOVED)).when(command).refused("not_active")
    plan(ended(PlanEnding.MOVED)).when(MISS, at=end_of(march(8))).then()
    assert list(index(ended(PlanEnding.MOVED))) == [ReleaseAll()]


def test_a_reported_death_only_holds_the_visits() -> None:
    """SG-04, ruling 22: no alert while it is held; a false report gives the interval anew."""
    reported = death_known(march(3), Certainty.REPORTED)
    plan().also(known_person, reported).when(HOLD, on=march(4)).then(HELD)
    plan().also(known_person, reported).when(END, on=march(4)).then()
    plan(HELD).when(MISS, at=end_of(march(8))).then()
    plan(HELD).when(VISIT).refused("not_active", state=PlanStage.HELD)
    plan(HELD).also(known_person, reported).when(RESUME, on=march(10)).then()
    plan(HELD).also(known_person, reported, death_withdrawn()).when(RESUME, on=march(10)).then(resumed(march(17)))
    assert list(index(HELD)) == [SetTimer("miss", None)]


def test_a_confirmed_death_ends_the_visits_and_a_revocation_begins_them_anew() -> None:
    """SG-04, ruling 22: held before or not; the plan can still be found by the person."""
    dead = death_known(march(3))
    by_death = ended(PlanEnding.DEATH)
    plan().also(known_person, dead).when(END, on=march(4)).then(by_death)
    plan(HELD).also(known_person, dead).when(END, on=march(12)).then(by_death)
    plan(by_death).also(known_person, dead).when(END).then()
    plan(by_death).also(known_person, dead).when(RESUME).then()
    plan(by_death).also(known_person, dead, death_withdrawn()).when(RESUME, on=march(10)).then(resumed(march(17)))
    assert list(index(by_death)) == [SetTimer("miss", None)]


def test_a_revocation_brings_back_nothing_that_a_person_ended() -> None:
    """Ruling 22."""
    plan(ended(PlanEnding.OWN_WISH)).also(known_person, death_known(march(3))).when(END).then()
    plan(ended(PlanEnding.OWN_WISH)).when(RESUME).then()
    plan().when(HOLD).then()
    plan().when(RESUME).then()


# --- always ---

STEPS = st.lists(
    st.tuples(
        st.sampled_from([VISIT, MISS, HOLD, RESUME, *(ReviseCareVisitRisk(plan_id=PLAN, risk=risk) for risk in RiskLevel)]),
        st.integers(0, 12),
        st.booleans(),
    ),
    max_size=12,
)


@settings(deadline=None)
@hypothesis_given(steps=STEPS)
def test_every_active_plan_has_one_due_day_ahead(steps: list[tuple[Command, int, bool]]) -> None:
    """E27, DET-15: whatever is told in which order, one timer stands, never before the day on which it was set."""
    first = opened()
    facts: list[Event] = [first]
    timers = {change.name: change.due for change in index(first) if isinstance(change, SetTimer)}
    day = march(1)
    for command, days, held in steps:
        day += timedelta(days=days)
        known = [death_known(march(1), Certainty.REPORTED)] if held else []
        events = given(care_visit_plan, *facts).also(known_person, *known).when(command, on=day).events
        facts += events
        timers |= {change.name: change.due for one in events for change in index(one) if isinstance(change, SetTimer)}
        state = care_visit_plan.fold(facts)
        assert timers == {"miss": end_of(state.due_on) if state.is_active else None}
        assert not state.is_active or command is HOLD or not events or state.due_on >= day
    told = [event.missed_on for event in facts if isinstance(event, CareVisitMissed)]
    assert len(told) == len(set(told))
