"""A device is given to a person, works, and comes back: of their own wish, or because of a death that may prove an error."""

from __future__ import annotations

from typing import Literal

from contracts.eldercare.device import (
    DeviceActivated,
    DeviceAssigned,
    DeviceKind,
    DeviceReinstated,
    DeviceReturn,
    DeviceReturned,
)
from contracts.eldercare.emergency_incident import IncidentClosed, IncidentEscalated, IncidentOutcome, SlaBreached, SlaBreachWithdrawn
from contracts.ids import AreaCode, DeviceId, HouseholdId, PersonId
from kit.aggregate import require
from kit.command import Command, Context
from services.eldercare.domain.device.state import Device
from services.eldercare.domain.emergency_incident import EmergencyIncident, ended
from services.eldercare.domain.known_household import KnownHousehold
from services.eldercare.domain.known_person import KnownPerson


class AssignDevice(Command):
    """A person is given a device; it has the id for as long as this person has it. `area`: the place it stands in."""

    device_id: DeviceId
    kind: DeviceKind
    person_id: PersonId
    area: AreaCode
    household_id: HouseholdId | None = None


class ActivateDevice(Command):
    """The device works from now on."""

    device_id: DeviceId


class ReturnDevice(Command):
    """The device comes back."""

    device_id: DeviceId
    reason: Literal[DeviceReturn.OWN_WISH, DeviceReturn.MOVED, DeviceReturn.REPLACED]


class ReturnForDeath(Command):
    """The person's death was confirmed."""

    device_id: DeviceId


class ReinstateAfterRevocation(Command):
    """The person's death was an error."""

    device_id: DeviceId


def assign(command: AssignDevice, _device: Device, _context: Context, person: KnownPerson, home: KnownHousehold) -> list[DeviceAssigned]:
    """The person has the device, beside others perhaps. Given to somebody else later it is another device: another id.

    Raises: Refused("person_dead"); Refused("household_unknown") until relief has told of the household that is named.
    Source: E11, ruling 2 of the design.
    """
    require(not person.is_dead, "person_dead")
    require(command.household_id is None or home.area is not None, "household_unknown")
    return [
        DeviceAssigned(
            device_id=command.device_id,
            kind=command.kind,
            person_id=command.person_id,
            household_id=command.household_id,
            area=command.area,
        )
    ]


def activate(_command: ActivateDevice, device: Device, context: Context) -> list[DeviceActivated]:
    """Its signs of life are waited for. Raises: Refused("device_returned" | "already_active").  Source: E11, E20."""
    device.require_held()
    require(not device.active, "already_active")
    person, _ = device.holder()
    return [
        DeviceActivated(device_id=device.device_id, person_id=person, household_id=device.household_id, counts_from=context.occurred_at)
    ]


def return_device(
    command: ReturnDevice, device: Device, context: Context, silence: EmergencyIncident
) -> list[DeviceReturned | IncidentClosed | SlaBreached | IncidentEscalated | SlaBreachWithdrawn]:
    """Nobody waits for its signs any more; an incident that its silence opened is over. Raises: Refused("device_returned").  Source: E11."""
    device.require_held()
    return [_returned(device, command.reason), *ended(silence, IncidentOutcome.DEVICE_RETURNED, context)]


def return_for_death(
    _command: ReturnForDeath, device: Device, context: Context, person: KnownPerson, silence: EmergencyIncident
) -> list[DeviceReturned | IncidentClosed | SlaBreached | IncidentEscalated | SlaBreachWithdrawn]:
    """The device is closed as long as the death stands. Nothing happens when it came back already. Source: SG-04."""
    if device.returned is not None or not person.is_dead:
        return []
    return [_returned(device, DeviceReturn.DEATH), *ended(silence, IncidentOutcome.DEVICE_RETURNED, context)]


def reinstate_after_revocation(
    _command: ReinstateAfterRevocation, device: Device, context: Context, person: KnownPerson
) -> list[DeviceReinstated]:
    """What the death closed works again, and has the whole limit to be heard; what the person gave back stays so. Source: ruling 22."""
    if device.returned is not DeviceReturn.DEATH or person.is_dead:
        return []
    holder, _ = device.holder()
    return [
        DeviceReinstated(
            device_id=device.device_id,
            person_id=holder,
            household_id=device.household_id,
            active=device.active,
            counts_from=context.occurred_at,
        )
    ]


def _returned(device: Device, reason: DeviceReturn) -> DeviceReturned:
    person, _ = device.holder()
    return DeviceReturned(device_id=device.device_id, person_id=person, household_id=device.household_id, reason=reason)
