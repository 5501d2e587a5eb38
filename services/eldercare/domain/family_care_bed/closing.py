"""The end of a bed: by a person, or by a death, which holds it while it is only reported (SG-04, ruling 22)."""

from __future__ import annotations

from typing import Literal

from contracts.eldercare.family_care_bed import BedClosed, BedClosing, BedHeld, BedResumed, BedSuspended
from contracts.ids import CareBedId
from kit.aggregate import require
from kit.command import Command, Context
from services.eldercare.domain.family_care_bed.state import FamilyCareBed, closed, stay_by
from services.eldercare.domain.known_person import KnownPerson


class CloseBed(Command):
    """The elder moves, does not want it any more, or the provider ends it."""

    bed_id: CareBedId
    reason: Literal[BedClosing.MOVED, BedClosing.OWN_WISH, BedClosing.PROVIDER_ENDED]


class HoldBedForDeath(Command):
    """The elder's death was reported."""

    bed_id: CareBedId


class CloseBedForDeath(Command):
    """The elder's death was confirmed."""

    bed_id: CareBedId


class ResumeBedAfterRevocation(Command):
    """The elder's death was an error."""

    bed_id: CareBedId


def close(command: CloseBed, bed: FamilyCareBed, context: Context) -> list[BedSuspended | BedClosed]:
    """The contract is over and the person may sign another. A stay that was too long before that day has closed it itself.

    Raises: Refused("bed_closed", reason).  Source: R-ELD-11.
    """
    require(bed.closed is None, "bed_closed", reason=bed.closed)
    return _closed(bed, command.reason, context)


def hold_for_death(_command: HoldBedForDeath, bed: FamilyCareBed, _context: Context, person: KnownPerson) -> list[BedHeld]:
    """Nothing is signed or delivered until the death is confirmed or withdrawn. Source: ruling 22."""
    if bed.closed is not None or bed.held or not person.is_held:
        return []
    return [BedHeld(bed_id=bed.bed_id, household_id=bed.household_id)]


def close_for_death(
    _command: CloseBedForDeath, bed: FamilyCareBed, context: Context, person: KnownPerson
) -> list[BedSuspended | BedClosed]:
    """The contract is over, as long as the death stands. Nothing happens when it is closed already. Source: SG-04, R-ELD-11."""
    return [] if bed.closed is not None or not person.is_dead else _closed(bed, BedClosing.DEATH, context)


def _closed(bed: FamilyCareBed, reason: BedClosing, context: Context) -> list[BedSuspended | BedClosed]:
    told, bed = stay_by(bed, context.on, context)
    return told if bed.closed is not None else [*told, closed(bed, reason)]


def resume_after_revocation(
    _command: ResumeBedAfterRevocation, bed: FamilyCareBed, _context: Context, person: KnownPerson
) -> list[BedResumed]:
    """What the death held or closed is as it was; what a person or a long stay closed stays closed. Source: ruling 22."""
    by_death = bed.closed is BedClosing.DEATH or (bed.held and bed.closed is None)
    if not by_death or person.is_dead or person.is_held:
        return []
    waits = bed.suspend_after if bed.close_after is None else None
    return [BedResumed(bed_id=bed.bed_id, household_id=bed.household_id, suspend_after=waits, close_after=bed.close_after)]
