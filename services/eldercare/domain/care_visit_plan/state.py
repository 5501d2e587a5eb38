"""What a plan remembers, what its facts change, and when the next visit is missed. Every active plan has one due day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

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
    PlanEnding,
    RiskLevel,
)
from contracts.ids import AreaCode, CareVisitPlanId, HazardId, HouseholdId, PersonId
from kit.command import Context
from kit.reaction import person_subject
from kit.store.model import IndexChange, Link, ReleaseAll, SetTimer, Take
from policy import end_of

PlanEvent = (
    CareVisitPlanOpened
    | CareVisitRiskRevised
    | CareVisitDone
    | CareVisitMissed
    | HazardFound
    | HazardFixed
    | CareVisitPlanHeld
    | CareVisitPlanEnded
    | CareVisitPlanResumed
)


class PlanStage(StrEnum):
    ACTIVE = "active"
    HELD = "held"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class CareVisitPlan:
    """Who is visited how often. `since`: the last visit, or the day the plan began; `missed`: visits missed one after another since then.

    hazards: each danger found, and whether it is still there.
    """

    plan_id: CareVisitPlanId = CareVisitPlanId("")
    person_id: PersonId = PersonId("")
    household_id: HouseholdId | None = None
    area: AreaCode | None = None
    risk: RiskLevel = RiskLevel.LOW
    stage: PlanStage = PlanStage.ACTIVE
    ending: PlanEnding | None = None
    since: date = date.min
    due_on: date = date.max
    missed: int = 0
    hazards: Mapping[HazardId, bool] = field(default_factory=dict)

    @property
    def is_active(self) -> bool:
        return self.stage is PlanStage.ACTIVE


def evolve(plan: CareVisitPlan, event: PlanEvent) -> CareVisitPlan:
    match event:
        case CareVisitPlanOpened():
            return _opened(event)
        case CareVisitRiskRevised(risk=risk, due_on=due_on):
            return replace(plan, risk=risk, due_on=due_on)
        case CareVisitDone(visited_on=day, due_on=due_on):
            return replace(plan, since=day, due_on=due_on, missed=0) if day > plan.since else replace(plan, due_on=due_on)
        case CareVisitMissed(due_on=due_on):
            return replace(plan, due_on=due_on, missed=plan.missed + 1)
        case HazardFound(hazard_id=hazard):
            return replace(plan, hazards={**plan.hazards, hazard: True})
        case HazardFixed(hazard_id=hazard):
            return replace(plan, hazards={**plan.hazards, hazard: False})
        case CareVisitPlanHeld():
            return replace(plan, stage=PlanStage.HELD)
        case CareVisitPlanEnded(reason=reason):
            return replace(plan, stage=PlanStage.ENDED, ending=reason)
        case CareVisitPlanResumed(due_on=due_on):
            return replace(plan, stage=PlanStage.ACTIVE, ending=None, due_on=due_on, missed=0)
        case _:
            assert_never(event)


def _opened(event: CareVisitPlanOpened) -> CareVisitPlan:
    return CareVisitPlan(
        plan_id=event.plan_id,
        person_id=event.person_id,
        household_id=event.household_id,
        area=event.area,
        risk=event.risk,
        since=event.opened_on,
        due_on=event.due_on,
    )


def interval(risk: RiskLevel, day: date, context: Context) -> timedelta:
    """How long a visit may wait at this risk, by the pack of the day."""
    return timedelta(days=context.packs.at(day, context.area).care_visit_days[risk])


def missed_by(plan: CareVisitPlan, day: date, context: Context) -> tuple[list[CareVisitMissed], CareVisitPlan]:
    """What the timer would have told by the beginning of a day had it come in time, and the plan after it.

    Each missed visit is due again soon, one level higher; from the highest level on it keeps the interval, so nobody is called every day.
    """
    told: list[CareVisitMissed] = []
    while plan.is_active and plan.due_on < day:
        told.append(_missed(plan, context))
        plan = evolve(plan, told[-1])
    return told, plan


def _missed(plan: CareVisitPlan, context: Context) -> CareVisitMissed:
    known = plan.due_on + timedelta(days=1)
    pack = context.packs.at(known, context.area)
    level = min(plan.missed + 1, pack.care_visit_levels)
    wait = timedelta(days=pack.care_visit_again_days) if level < pack.care_visit_levels else interval(plan.risk, known, context)
    return CareVisitMissed(
        plan_id=plan.plan_id,
        household_id=plan.household_id,
        missed_on=plan.due_on,
        level=level,
        risk=plan.risk,
        due_on=plan.due_on + wait,
    )


def index(event: PlanEvent) -> Iterable[IndexChange]:
    """One plan a person (claim), found by the person. Ended for death it keeps both: a revocation must find it."""
    match event:
        case CareVisitPlanOpened(person_id=person, due_on=due_on):
            return [Take("care-visit-plan", person), Link(person_subject(person)), SetTimer("miss", end_of(due_on))]
        case CareVisitRiskRevised(due_on=day) | CareVisitDone(due_on=day) | CareVisitMissed(due_on=day) | CareVisitPlanResumed(due_on=day):
            return [SetTimer("miss", end_of(day))]
        case CareVisitPlanHeld():
            return [SetTimer("miss", None)]
        case CareVisitPlanEnded(reason=reason):
            return [SetTimer("miss", None)] if reason is PlanEnding.DEATH else [ReleaseAll()]
        case HazardFound() | HazardFixed():
            return []
        case _:
            assert_never(event)
