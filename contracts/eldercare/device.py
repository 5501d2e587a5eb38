"""Facts about a smart device of an elder (智能养老设备). Its heartbeats are no facts: only a silence and its end are (E11, E20)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AreaCode, DeviceId, HouseholdId, IncidentId, PersonId


class DeviceKind(StrEnum):
    PENDANT = "pendant"  # 呼叫挂坠
    GATEWAY = "gateway"  # 居家网关
    FALL_SENSOR = "fall_sensor"  # 跌倒探测器
    SMOKE_SENSOR = "smoke_sensor"  # 烟感
    GAS_SENSOR = "gas_sensor"  # 燃气报警器
    DOOR_SENSOR = "door_sensor"  # 门磁
    WEARABLE = "wearable"  # 健康手环


class DeviceReturn(StrEnum):
    """Why a device came back."""

    OWN_WISH = "own_wish"  # 本人不再使用
    MOVED = "moved"  # 迁出
    REPLACED = "replaced"  # 更换
    DEATH = "death"  # 去世


@event("eldercare.device.assigned", version=1, stream="device_id")
class DeviceAssigned(Event):
    """A person was given the device; one person may have several. `area`: the place it stands in. Source: E11."""

    device_id: DeviceId
    kind: DeviceKind
    person_id: PersonId
    area: AreaCode
    household_id: HouseholdId | None = None


@event("eldercare.device.activated", version=1, stream="device_id")
class DeviceActivated(Event):
    """The device works; until its first sign of life, silence is counted from `counts_from`. Source: E11, E20."""

    device_id: DeviceId
    person_id: PersonId
    counts_from: datetime
    household_id: HouseholdId | None = None


@event("eldercare.device.heartbeat-missed", version=1, stream="device_id")
class DeviceHeartbeatMissed(Event):
    """Nothing was heard for the whole limit: one open incident, whatever follows until it is heard again. Source: E20, R-ELD-06, DET-16.

    last_seen_at: the last sign of life, or from when silence counts.  silent_since: the limit after it.
    """

    device_id: DeviceId
    person_id: PersonId
    area: AreaCode
    last_seen_at: datetime
    silent_since: datetime
    incident_id: IncidentId
    household_id: HouseholdId | None = None


@event("eldercare.device.heard-again", version=1, stream="device_id")
class DeviceHeardAgain(Event):
    """The silence is over: a sign of life of `heard_at` arrived. Source: E20."""

    device_id: DeviceId
    person_id: PersonId
    heard_at: datetime
    household_id: HouseholdId | None = None


@event("eldercare.device.alarm-noted", version=1, stream="device_id", shared=False)
class DeviceAlarmNoted(Event):
    """The device's ledger: presses within the fold window of this first one belong to this incident. Source: SC-20."""

    device_id: DeviceId
    incident_id: IncidentId
    pressed_at: datetime
    household_id: HouseholdId | None = None


@event("eldercare.device.returned", version=1, stream="device_id")
class DeviceReturned(Event):
    """The person has the device no longer; nobody waits for its signs. Source: E11, SG-04."""

    device_id: DeviceId
    person_id: PersonId
    reason: DeviceReturn
    household_id: HouseholdId | None = None


@event("eldercare.device.reinstated", version=1, stream="device_id")
class DeviceReinstated(Event):
    """A death was revoked: the person has the device again, as it was; silence counts anew from `counts_from`. Source: ruling 22.

    active: it worked before it was returned.
    """

    device_id: DeviceId
    person_id: PersonId
    active: bool
    counts_from: datetime
    household_id: HouseholdId | None = None
