"""Limits of an emergency call that were missed and are not made up for yet, as eldercare's timers told them (R-ELD-06, E12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from contracts.eldercare.emergency_incident import (
    AlarmAcknowledged,
    IncidentClosed,
    IncidentEscalated,
    ResponderArrived,
    ResponderDispatched,
    SlaBreached,
    SlaBreachWithdrawn,
    SlaStep,
)
from contracts.envelope import Event, Meta, stream_of
from kit.view import Row, View
from services.linkage.views.facts import Value

BreachFact = (
    SlaBreached | IncidentEscalated | AlarmAcknowledged | ResponderDispatched | ResponderArrived | SlaBreachWithdrawn | IncidentClosed
)


class Breach(Value):
    """A step that was not done before its instant."""

    step: SlaStep
    due_at: datetime


class AlarmBreachRow(Row, frozen=True):
    """One incident with missed steps. level: who was told last."""

    stream: str
    level: str
    breaches: tuple[Breach, ...]


def incident_of(event: Event) -> Iterable[str]:
    return (stream_of(event),) if isinstance(event, BreachFact) else ()


def evolve(row: AlarmBreachRow | None, event: Event, _meta: Meta) -> AlarmBreachRow | None:
    match event:
        case SlaBreached(step=step, due_at=due, level=level):
            before = row.breaches if row else ()
            return AlarmBreachRow(stream=stream_of(event), level=level, breaches=(*before, Breach(step=step, due_at=due)))
        case IncidentEscalated(level=level):
            return row and replace(row, level=level)
        case AlarmAcknowledged():
            return _made_up(row, SlaStep.ACKNOWLEDGE)
        case ResponderDispatched():
            return _made_up(row, SlaStep.ACKNOWLEDGE, SlaStep.DISPATCH)
        case ResponderArrived():
            return _made_up(row, *SlaStep)
        case SlaBreachWithdrawn(step=step):
            return _made_up(row, step)
        case _:
            return None


def _made_up(row: AlarmBreachRow | None, *steps: SlaStep) -> AlarmBreachRow | None:
    """Done late, or in time after all: nobody has to act on it any more."""
    left = tuple(breach for breach in row.breaches if breach.step not in steps) if row else ()
    return replace(row, breaches=left) if row and left else None


alarm_breach = View("alarm_breach", row=AlarmBreachRow, key=incident_of, evolve=evolve)
