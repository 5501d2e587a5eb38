"""What the desk does about an alarm, step by step. What counts is when it was done, however late it is told (ruling 16)."""

from __future__ import annotations

from typing import Literal

from contracts.eldercare.emergency_incident import (
    AlarmAcknowledged,
    IncidentClosed,
    IncidentEscalated,
    IncidentOutcome,
    PersonCalledBack,
    PersonHandedOver,
    Responder,
    ResponderArrived,
    ResponderDispatched,
    SlaBreached,
    SlaBreachWithdrawn,
    SlaStep,
)
from contracts.ids import IncidentId
from kit.aggregate import require
from kit.command import Command, Context
from services.eldercare.domain.emergency_incident.missing import Missed, missed, withdrawn
from services.eldercare.domain.emergency_incident.state import EmergencyIncident

Ended = IncidentClosed | SlaBreached | IncidentEscalated | SlaBreachWithdrawn


class AcknowledgeAlarm(Command):
    """Somebody of the desk takes the alarm."""

    incident_id: IncidentId


class CallBack(Command):
    """The desk calls the person back."""

    incident_id: IncidentId
    answered: bool


class DispatchResponder(Command):
    """Help is sent."""

    incident_id: IncidentId
    responder: Responder


class ResponderIsThere(Command):
    """Help is on site."""

    incident_id: IncidentId


class HandOver(Command):
    """The person is in the ambulance."""

    incident_id: IncidentId


class CloseIncident(Command):
    """The incident is over."""

    incident_id: IncidentId
    outcome: Literal[IncidentOutcome.REAL, IncidentOutcome.FALSE_ALARM, IncidentOutcome.TEST]


def acknowledge(
    _command: AcknowledgeAlarm, incident: EmergencyIncident, context: Context
) -> list[AlarmAcknowledged | SlaBreached | IncidentEscalated | SlaBreachWithdrawn]:
    """The alarm is in somebody's hands: nobody else is told of it. Later than 60 seconds after it, the breach is told with it.

    Raises: Refused("incident_closed" | "already_done" | "before_alarm").  Source: R-ELD-06, E12, SC-20.
    """
    acknowledged = AlarmAcknowledged(
        incident_id=incident.incident_id,
        household_id=incident.household_id,
        acknowledged_at=context.occurred_at,
        seconds=incident.seconds(context.occurred_at),
    )
    return [*_reached(SlaStep.ACKNOWLEDGE, incident, context), acknowledged]


def call_back(command: CallBack, incident: EmergencyIncident, context: Context) -> list[PersonCalledBack | SlaBreached | IncidentEscalated]:
    """It is known whether the person answered; the desk may call again.

    Raises: Refused("incident_closed" | "step_missing" | "before_last_step").  Source: SG-13.
    """
    _require_after(SlaStep.ACKNOWLEDGE, incident, context)
    called = PersonCalledBack(incident_id=incident.incident_id, household_id=incident.household_id, answered=command.answered)
    return [*missed(incident, context.occurred_at, context), called]


def dispatch(
    command: DispatchResponder, incident: EmergencyIncident, context: Context
) -> list[ResponderDispatched | SlaBreached | IncidentEscalated | SlaBreachWithdrawn]:
    """Help is on its way, in time up to 5 minutes after the alarm.

    Raises: Refused("incident_closed" | "step_missing" | "already_done" | "before_last_step").  Source: R-ELD-06, SC-20.
    """
    _require_after(SlaStep.ACKNOWLEDGE, incident, context)
    dispatched = ResponderDispatched(
        incident_id=incident.incident_id,
        household_id=incident.household_id,
        responder=command.responder,
        dispatched_at=context.occurred_at,
        seconds=incident.seconds(context.occurred_at),
    )
    return [*_reached(SlaStep.DISPATCH, incident, context), dispatched]


def arrive(
    _command: ResponderIsThere, incident: EmergencyIncident, context: Context
) -> list[ResponderArrived | SlaBreached | IncidentEscalated | SlaBreachWithdrawn]:
    """Help is on site, in time up to 30 minutes after the alarm.

    Raises: Refused("incident_closed" | "step_missing" | "already_done" | "before_last_step").  Source: R-ELD-06, SC-20.
    """
    _require_after(SlaStep.DISPATCH, incident, context)
    arrived = ResponderArrived(
        incident_id=incident.incident_id,
        household_id=incident.household_id,
        arrived_at=context.occurred_at,
        seconds=incident.seconds(context.occurred_at),
    )
    return [*_reached(SlaStep.ARRIVAL, incident, context), arrived]


def hand_over(_command: HandOver, incident: EmergencyIncident, context: Context) -> list[PersonHandedOver]:
    """The time from the alarm to the ambulance is known.

    Raises: Refused("incident_closed" | "step_missing" | "already_done" | "before_last_step").  Source: SC-20, P:YT-CALL.
    """
    _require_after(SlaStep.ARRIVAL, incident, context)
    require(not incident.handed_over, "already_done")
    return [
        PersonHandedOver(
            incident_id=incident.incident_id,
            household_id=incident.household_id,
            handed_over_at=context.occurred_at,
            seconds=incident.seconds(context.occurred_at),
        )
    ]


def close(
    command: CloseIncident, incident: EmergencyIncident, context: Context
) -> list[IncidentClosed | SlaBreached | IncidentEscalated | SlaBreachWithdrawn]:
    """Nothing is due any more. A false alarm or a test needs nobody on site; a real call was answered there.

    Raises: Refused("incident_closed" | "step_missing" | "before_last_step").  Source: E12, SG-13.
    """
    _require_after(SlaStep.ARRIVAL if command.outcome is IncidentOutcome.REAL else SlaStep.ACKNOWLEDGE, incident, context)
    return ended(incident, command.outcome, context)


def ended(incident: EmergencyIncident, outcome: IncidentOutcome, context: Context) -> list[Ended]:
    """The incident is over at the business time, with what had been missed before; nothing when there is none that is open.

    A silent device may prove to have spoken before its alarm: then the alarm was over as it came.
    """
    if not incident.is_open:
        return []
    at = max(context.occurred_at, incident.alarmed_at)
    over = IncidentClosed(incident_id=incident.incident_id, household_id=incident.household_id, outcome=outcome)
    return [*missed(incident, at, context), *withdrawn(incident, incident.breached, at), over]


def _require_after(step: SlaStep, incident: EmergencyIncident, context: Context) -> None:
    incident.require_open()
    require(step in incident.done, "step_missing", step=step)
    require(context.occurred_at >= incident.latest, "before_last_step", at=incident.latest.isoformat())


def _reached(step: SlaStep, incident: EmergencyIncident, context: Context) -> list[Missed | SlaBreachWithdrawn]:
    """What the step's own time says of limits: what was missed before it, or that its own breach was told too early."""
    incident.require_open()
    require(step not in incident.done, "already_done", at=incident.done.get(step))
    require(context.occurred_at >= incident.alarmed_at, "before_alarm", alarmed_at=incident.alarmed_at.isoformat())
    return [*missed(incident, context.occurred_at, context), *withdrawn(incident, {step}, context.occurred_at)]
