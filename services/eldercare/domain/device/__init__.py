"""A smart device of an elder (智能养老设备): who has it, its calls and its silence (E11, E12, E20).

`lending` gives and takes it back, `alarming` opens emergency incidents, `silence` does so when it is not heard, `state` folds.
"""

from __future__ import annotations

from datetime import UTC, datetime

from contracts.eldercare.device import DeviceKind, DeviceReturn
from contracts.ids import AreaCode, DeviceId, PersonId
from kit.aggregate import Aggregate, command
from kit.identity import Role
from services.eldercare.domain.device.alarming import AlarmFromDevice, alarm
from services.eldercare.domain.device.lending import (
    ActivateDevice,
    AssignDevice,
    ReinstateAfterRevocation,
    ReturnDevice,
    ReturnForDeath,
    activate,
    assign,
    reinstate_after_revocation,
    return_device,
    return_for_death,
)
from services.eldercare.domain.device.silence import HearDevice, MissHeartbeat, hear, miss_heartbeat
from services.eldercare.domain.device.state import WATCHED, Device, DeviceEvent, evolve, index
from services.eldercare.domain.emergency_incident import emergency_incident
from services.eldercare.domain.known_household import known_household
from services.eldercare.domain.known_person import known_person

_DEVICE, _ELDER = DeviceId("0190a000-0000-8000-8000-000000000080"), PersonId("0190a000-0000-8000-8000-000000000010")
_AT = datetime(2022, 3, 1, 7, 56, tzinfo=UTC)
_KNOWN_PERSON = known_person.by("person_id", missing_ok=True)
_SILENCE = emergency_incident.by("silence_incident", missing_ok=True)

device = Aggregate(
    "device",
    id="device_id",
    state=Device,
    evolve=evolve,
    key="household_id",
    area="area",
    index=index,
    commands=[
        command(
            assign,
            stream="new",
            also=[_KNOWN_PERSON, known_household.by("household_id", missing_ok=True)],
            roles={Role.CASEWORKER, Role.CARE_WORKER},
            example=AssignDevice(device_id=_DEVICE, kind=DeviceKind.PENDANT, person_id=_ELDER, area=AreaCode("440308003-qiaodong")),
        ),
        command(activate, roles={Role.CARE_WORKER, Role.ALARM_DESK}, example=ActivateDevice(device_id=_DEVICE)),
        command(
            alarm,
            also=[emergency_incident.by("standing", missing_ok=True)],
            roles={Role.ALARM_DESK},
            example=AlarmFromDevice(device_id=_DEVICE),
        ),
        command(miss_heartbeat, roles={Role.SYSTEM}, example=MissHeartbeat(device_id=_DEVICE, last_seen_at=_AT)),
        command(hear, also=[_SILENCE], roles={Role.SYSTEM}, example=HearDevice(device_id=_DEVICE, heard_at=_AT)),
        command(
            return_device,
            also=[_SILENCE],
            roles={Role.CASEWORKER, Role.CARE_WORKER},
            example=ReturnDevice(device_id=_DEVICE, reason=DeviceReturn.OWN_WISH),
        ),
        command(return_for_death, also=[_KNOWN_PERSON, _SILENCE], roles={Role.SYSTEM}, example=ReturnForDeath(device_id=_DEVICE)),
        command(
            reinstate_after_revocation,
            also=[_KNOWN_PERSON],
            roles={Role.SYSTEM},
            example=ReinstateAfterRevocation(device_id=_DEVICE),
        ),
    ],
)

__all__ = [
    "WATCHED",
    "ActivateDevice",
    "AlarmFromDevice",
    "AssignDevice",
    "Device",
    "DeviceEvent",
    "HearDevice",
    "MissHeartbeat",
    "ReinstateAfterRevocation",
    "ReturnDevice",
    "ReturnForDeath",
    "device",
]
