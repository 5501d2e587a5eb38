"""A device that is not heard for the whole limit opens one incident, however long the silence lasts; its next sign ends it (E20)."""

from __future__ import annotations

from datetime import timedelta

from pydantic import AwareDatetime

from contracts.eldercare.device import DeviceHeardAgain, DeviceHeartbeatMissed
from contracts.eldercare.emergency_incident import (
    AlarmReceived,
    AlarmSource,
    IncidentClosed,
    IncidentEscalated,
    IncidentOutcome,
    SlaBreached,
    SlaBreachWithdrawn,
)
from contracts.ids import DeviceId, IncidentId
from kit.command import Command, Context
from services.eldercare.domain.device.alarming import received
from services.eldercare.domain.device.state import Device
from services.eldercare.domain.emergency_incident import EmergencyIncident, ended


class MissHeartbeat(Command):
    """Nothing was heard since the last sign of life; for one never heard, since silence counts."""

    device_id: DeviceId
    last_seen_at: AwareDatetime


class HearDevice(Command):
    """A sign of life of a silent device arrived."""

    device_id: DeviceId
    heard_at: AwareDatetime


def miss_heartbeat(command: MissHeartbeat, device: Device, context: Context) -> list[DeviceHeartbeatMissed | AlarmReceived]:
    """Somebody must make contact: an incident of source `silence` is open, alarmed at the limit. The limit itself is still in time.

    Nothing happens when the device is silent already, is not in use, or has not had its whole limit.
    Source: E20, R-ELD-06, DET-16, ruling 16.
    """
    last = max(command.last_seen_at, device.counts_from)
    silent_since = last + timedelta(hours=context.policy.device_silent_hours)
    if not device.active or device.returned is not None or device.silent_from is not None or context.now < silent_since:
        return []
    person, area = device.holder()
    incident = IncidentId(context.new_id("incident"))
    missed = DeviceHeartbeatMissed(
        device_id=device.device_id,
        person_id=person,
        household_id=device.household_id,
        area=area,
        last_seen_at=last,
        silent_since=silent_since,
        incident_id=incident,
    )
    return [missed, received(incident, AlarmSource.SILENCE, device, silent_since, context)]


def hear(
    command: HearDevice, device: Device, context: Context, silence: EmergencyIncident
) -> list[DeviceHeardAgain | IncidentClosed | SlaBreached | IncidentEscalated | SlaBreachWithdrawn]:
    """The silence is over, and its incident too unless the desk has closed it. Nothing happens when the sign is older than the silence.

    Source: E20.
    """
    if device.silent_from is None or command.heard_at <= device.silent_from:
        return []
    person, _ = device.holder()
    heard = DeviceHeardAgain(device_id=device.device_id, person_id=person, household_id=device.household_id, heard_at=command.heard_at)
    return [heard, *ended(silence, IncidentOutcome.DEVICE_HEARD, context)]
