"""What was not done in time: told once for each step, by the timer or by whatever happened later, whichever is stored first.

An alarm that nobody acknowledges goes up one level after the other, as far as the district: no incident stays unacknowledged unseen.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from contracts.eldercare.emergency_incident import EscalationLevel, IncidentEscalated, SlaBreached, SlaBreachWithdrawn, SlaStep
from contracts.ids import IncidentId
from kit.aggregate import require
from kit.command import Command, Context
from services.eldercare.domain.emergency_incident.state import EmergencyIncident, evolve

Missed = SlaBreached | IncidentEscalated
LEVELS = tuple(EscalationLevel)


class BreachAcknowledge(Command):
    """Nobody acknowledged the alarm by its limit."""

    incident_id: IncidentId


class BreachDispatch(Command):
    """Nobody was sent by the limit."""

    incident_id: IncidentId


class BreachArrival(Command):
    """Nobody was on site by the limit."""

    incident_id: IncidentId


class Escalate(Command):
    """The alarm still stands unacknowledged: tell the next level."""

    incident_id: IncidentId


def breach_acknowledge(_command: BreachAcknowledge, incident: EmergencyIncident, context: Context) -> list[SlaBreached]:
    """The limit of 60 seconds passed unacknowledged. Nothing happens when it was acknowledged, closed or told already.

    Raises: Refused("not_due", due_at).  Source: R-ELD-06, SC-20.
    """
    return _breach(incident, SlaStep.ACKNOWLEDGE, context)


def breach_dispatch(_command: BreachDispatch, incident: EmergencyIncident, context: Context) -> list[SlaBreached]:
    """The limit of 5 minutes passed and nobody was sent. Raises: Refused("not_due", due_at).  Source: R-ELD-06, SG-13."""
    return _breach(incident, SlaStep.DISPATCH, context)


def breach_arrival(_command: BreachArrival, incident: EmergencyIncident, context: Context) -> list[SlaBreached]:
    """The limit of 30 minutes passed and nobody was on site. Raises: Refused("not_due", due_at).  Source: R-ELD-06, SG-13."""
    return _breach(incident, SlaStep.ARRIVAL, context)


def _breach(incident: EmergencyIncident, step: SlaStep, context: Context) -> list[SlaBreached]:
    if not incident.waits_for(step):
        return []
    _require_due(incident.due[step], context)
    return [_breached(incident, step, _step_up(context))]


def escalate(_command: Escalate, incident: EmergencyIncident, context: Context) -> list[IncidentEscalated]:
    """The next level knows of the alarm. Nothing happens once it is acknowledged, or when the district knows.

    Raises: Refused("not_due", due_at).  Source: E12.
    """
    if incident.escalate_at is None:
        return []
    _require_due(incident.escalate_at, context)
    return [_escalated(incident, incident.escalate_at, _step_up(context))]


def _require_due(due_at: datetime, context: Context) -> None:
    require(context.occurred_at >= due_at, "not_due", due_at=due_at.isoformat())


def missed(incident: EmergencyIncident, at: datetime, context: Context) -> list[Missed]:
    """What passed undone before an instant and was not told yet, earliest first; a limit itself is still in time (ruling 16)."""
    facts: list[Missed] = []
    while (fact := _next_missed(incident, at, _step_up(context))) is not None:
        facts.append(fact)
        incident = evolve(incident, fact)
    return facts


def withdrawn(incident: EmergencyIncident, steps: Collection[SlaStep], at: datetime) -> list[SlaBreachWithdrawn]:
    """Breaches of these steps that were told although what is told only now had come by the limit."""
    return [
        SlaBreachWithdrawn(incident_id=incident.incident_id, household_id=incident.household_id, step=step)
        for step in SlaStep
        if step in steps and step in incident.breached and at <= incident.due[step]
    ]


def _next_missed(incident: EmergencyIncident, at: datetime, step_up: timedelta) -> Missed | None:
    waiting = incident.waiting()
    due, step = waiting[0] if waiting else (at, None)
    if incident.escalate_at is not None and incident.escalate_at < min(due, at):
        return _escalated(incident, incident.escalate_at, step_up)
    return _breached(incident, step, step_up) if step is not None and due < at else None


def _step_up(context: Context) -> timedelta:
    return timedelta(seconds=context.policy.alarm_escalate_seconds)


def _breached(incident: EmergencyIncident, step: SlaStep, step_up: timedelta) -> SlaBreached:
    """The lowest level is told; only an alarm that nobody has taken goes further up."""
    due_at = incident.due[step]
    return SlaBreached(
        incident_id=incident.incident_id,
        household_id=incident.household_id,
        area=incident.place(),
        step=step,
        due_at=due_at,
        level=LEVELS[0],
        escalate_at=due_at + step_up if step is SlaStep.ACKNOWLEDGE else None,
    )


def _escalated(incident: EmergencyIncident, at: datetime, step_up: timedelta) -> IncidentEscalated:
    level = LEVELS[LEVELS.index(incident.level or LEVELS[0]) + 1]
    return IncidentEscalated(
        incident_id=incident.incident_id,
        household_id=incident.household_id,
        area=incident.place(),
        level=level,
        escalated_at=at,
        escalate_at=at + step_up if level is not LEVELS[-1] else None,
    )
