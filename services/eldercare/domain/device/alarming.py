"""A press or a fall becomes an emergency incident; further presses within the fold window belong to the same one (SC-20).

The caller knows the device, not the incident: the answer's event names it. The device's stream is the ledger, so of presses that come
at once exactly one opens an incident.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from contracts.eldercare.device import DeviceAlarmNoted, DeviceReturn
from contracts.eldercare.emergency_incident import AlarmReceived, AlarmRepeated, AlarmSource
from contracts.ids import DeviceId, IncidentId
from kit.aggregate import require
from kit.command import Command, Context
from services.eldercare.domain.device.state import Device
from services.eldercare.domain.emergency_incident import EmergencyIncident


class AlarmFromDevice(Command):
    """The device calls for help; `occurred_at` is the press itself. The answer names the incident."""

    device_id: DeviceId
    source: Literal[AlarmSource.BUTTON, AlarmSource.FALL] = AlarmSource.BUTTON


def alarm(
    command: AlarmFromDevice, device: Device, context: Context, standing: EmergencyIncident
) -> list[DeviceAlarmNoted | AlarmReceived | AlarmRepeated]:
    """An incident is open: a new one, or the one whose first press lies at most 10 minutes away and that is not over.

    A device that came back for a death still calls: somebody stands there, or the death is an error.
    Raises: Refused("device_returned").  Source: E12, R-ELD-06, SC-20.
    """
    require(device.returned in {None, DeviceReturn.DEATH}, "device_returned", reason=device.returned)
    pressed_at = context.occurred_at
    if standing.is_open and abs(pressed_at - device.standing_from) <= timedelta(minutes=context.policy.alarm_fold_minutes):
        repeated = AlarmRepeated(
            incident_id=standing.incident_id, household_id=device.household_id, source=command.source, pressed_at=pressed_at
        )
        return [repeated]
    incident = IncidentId(context.new_id("incident"))
    noted = DeviceAlarmNoted(device_id=device.device_id, household_id=device.household_id, incident_id=incident, pressed_at=pressed_at)
    return [noted, received(incident, command.source, device, pressed_at, context)]


def received(incident: IncidentId, source: AlarmSource, device: Device, alarmed_at: datetime, context: Context) -> AlarmReceived:
    """The alarm with its limits, all counted from it (ruling 16). A silent device asks for contact: only its acknowledgement is due."""
    person, area = device.holder()
    policy, sends_help = context.policy, source is not AlarmSource.SILENCE
    return AlarmReceived(
        incident_id=incident,
        device_id=device.device_id,
        person_id=person,
        household_id=device.household_id,
        area=area,
        source=source,
        alarmed_at=alarmed_at,
        acknowledge_by=alarmed_at + timedelta(seconds=policy.sla_acknowledge_seconds),
        dispatch_by=alarmed_at + timedelta(seconds=policy.sla_dispatch_seconds) if sends_help else None,
        arrive_by=alarmed_at + timedelta(seconds=policy.sla_on_site_seconds) if sends_help else None,
    )
