"""The device and the call of the worked case (SC-20), and short words for their facts. Times are Shanghai's of 1 March 2022."""

from __future__ import annotations

from datetime import UTC, datetime, time

from contracts.eldercare.device import (
    DeviceActivated,
    DeviceAlarmNoted,
    DeviceAssigned,
    DeviceHeardAgain,
    DeviceHeartbeatMissed,
    DeviceKind,
    DeviceReinstated,
    DeviceReturn,
    DeviceReturned,
)
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
    Responder,
    ResponderArrived,
    ResponderDispatched,
    SlaBreached,
    SlaBreachWithdrawn,
    SlaStep,
)
from contracts.ids import AreaCode, DeviceId, IncidentId
from kit.clock import SHANGHAI
from tests.eldercare.facts import ELDER, HOME, ID, TUESDAY

DEVICE, INCIDENT, SILENCE = DeviceId(f"{ID}80"), IncidentId(f"{ID}81"), IncidentId(f"{ID}82")
AREA = AreaCode("440308003-qiaodong")
BUTTON = AlarmSource.BUTTON


def at(clock: str, day: int = 1) -> datetime:
    """An instant by the wall clock: `at("15:56:00")`."""
    return datetime.combine(TUESDAY.replace(day=day), time.fromisoformat(clock), SHANGHAI).astimezone(UTC)


ALARM = at("15:56:00")


def assigned(*, household: bool = True) -> DeviceAssigned:
    return DeviceAssigned(device_id=DEVICE, kind=DeviceKind.PENDANT, person_id=ELDER, household_id=HOME if household else None, area=AREA)


def activated() -> DeviceActivated:
    """Silence counts from 8:00."""
    return DeviceActivated(device_id=DEVICE, person_id=ELDER, household_id=HOME, counts_from=at("08:00:00"))


def noted(pressed_at: datetime = ALARM, incident: IncidentId = INCIDENT) -> DeviceAlarmNoted:
    return DeviceAlarmNoted(device_id=DEVICE, household_id=HOME, incident_id=incident, pressed_at=pressed_at)


def received(alarmed_at: datetime = ALARM, incident: IncidentId = INCIDENT, source: AlarmSource = BUTTON) -> AlarmReceived:
    """The alarm of a button, with the limits of the worked case when it is its own."""
    return AlarmReceived(
        incident_id=incident,
        device_id=DEVICE,
        person_id=ELDER,
        household_id=HOME,
        area=AREA,
        source=source,
        alarmed_at=alarmed_at,
        acknowledge_by=at("15:57:00"),
        dispatch_by=at("16:01:00"),
        arrive_by=at("16:26:00"),
    )


def silence_received(alarmed_at: datetime, acknowledge_by: datetime, incident: IncidentId = SILENCE) -> AlarmReceived:
    return AlarmReceived(
        incident_id=incident,
        device_id=DEVICE,
        person_id=ELDER,
        household_id=HOME,
        area=AREA,
        source=AlarmSource.SILENCE,
        alarmed_at=alarmed_at,
        acknowledge_by=acknowledge_by,
    )


def repeated(pressed_at: datetime, source: AlarmSource = BUTTON) -> AlarmRepeated:
    return AlarmRepeated(incident_id=INCIDENT, household_id=HOME, source=source, pressed_at=pressed_at)


def acknowledged(clock: str, seconds: int) -> AlarmAcknowledged:
    return AlarmAcknowledged(incident_id=INCIDENT, household_id=HOME, acknowledged_at=at(clock), seconds=seconds)


def called_back(*, answered: bool = False) -> PersonCalledBack:
    return PersonCalledBack(incident_id=INCIDENT, household_id=HOME, answered=answered)


def dispatched(clock: str, seconds: int, responder: Responder = Responder.AMBULANCE) -> ResponderDispatched:
    return ResponderDispatched(incident_id=INCIDENT, household_id=HOME, responder=responder, dispatched_at=at(clock), seconds=seconds)


def arrived(clock: str, seconds: int) -> ResponderArrived:
    return ResponderArrived(incident_id=INCIDENT, household_id=HOME, arrived_at=at(clock), seconds=seconds)


def breached(step: SlaStep, due: str, escalate: str | None = None, incident: IncidentId = INCIDENT) -> SlaBreached:
    return SlaBreached(
        incident_id=incident,
        household_id=HOME,
        area=AREA,
        step=step,
        due_at=at(due),
        level=EscalationLevel.SHIFT_LEAD,
        escalate_at=at(escalate) if escalate else None,
    )


def escalated(level: EscalationLevel, clock: str, then: str | None = None) -> IncidentEscalated:
    return IncidentEscalated(
        incident_id=INCIDENT, household_id=HOME, area=AREA, level=level, escalated_at=at(clock), escalate_at=at(then) if then else None
    )


def withdrawn(step: SlaStep) -> SlaBreachWithdrawn:
    return SlaBreachWithdrawn(incident_id=INCIDENT, household_id=HOME, step=step)


def over(outcome: IncidentOutcome, incident: IncidentId = INCIDENT) -> IncidentClosed:
    return IncidentClosed(incident_id=incident, household_id=HOME, outcome=outcome)


def missed(last: datetime, since: datetime, incident: IncidentId = SILENCE) -> DeviceHeartbeatMissed:
    return DeviceHeartbeatMissed(
        device_id=DEVICE, person_id=ELDER, household_id=HOME, area=AREA, last_seen_at=last, silent_since=since, incident_id=incident
    )


def heard(heard_at: datetime) -> DeviceHeardAgain:
    return DeviceHeardAgain(device_id=DEVICE, person_id=ELDER, household_id=HOME, heard_at=heard_at)


def returned(reason: DeviceReturn) -> DeviceReturned:
    return DeviceReturned(device_id=DEVICE, person_id=ELDER, household_id=HOME, reason=reason)


def reinstated(counts_from: datetime, *, active: bool = True) -> DeviceReinstated:
    return DeviceReinstated(device_id=DEVICE, person_id=ELDER, household_id=HOME, active=active, counts_from=counts_from)
