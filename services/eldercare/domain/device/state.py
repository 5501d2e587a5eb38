"""A device: who has it, whether it works, since when it is silent, and which call its presses belong to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import assert_never

from contracts.eldercare.device import (
    DeviceActivated,
    DeviceAlarmNoted,
    DeviceAssigned,
    DeviceHeardAgain,
    DeviceHeartbeatMissed,
    DeviceReinstated,
    DeviceReturn,
    DeviceReturned,
)
from contracts.ids import AreaCode, DeviceId, HouseholdId, IncidentId, PersonId
from kit.aggregate import require
from kit.reaction import person_subject
from kit.store.model import IndexChange, Link, ReleaseAll, Unlink

DeviceEvent = (
    DeviceAssigned | DeviceActivated | DeviceHeartbeatMissed | DeviceHeardAgain | DeviceAlarmNoted | DeviceReturned | DeviceReinstated
)
WATCHED = "devices/watched"
"""The subject that links every device whose signs of life are waited for: who watches finds them in the index."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Device:
    """silent_from: the last sign before a silence that goes on; silence_incident: the incident it opened.

    standing, standing_from: the call that further presses belong to, and its first press.
    """

    device_id: DeviceId = DeviceId("")
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None
    area: AreaCode | None = None
    active: bool = False
    counts_from: datetime = LONG_AGO
    silent_from: datetime | None = None
    silence_incident: IncidentId | None = None
    standing: IncidentId | None = None
    standing_from: datetime = LONG_AGO
    returned: DeviceReturn | None = None

    def require_held(self) -> None:
        """Raises: Refused("device_returned", reason)."""
        require(self.returned is None, "device_returned", reason=self.returned)

    def holder(self) -> tuple[PersonId, AreaCode]:
        """The person who has it and the place it stands in; every device that exists has both."""
        if self.person_id is None or self.area is None:
            raise TypeError("a device that was never assigned")
        return self.person_id, self.area


def evolve(device: Device, event: DeviceEvent) -> Device:
    match event:
        case DeviceAssigned():
            return Device(device_id=event.device_id, person_id=event.person_id, household_id=event.household_id, area=event.area)
        case DeviceActivated(counts_from=at):
            return replace(device, active=True, counts_from=at)
        case DeviceHeartbeatMissed(last_seen_at=at, incident_id=incident):
            return replace(device, silent_from=at, silence_incident=incident)
        case DeviceHeardAgain():
            return replace(device, silent_from=None, silence_incident=None)
        case DeviceAlarmNoted(incident_id=incident, pressed_at=at):
            return replace(device, standing=incident, standing_from=at) if at > device.standing_from else device
        case DeviceReturned(reason=reason):
            return replace(device, returned=reason, silent_from=None, silence_incident=None)
        case DeviceReinstated(counts_from=at):
            return replace(device, returned=None, counts_from=at)
        case _:
            assert_never(event)


def index(event: DeviceEvent) -> Iterable[IndexChange]:
    """Found by its person, and by whoever watches. Returned for a death it keeps the person: a revocation must find it."""
    match event:
        case DeviceAssigned(person_id=person):
            return [Link(person_subject(person))]
        case DeviceActivated() | DeviceReinstated(active=True):
            return [Link(WATCHED)]
        case DeviceReturned(reason=DeviceReturn.DEATH):
            return [Unlink(WATCHED)]
        case DeviceReturned():
            return [ReleaseAll()]
        case DeviceHeartbeatMissed() | DeviceHeardAgain() | DeviceAlarmNoted() | DeviceReinstated():
            return []
        case _:
            assert_never(event)
