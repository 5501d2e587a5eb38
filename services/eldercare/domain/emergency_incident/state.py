"""Where an emergency call stands: what is due, what was done, who was told of what was missed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import assert_never

from contracts.eldercare.emergency_incident import (
    AlarmAcknowledged,
    AlarmReceived,
    AlarmRepeated,
    AlarmSource,
    EscalationLevel,
    IncidentClosed,
    IncidentEscalated,
    IncidentOutcome,
    PersonCalledBack,
    PersonHandedOver,
    ResponderArrived,
    ResponderDispatched,
    SlaBreached,
    SlaBreachWithdrawn,
    SlaStep,
)
from contracts.ids import AreaCode, HouseholdId, IncidentId
from kit.aggregate import require
from kit.store.model import IndexChange, ReleaseAll, SetTimer

EmergencyIncidentEvent = (
    AlarmReceived
    | AlarmRepeated
    | AlarmAcknowledged
    | PersonCalledBack
    | ResponderDispatched
    | ResponderArrived
    | PersonHandedOver
    | SlaBreached
    | IncidentEscalated
    | SlaBreachWithdrawn
    | IncidentClosed
)


@dataclass(frozen=True, kw_only=True)
class EmergencyIncident:
    """due, done: the instant of each step; a silent device has one limit only. level: the highest that was told of an open alarm.

    latest: the business time of the last thing that people did.  escalate_at: when the next level is told.
    """

    incident_id: IncidentId = IncidentId("")
    household_id: HouseholdId | None = None
    area: AreaCode | None = None
    source: AlarmSource = AlarmSource.BUTTON
    alarmed_at: datetime = datetime.max.replace(tzinfo=UTC)
    due: Mapping[SlaStep, datetime] = field(default_factory=dict)
    done: Mapping[SlaStep, datetime] = field(default_factory=dict)
    breached: frozenset[SlaStep] = frozenset()
    level: EscalationLevel | None = None
    escalate_at: datetime | None = None
    latest: datetime = datetime.min.replace(tzinfo=UTC)
    handed_over: bool = False
    closed: IncidentOutcome | None = None

    @property
    def is_open(self) -> bool:
        return self.incident_id != "" and self.closed is None

    def require_open(self) -> None:
        """Raises: Refused("incident_closed", outcome)."""
        require(self.closed is None, "incident_closed", outcome=self.closed)

    def waits_for(self, step: SlaStep) -> bool:
        """The step has a limit, is not done, and nobody has said yet that it was missed."""
        return self.is_open and step in self.due and step not in self.done and step not in self.breached

    def waiting(self) -> list[tuple[datetime, SlaStep]]:
        """What is due, earliest first."""
        return sorted((due, step) for step, due in self.due.items() if self.waits_for(step))

    def place(self) -> AreaCode:
        """The area; every incident that exists has one."""
        if self.area is None:
            raise TypeError("an incident without an alarm")
        return self.area

    def seconds(self, at: datetime) -> int:
        """Whole seconds from the alarm."""
        return int((at - self.alarmed_at).total_seconds())


def evolve(incident: EmergencyIncident, event: EmergencyIncidentEvent) -> EmergencyIncident:
    match event:
        case AlarmReceived():
            return _received(event)
        case AlarmAcknowledged(acknowledged_at=at):
            return replace(_done(incident, SlaStep.ACKNOWLEDGE, at), escalate_at=None)
        case ResponderDispatched(dispatched_at=at):
            return _done(incident, SlaStep.DISPATCH, at)
        case ResponderArrived(arrived_at=at):
            return _done(incident, SlaStep.ARRIVAL, at)
        case PersonHandedOver(handed_over_at=at):
            return replace(incident, handed_over=True, latest=at)
        case SlaBreached(step=SlaStep.ACKNOWLEDGE, level=level, escalate_at=at):
            return replace(incident, breached=incident.breached | {SlaStep.ACKNOWLEDGE}, level=level, escalate_at=at)
        case SlaBreached(step=step):
            return replace(incident, breached=incident.breached | {step})
        case IncidentEscalated(level=level, escalate_at=at):
            return replace(incident, level=level, escalate_at=at)
        case SlaBreachWithdrawn(step=step):
            return replace(incident, breached=incident.breached - {step})
        case IncidentClosed(outcome=outcome):
            return replace(incident, closed=outcome, escalate_at=None)
        case AlarmRepeated() | PersonCalledBack():
            return incident
        case _:
            assert_never(event)


def _received(event: AlarmReceived) -> EmergencyIncident:
    limits = {SlaStep.ACKNOWLEDGE: event.acknowledge_by, SlaStep.DISPATCH: event.dispatch_by, SlaStep.ARRIVAL: event.arrive_by}
    return EmergencyIncident(
        incident_id=event.incident_id,
        household_id=event.household_id,
        area=event.area,
        source=event.source,
        alarmed_at=event.alarmed_at,
        latest=event.alarmed_at,
        due={step: due for step, due in limits.items() if due is not None},
    )


def _done(incident: EmergencyIncident, step: SlaStep, at: datetime) -> EmergencyIncident:
    return replace(incident, done={**incident.done, step: at}, latest=at)


TIMERS = {SlaStep.ACKNOWLEDGE: "breach-acknowledge", SlaStep.DISPATCH: "breach-dispatch", SlaStep.ARRIVAL: "breach-arrival"}
"""Each limit has a timer of its own, named by the command it gives."""
ESCALATE = "escalate"


def index(event: EmergencyIncidentEvent) -> Iterable[IndexChange]:
    """The limits are timers: a step that was done, or said to be missed, ends its own; the end of the incident ends all."""
    match event:
        case AlarmReceived():
            due = _received(event).due
            return [SetTimer(TIMERS[step], instant) for step, instant in due.items()]
        case AlarmAcknowledged():
            return [SetTimer(TIMERS[SlaStep.ACKNOWLEDGE], None), SetTimer(ESCALATE, None)]
        case ResponderDispatched():
            return [SetTimer(TIMERS[SlaStep.DISPATCH], None)]
        case ResponderArrived():
            return [SetTimer(TIMERS[SlaStep.ARRIVAL], None)]
        case SlaBreached(step=SlaStep.ACKNOWLEDGE, escalate_at=at):
            return [SetTimer(TIMERS[SlaStep.ACKNOWLEDGE], None), SetTimer(ESCALATE, at)]
        case SlaBreached(step=step):
            return [SetTimer(TIMERS[step], None)]
        case IncidentEscalated(escalate_at=at):
            return [SetTimer(ESCALATE, at)]
        case IncidentClosed():
            return [ReleaseAll()]
        case AlarmRepeated() | PersonCalledBack() | PersonHandedOver() | SlaBreachWithdrawn():
            return []
        case _:
            assert_never(event)
