"""An emergency call (紧急呼叫): alarm → acknowledge → call back → dispatch → arrive → hand over → close (SG-13, R-ELD-06).

The device opens it (`services/eldercare/domain/device`). `answering` is the desk's side, `missing` what was not done in time, `state` folds.
"""

from __future__ import annotations

from contracts.eldercare.emergency_incident import IncidentOutcome, Responder
from contracts.ids import IncidentId
from kit.aggregate import Aggregate, command
from kit.identity import Role
from services.eldercare.domain.emergency_incident.answering import (
    AcknowledgeAlarm,
    CallBack,
    CloseIncident,
    DispatchResponder,
    HandOver,
    ResponderIsThere,
    acknowledge,
    arrive,
    call_back,
    close,
    dispatch,
    ended,
    hand_over,
)
from services.eldercare.domain.emergency_incident.missing import (
    BreachAcknowledge,
    BreachArrival,
    BreachDispatch,
    Escalate,
    breach_acknowledge,
    breach_arrival,
    breach_dispatch,
    escalate,
)
from services.eldercare.domain.emergency_incident.state import EmergencyIncident, EmergencyIncidentEvent, evolve, index

_INCIDENT = IncidentId("0190a000-0000-8000-8000-000000000081")
_DESK, _TIMER = {Role.ALARM_DESK}, {Role.SYSTEM}

emergency_incident = Aggregate(
    "emergency-incident",
    id="incident_id",
    state=EmergencyIncident,
    evolve=evolve,
    key="household_id",
    area="area",
    index=index,
    commands=[
        command(acknowledge, roles=_DESK, example=AcknowledgeAlarm(incident_id=_INCIDENT)),
        command(call_back, roles=_DESK, example=CallBack(incident_id=_INCIDENT, answered=False)),
        command(dispatch, roles=_DESK, example=DispatchResponder(incident_id=_INCIDENT, responder=Responder.AMBULANCE)),
        command(arrive, roles=_DESK, example=ResponderIsThere(incident_id=_INCIDENT)),
        command(hand_over, roles=_DESK, example=HandOver(incident_id=_INCIDENT)),
        command(close, roles=_DESK, example=CloseIncident(incident_id=_INCIDENT, outcome=IncidentOutcome.REAL)),
        command(breach_acknowledge, roles=_TIMER, example=BreachAcknowledge(incident_id=_INCIDENT)),
        command(breach_dispatch, roles=_TIMER, example=BreachDispatch(incident_id=_INCIDENT)),
        command(breach_arrival, roles=_TIMER, example=BreachArrival(incident_id=_INCIDENT)),
        command(escalate, roles=_TIMER, example=Escalate(incident_id=_INCIDENT)),
    ],
)

__all__ = [
    "AcknowledgeAlarm",
    "BreachAcknowledge",
    "BreachArrival",
    "BreachDispatch",
    "CallBack",
    "CloseIncident",
    "DispatchResponder",
    "EmergencyIncident",
    "EmergencyIncidentEvent",
    "Escalate",
    "HandOver",
    "ResponderIsThere",
    "emergency_incident",
    "ended",
]
