"""Visits that elders wait for, as eldercare tells it: one row a plan whose visits go on (E27)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from contracts.eldercare.care_visit_plan import (
    CareVisitDone,
    CareVisitMissed,
    CareVisitPlanEnded,
    CareVisitPlanHeld,
    CareVisitPlanOpened,
    CareVisitPlanResumed,
    CareVisitRiskRevised,
    RiskLevel,
)
from contracts.envelope import Event, Meta
from contracts.ids import CareVisitPlanId, PersonId
from kit.view import Row, View


class AwaitedVisitRow(Row, frozen=True):
    """The visit that is awaited. `due_on`: the day by which it was first due; `level`: how far its being missed was told (0: not).

    since: the last visit, or the day the plan began.  going: visits are due; a death that is only reported holds them.
    """

    plan_id: CareVisitPlanId
    person_id: PersonId
    risk: RiskLevel
    since: date
    due_on: date
    level: int = 0
    going: bool = True


PlanFact = (
    CareVisitPlanOpened
    | CareVisitRiskRevised
    | CareVisitDone
    | CareVisitMissed
    | CareVisitPlanHeld
    | CareVisitPlanEnded
    | CareVisitPlanResumed
)


def plan_of(event: Event) -> Iterable[str]:
    return (event.plan_id,) if isinstance(event, PlanFact) else ()


def evolve(row: AwaitedVisitRow | None, event: Event, _meta: Meta) -> AwaitedVisitRow | None:
    if isinstance(event, CareVisitPlanOpened):
        return AwaitedVisitRow(
            plan_id=event.plan_id, person_id=event.person_id, risk=event.risk, since=event.opened_on, due_on=event.due_on
        )
    return row and _changed(row, event)


def _changed(row: AwaitedVisitRow, event: Event) -> AwaitedVisitRow:
    match event:
        case CareVisitMissed(missed_on=day, level=level):
            return replace(row, due_on=row.due_on if row.level else day, level=level)
        case CareVisitDone(visited_on=day, due_on=due_on) if day > row.since:  # one told after a later visit changes nothing
            return replace(row, since=day, due_on=due_on, level=0)
        case CareVisitRiskRevised(risk=risk, due_on=due_on):
            return replace(row, risk=risk, due_on=row.due_on if row.level else due_on)
        case CareVisitPlanHeld() | CareVisitPlanEnded():
            return replace(row, going=False)
        case CareVisitPlanResumed(due_on=due_on):
            return replace(row, due_on=due_on, level=0, going=True)
        case _:
            return row


awaited_visit = View("awaited_visit", row=AwaitedVisitRow, key=plan_of, evolve=evolve)
