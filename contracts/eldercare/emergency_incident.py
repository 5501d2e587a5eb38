"""Facts about an emergency call (紧急呼叫): every limit runs from the alarm, and a missed one is told upwards (E12, R-ELD-06, SG-13)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AreaCode, DeviceId, HouseholdId, IncidentId, PersonId


class AlarmSource(StrEnum):
    BUTTON = "button"  # 按键呼叫
    FALL = "fall"  # 跌倒报警
    SILENCE = "silence"  # 设备失联


class Responder(StrEnum):
    """Who is sent."""

    AMBULANCE = "ambulance"  # 120急救
    FIRE = "fire"  # 119消防
    POLICE = "police"  # 110公安
    COMMUNITY = "community"  # 社区应急人员
    CARE_WORKER = "care_worker"  # 护理员


class SlaStep(StrEnum):
    """What is due, counted from the alarm."""

    ACKNOWLEDGE = "acknowledge"  # 接警
    DISPATCH = "dispatch"  # 派单
    ARRIVAL = "arrival"  # 到场


class EscalationLevel(StrEnum):
    """Who is told of a missed limit, lowest first."""

    SHIFT_LEAD = "shift_lead"  # 值班长
    STREET_DUTY = "street_duty"  # 街道值班
    DISTRICT_DUTY = "district_duty"  # 区值班


class IncidentOutcome(StrEnum):
    REAL = "real"  # 真实求助
    FALSE_ALARM = "false_alarm"  # 误报
    TEST = "test"  # 测试
    DEVICE_HEARD = "device_heard"  # 设备恢复
    DEVICE_RETURNED = "device_returned"  # 设备收回


@event("eldercare.emergency-incident.alarm-received", version=1, stream="incident_id")
class AlarmReceived(Event):
    """An alarm opened the incident; the limits run from `alarmed_at`. Source: E12, R-ELD-06, ruling 16.

    dispatch_by, arrive_by: absent for a silent device, where somebody is to make contact and nobody need be sent.
    """

    incident_id: IncidentId
    device_id: DeviceId
    person_id: PersonId
    area: AreaCode
    source: AlarmSource
    alarmed_at: datetime
    acknowledge_by: datetime
    dispatch_by: datetime | None = None
    arrive_by: datetime | None = None
    household_id: HouseholdId | None = None


@event("eldercare.emergency-incident.alarm-repeated", version=1, stream="incident_id")
class AlarmRepeated(Event):
    """The same device called again within the fold window: still one incident, and its clock stays. Source: SC-20."""

    incident_id: IncidentId
    source: AlarmSource
    pressed_at: datetime
    household_id: HouseholdId | None = None


@event("eldercare.emergency-incident.alarm-acknowledged", version=1, stream="incident_id")
class AlarmAcknowledged(Event):
    """Somebody of the desk took the alarm, `seconds` after it. Source: E12, R-ELD-06."""

    incident_id: IncidentId
    acknowledged_at: datetime
    seconds: int
    household_id: HouseholdId | None = None


@event("eldercare.emergency-incident.called-back", version=1, stream="incident_id")
class PersonCalledBack(Event):
    """The desk called the person back, who answered or did not. Source: SG-13."""

    incident_id: IncidentId
    answered: bool
    household_id: HouseholdId | None = None


@event("eldercare.emergency-incident.responder-dispatched", version=1, stream="incident_id")
class ResponderDispatched(Event):
    """Help was sent, `seconds` after the alarm. Source: E12, R-ELD-06."""

    incident_id: IncidentId
    responder: Responder
    dispatched_at: datetime
    seconds: int
    household_id: HouseholdId | None = None


@event("eldercare.emergency-incident.responder-arrived", version=1, stream="incident_id")
class ResponderArrived(Event):
    """Help is on site, `seconds` after the alarm. Source: E12, R-ELD-06."""

    incident_id: IncidentId
    arrived_at: datetime
    seconds: int
    household_id: HouseholdId | None = None


@event("eldercare.emergency-incident.handed-over", version=1, stream="incident_id")
class PersonHandedOver(Event):
    """The person is in the ambulance: `seconds` from the alarm is the figure of the published case (23 minutes). Source: SC-20, P:YT-CALL."""

    incident_id: IncidentId
    handed_over_at: datetime
    seconds: int
    household_id: HouseholdId | None = None


@event("eldercare.emergency-incident.sla-breached", version=1, stream="incident_id")
class SlaBreached(Event):
    """A step was not done by its limit; the level is told. At most once a step. Source: E12, R-ELD-06, SC-20.

    escalate_at: when the next level is told if the alarm still stands unacknowledged.
    """

    incident_id: IncidentId
    area: AreaCode
    step: SlaStep
    due_at: datetime
    level: EscalationLevel
    escalate_at: datetime | None = None
    household_id: HouseholdId | None = None


@event("eldercare.emergency-incident.escalated", version=1, stream="incident_id")
class IncidentEscalated(Event):
    """Still nobody has acknowledged the alarm: the next level is told, up to the district. Source: E12."""

    incident_id: IncidentId
    area: AreaCode
    level: EscalationLevel
    escalated_at: datetime
    escalate_at: datetime | None = None
    household_id: HouseholdId | None = None


@event("eldercare.emergency-incident.breach-withdrawn", version=1, stream="incident_id")
class SlaBreachWithdrawn(Event):
    """What was told late had been done in time: the breach counts no longer. Source: ruling 16, R-ELD-06."""

    incident_id: IncidentId
    step: SlaStep
    household_id: HouseholdId | None = None


@event("eldercare.emergency-incident.closed", version=1, stream="incident_id")
class IncidentClosed(Event):
    """The incident is over, with a code; what was still due is so no longer. Source: SG-13, SC-20."""

    incident_id: IncidentId
    outcome: IncidentOutcome
    household_id: HouseholdId | None = None
