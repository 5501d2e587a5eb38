"""Whether elders at risk are visited and their devices are heard, as eldercare tells it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from msgspec.structs import replace

from contracts.eldercare.care_visit_plan import (
    CareVisitDone,
    CareVisitMissed,
    CareVisitPlanEnded,
    CareVisitPlanHeld,
    CareVisitPlanOpened,
    CareVisitPlanResumed,
    CareVisitRiskRevised,
)
from contracts.eldercare.device import DeviceActivated, DeviceHeardAgain
from contracts.eldercare.emergency_incident import AlarmReceived, AlarmSource
from contracts.envelope import Event, Meta, stream_of
from contracts.ids import EventId, PersonId
from kit.view import Row, View
from services.linkage.views.facts import Value

PlanFact = (
    CareVisitPlanOpened
    | CareVisitRiskRevised
    | CareVisitDone
    | CareVisitMissed
    | CareVisitPlanHeld
    | CareVisitPlanEnded
    | CareVisitPlanResumed
)
SignFact = DeviceActivated | DeviceHeardAgain | AlarmReceived


class CarePlanRow(Row, frozen=True):
    """One plan. due_on: by the end of which day the elder must be visited; a missed visit does not move it. None: no visit is due."""

    stream: str
    risk: str
    due_on: date | None


class Sign(Value):
    """A sign of life of a device, or an alarm that somebody gave or fell for."""

    event_id: EventId
    person_id: PersonId
    at: datetime


class SignRow(Row, frozen=True):
    """The signs that were told of one device or incident."""

    stream: str
    signs: tuple[Sign, ...]


def plan_of(event: Event) -> Iterable[str]:
    return (stream_of(event),) if isinstance(event, PlanFact) else ()


def evolve_plan(row: CarePlanRow | None, event: Event, _meta: Meta) -> CarePlanRow | None:
    match event:
        case CareVisitPlanOpened(risk=risk, due_on=due):
            return CarePlanRow(stream=stream_of(event), risk=risk, due_on=due)
        case CareVisitRiskRevised(risk=risk, due_on=due):
            return row and replace(row, risk=risk, due_on=due)
        case CareVisitDone(due_on=due) | CareVisitPlanResumed(due_on=due):
            return row and replace(row, due_on=due)
        case CareVisitPlanHeld() | CareVisitPlanEnded():
            return row and replace(row, due_on=None)
        case _:
            return row


def sign_of(event: Event) -> Iterable[str]:
    return (stream_of(event),) if _is_sign(event) else ()


def evolve_sign(row: SignRow | None, event: Event, meta: Meta) -> SignRow | None:
    match event:
        case (
            DeviceActivated(person_id=person, counts_from=at)
            | DeviceHeardAgain(person_id=person, heard_at=at)
            | AlarmReceived(person_id=person, alarmed_at=at)
        ):
            sign = Sign(event_id=EventId(meta.id), person_id=person, at=at)
            return SignRow(stream=stream_of(event), signs=(*(row.signs if row else ()), sign))
        case _:
            return row


def _is_sign(event: Event) -> bool:
    """An alarm because nothing was heard is the opposite of one."""
    return isinstance(event, SignFact) and not (isinstance(event, AlarmReceived) and event.source is AlarmSource.SILENCE)


care_plan = View("care_plan", row=CarePlanRow, key=plan_of, evolve=evolve_plan)
sign = View("sign", row=SignRow, key=sign_of, evolve=evolve_sign)
