"""The elder is in a hospital or an institution: too long suspends the bed, far too long closes it. What counts is the day of return."""

from __future__ import annotations

from datetime import timedelta

from contracts.eldercare.family_care_bed import BedClosed, BedClosing, BedStayBegun, BedStayEnded, BedSuspended, StayKind
from contracts.ids import CareBedId
from kit.aggregate import require
from kit.command import Command, Context
from services.eldercare.domain.family_care_bed.state import FamilyCareBed, require_open, stay_by


class BeginStay(Command):
    """The elder went to a hospital or an institution."""

    bed_id: CareBedId
    kind: StayKind


class EndStay(Command):
    """The elder is at home again."""

    bed_id: CareBedId


class SuspendBed(Command):
    """The stay is longer than the bed waits for."""

    bed_id: CareBedId


class LapseBed(Command):
    """The bed was suspended for too long."""

    bed_id: CareBedId


def begin_stay(command: BeginStay, bed: FamilyCareBed, context: Context) -> list[BedStayBegun]:
    """The bed waits; a stay longer than the pack's days suspends it.

    Raises: Refused("bed_closed" | "held" | "not_contracted" | "already_away").  Source: R-ELD-11.
    """
    require_open(bed)
    require(bed.has_contract, "not_contracted", state=bed.stage)
    require(not bed.is_away, "already_away")
    suspend_after = context.on + timedelta(days=context.policy.bed_suspend_after_days)
    return [BedStayBegun(bed_id=bed.bed_id, household_id=bed.household_id, kind=command.kind, suspend_after=suspend_after)]


def end_stay(_command: EndStay, bed: FamilyCareBed, context: Context) -> list[BedSuspended | BedClosed | BedStayEnded]:
    """The bed serves again if the elder came back before it was lost; it does so too when that is told after the timer closed it.

    Raises: Refused("bed_closed", reason) when something else closed it; Refused("not_away").  Source: R-ELD-11.
    """
    require(bed.closed in {None, BedClosing.SUSPENDED_TOO_LONG}, "bed_closed", reason=bed.closed)
    require(bed.is_away, "not_away")
    told, bed = stay_by(bed, context.on, context)
    if bed.close_after is not None and context.on > bed.close_after:
        return [*told]
    back = BedStayEnded(bed_id=bed.bed_id, person_id=bed.person_id, household_id=bed.household_id, returned_on=context.on)
    return [*told, back]


def suspend(_command: SuspendBed, bed: FamilyCareBed, context: Context) -> list[BedSuspended | BedClosed]:
    """The bed is suspended. Nothing happens when the elder is back or the bed is closed. Source: R-ELD-11."""
    return stay_by(bed, context.on, context)[0]


def lapse(_command: LapseBed, bed: FamilyCareBed, context: Context) -> list[BedSuspended | BedClosed]:
    """The bed is closed and the contract over. Nothing happens when the elder is back. Source: R-ELD-11."""
    return stay_by(bed, context.on, context)[0]
