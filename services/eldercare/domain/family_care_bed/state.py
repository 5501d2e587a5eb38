"""What a family care bed remembers, what its facts change, and what a long stay elsewhere leads to (R-ELD-11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

from contracts.eldercare.family_care_bed import (
    BedApplied,
    BedAssessed,
    BedClosed,
    BedClosing,
    BedContracted,
    BedDevicesChecked,
    BedFitted,
    BedHeld,
    BedResumed,
    BedServiceDelivered,
    BedStayBegun,
    BedStayEnded,
    BedSuspended,
)
from contracts.ids import AreaCode, CareBedId, HouseholdId, PersonId, VisitId
from kit.aggregate import require
from kit.command import Context
from kit.reaction import person_subject
from kit.store.model import IndexChange, Link, ReleaseAll, SetTimer, Take
from policy import end_of

BedEvent = (
    BedApplied
    | BedAssessed
    | BedDevicesChecked
    | BedContracted
    | BedFitted
    | BedServiceDelivered
    | BedStayBegun
    | BedSuspended
    | BedStayEnded
    | BedHeld
    | BedClosed
    | BedResumed
)


class BedStage(StrEnum):
    APPLIED = "applied"
    CONTRACTED = "contracted"
    FITTED = "fitted"


@dataclass(frozen=True, kw_only=True)
class FamilyCareBed:
    """How far it has come, and beside that whether the elder is away, a death holds it, or it is closed.

    suspend_after, close_after: the last days of a running stay on which it still serves, or is still only suspended.
    """

    bed_id: CareBedId = CareBedId("")
    person_id: PersonId = PersonId("")
    household_id: HouseholdId = HouseholdId("")
    area: AreaCode = AreaCode("")
    stage: BedStage = BedStage.APPLIED
    grade: int | None = None
    assessed_to: date = date.min
    devices_fit: bool = False
    visits: frozenset[VisitId] = frozenset()
    suspend_after: date | None = None
    close_after: date | None = None
    held: bool = False
    closed: BedClosing | None = None

    @property
    def has_contract(self) -> bool:
        """The contract is active: it counts among the beds of the report."""
        return self.stage is not BedStage.APPLIED and self.closed is None

    @property
    def is_away(self) -> bool:
        return self.suspend_after is not None

    def serves(self, day: date) -> bool:
        """The elder is at home, or not yet away for too long."""
        return self.stage is BedStage.FITTED and (self.suspend_after is None or day <= self.suspend_after)


def evolve(bed: FamilyCareBed, event: BedEvent) -> FamilyCareBed:
    match event:
        case BedApplied(bed_id=bed_id, person_id=person, household_id=home, area=area):
            return FamilyCareBed(bed_id=bed_id, person_id=person, household_id=home, area=area)
        case BedAssessed(grade=grade, valid_to=valid_to):
            return replace(bed, grade=grade, assessed_to=valid_to)
        case BedDevicesChecked(fit=fit):
            return replace(bed, devices_fit=fit)
        case BedContracted():
            return replace(bed, stage=BedStage.CONTRACTED)
        case BedFitted():
            return replace(bed, stage=BedStage.FITTED)
        case BedServiceDelivered(visit_id=visit):
            return replace(bed, visits=bed.visits | {visit})
        case BedStayBegun() | BedSuspended() | BedStayEnded():
            return _stayed(bed, event)
        case BedHeld():
            return replace(bed, held=True)
        case BedClosed(reason=reason):
            return replace(bed, closed=reason)
        case BedResumed():
            return replace(bed, held=False, closed=None)
        case _:
            assert_never(event)


def _stayed(bed: FamilyCareBed, event: BedStayBegun | BedSuspended | BedStayEnded) -> FamilyCareBed:
    match event:
        case BedStayBegun(suspend_after=day):
            return replace(bed, suspend_after=day)
        case BedSuspended(close_after=day):
            return replace(bed, close_after=day)
        case BedStayEnded():
            return replace(bed, suspend_after=None, close_after=None, closed=None)


def stay_by(bed: FamilyCareBed, day: date, context: Context) -> tuple[list[BedSuspended | BedClosed], FamilyCareBed]:
    """What the stay's timers would have told by the beginning of a day had they come in time, and the bed after it."""
    told: list[BedSuspended | BedClosed] = []
    if bed.closed is None and bed.suspend_after is not None and bed.suspend_after < day and bed.close_after is None:
        pack = context.packs.at(bed.suspend_after + timedelta(days=1), context.area)
        close_after = bed.suspend_after + timedelta(days=pack.bed_close_after_suspended_days)
        told.append(BedSuspended(bed_id=bed.bed_id, household_id=bed.household_id, close_after=close_after))
        bed = evolve(bed, told[-1])
    if bed.closed is None and bed.close_after is not None and bed.close_after < day:
        told.append(closed(bed, BedClosing.SUSPENDED_TOO_LONG))
        bed = evolve(bed, told[-1])
    return told, bed


def closed(bed: FamilyCareBed, reason: BedClosing) -> BedClosed:
    return BedClosed(bed_id=bed.bed_id, household_id=bed.household_id, reason=reason)


def require_open(bed: FamilyCareBed) -> None:
    """Raises: Refused("bed_closed", reason); Refused("held") while a death is only reported."""
    require(bed.closed is None, "bed_closed", reason=bed.closed)
    require(not bed.held, "held")


def index(event: BedEvent) -> Iterable[IndexChange]:
    """One contract a person (claim), found by the person. Closed for death it keeps both: a revocation must find it."""
    match event:
        case BedApplied(person_id=person):
            return [Link(person_subject(person))]
        case BedContracted(person_id=person):
            return [Take("care-bed", person)]
        case BedStayBegun(suspend_after=day):
            return _limits(day, None)
        case BedSuspended(close_after=day):
            return _limits(None, day)
        case BedStayEnded(person_id=person):  # told late it may open again what the timer had closed
            return [Take("care-bed", person), Link(person_subject(person)), *_limits(None, None)]
        case BedResumed(suspend_after=suspend, close_after=close):
            return _limits(suspend, close)
        case BedClosed(reason=reason):
            return _limits(None, None) if reason is BedClosing.DEATH else [ReleaseAll()]
        case BedAssessed() | BedDevicesChecked() | BedFitted() | BedServiceDelivered() | BedHeld():
            return []
        case _:
            assert_never(event)


def _limits(suspend_after: date | None, close_after: date | None) -> list[IndexChange]:
    """A stay has one limit at a time: until it suspends the bed, then until it closes it."""
    limits = {"suspend": suspend_after, "lapse": close_after}
    return [SetTimer(name, end_of(day) if day else None) for name, day in limits.items()]
