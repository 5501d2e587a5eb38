"""The time of one volunteer that counts already: a ledger that no command opens. Two records never hold the same minute (H03)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from contracts.charity.volunteer_hours import ShiftCounted, ShiftFreed
from contracts.ids import OrganisationId, PersonId, VolunteerRecordId
from kit.aggregate import Aggregate
from kit.errors import Refused

VolunteerHoursEvent = ShiftCounted | ShiftFreed


@dataclass(frozen=True, kw_only=True)
class Shift:
    """From start up to, not with, the end; the minutes really served in it, and those of training for it."""

    organisation_id: OrganisationId
    started_at: datetime
    ended_at: datetime
    minutes: int
    trained_minutes: int


@dataclass(frozen=True, kw_only=True)
class VolunteerHours:
    """The shifts of one volunteer by the record that counts them; no two overlap."""

    shifts: Mapping[VolunteerRecordId, Shift] = field(default_factory=dict)


def evolve(hours: VolunteerHours, event: VolunteerHoursEvent) -> VolunteerHours:
    others = {record: shift for record, shift in hours.shifts.items() if record != event.record_id}
    match event:
        case ShiftCounted():
            return VolunteerHours(shifts={**others, event.record_id: _shift(event)})
        case ShiftFreed():
            return VolunteerHours(shifts=others)
        case _:
            assert_never(event)


def _shift(event: ShiftCounted) -> Shift:
    return Shift(
        organisation_id=event.organisation_id,
        started_at=event.started_at,
        ended_at=event.ended_at,
        minutes=event.minutes,
        trained_minutes=event.trained_minutes,
    )


def counted(hours: VolunteerHours, shift: ShiftCounted) -> ShiftCounted:
    """The record holds the time; where one shift ends another may begin.

    Raises: Refused("shift_counted", record_id, organisation_id) naming the record that stands.  Source: H03, R-VOL-01.
    """
    for record, other in hours.shifts.items():
        if record != shift.record_id and shift.started_at < other.ended_at and other.started_at < shift.ended_at:
            raise Refused("shift_counted", record_id=record, organisation_id=other.organisation_id)
    return shift


def freed(record_id: VolunteerRecordId, person_id: PersonId) -> ShiftFreed:
    """The record holds no time. Source: R-VOL-01."""
    return ShiftFreed(person_id=person_id, record_id=record_id)


volunteer_hours = Aggregate("volunteer-hours", id="person_id", state=VolunteerHours, evolve=evolve)
