"""Devices that are silent now, as eldercare tells it; a device that is heard again or comes back has no row (DET-16)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from contracts.eldercare.device import DeviceHeardAgain, DeviceHeartbeatMissed, DeviceReturned
from contracts.envelope import Event, Meta
from contracts.ids import DeviceId, IncidentId, PersonId
from kit.view import Row, View


class SilentDeviceRow(Row, frozen=True):
    """A silence that goes on; `incident_id`: the one incident it opened."""

    device_id: DeviceId
    person_id: PersonId
    last_seen_at: datetime
    silent_since: datetime
    incident_id: IncidentId


SilenceFact = DeviceHeartbeatMissed | DeviceHeardAgain | DeviceReturned


def device_of(event: Event) -> Iterable[str]:
    return (event.device_id,) if isinstance(event, SilenceFact) else ()


def evolve(_row: SilentDeviceRow | None, event: Event, _meta: Meta) -> SilentDeviceRow | None:
    if not isinstance(event, DeviceHeartbeatMissed):
        return None
    return SilentDeviceRow(
        device_id=event.device_id,
        person_id=event.person_id,
        last_seen_at=event.last_seen_at,
        silent_since=event.silent_since,
        incident_id=event.incident_id,
    )


silent_device = View("silent_device", row=SilentDeviceRow, key=device_of, evolve=evolve)
