"""A volunteer's served shift, as an organisation reports it: a fact in minutes, counted once (R-VOL-01, R-VOL-03, H03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import assert_never

from pydantic import Field

from contracts.charity.volunteer_hours import ShiftCounted, ShiftFreed
from contracts.charity.volunteer_record import HoursCorrection, HoursKind, VolunteerHoursCorrected, VolunteerHoursRecorded
from contracts.ids import ActivityId, AreaCode, OrganisationId, PersonId, VolunteerRecordId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from services.charity.domain.instant import Instant
from services.charity.domain.volunteer_activity import Stage, VolunteerActivity, volunteer_activity
from services.charity.domain.volunteer_hours import VolunteerHours, counted, freed, volunteer_hours

VolunteerRecordEvent = VolunteerHoursRecorded | VolunteerHoursCorrected
ONE_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class VolunteerRecord:
    """Whose time it is, for whom it was served, and what counts of it now."""

    record_id: VolunteerRecordId = VolunteerRecordId("")
    person_id: PersonId | None = None
    organisation_id: OrganisationId = OrganisationId("")
    area: AreaCode | None = None
    started_at: datetime = datetime.min.replace(tzinfo=UTC)
    ended_at: datetime = datetime.min.replace(tzinfo=UTC)
    minutes: int = 0
    trained_minutes: int = 0

    @property
    def volunteer(self) -> PersonId:
        assert self.person_id is not None  # noqa: S101 - every record begins with a person
        return self.person_id


def evolve(record: VolunteerRecord, event: VolunteerRecordEvent) -> VolunteerRecord:
    match event:
        case VolunteerHoursRecorded(area=area, trained_minutes=trained):
            return _counting(event, area, trained)
        case VolunteerHoursCorrected():
            return _counting(event, record.area, record.trained_minutes)
        case _:
            assert_never(event)


def _counting(told: VolunteerRecordEvent, area: AreaCode | None, trained_minutes: int) -> VolunteerRecord:
    return VolunteerRecord(
        record_id=told.record_id,
        person_id=told.person_id,
        organisation_id=told.organisation_id,
        area=area,
        started_at=told.started_at,
        ended_at=told.ended_at,
        minutes=told.minutes,
        trained_minutes=trained_minutes,
    )


class RecordHours(Command):
    """An organisation reports a shift of a registered person."""

    record_id: VolunteerRecordId
    person_id: PersonId
    organisation_id: OrganisationId
    area: AreaCode
    kind: HoursKind
    started_at: Instant
    ended_at: Instant
    minutes: int = Field(strict=True, gt=0, le=1_440, description="really served, without breaks; at most end minus start")
    served_times: int = Field(default=0, strict=True, ge=0, le=100_000, description="people served in the shift")
    activity_id: ActivityId | None = None
    rating: int | None = Field(default=None, strict=True, ge=1, le=5)
    trained_minutes: int = Field(default=0, strict=True, ge=0, le=1_440)


class RecordHoursLate(RecordHours):
    """A shift is reported after the working days of the rule; a second role answers for it."""


class CorrectHours(Command):
    """On request a record is put right; it says what counts from now on, whole."""

    record_id: VolunteerRecordId
    started_at: Instant
    ended_at: Instant
    minutes: int = Field(strict=True, ge=0, le=1_440, description="0: the shift does not count")
    served_times: int = Field(default=0, strict=True, ge=0, le=100_000)
    reason: HoursCorrection


class CorrectHoursLate(CorrectHours):
    """A record is raised or moved after the working days of the rule; a second role answers for it."""


def record(
    command: RecordHours, _record: VolunteerRecord, context: Context, activity: VolunteerActivity, hours: VolunteerHours
) -> list[VolunteerHoursRecorded | ShiftCounted]:
    """The shift counts for its organisation, once.

    Raises: Refused("too_late", due_at) after the working days: `record-late`; Refused("not_over_yet" | "above_shift", minutes);
    Refused("activity_cancelled"); Refused("shift_counted", record_id, organisation_id).  Source: R-VOL-01, R-VOL-03, H03.
    """
    _require_in_time(command.ended_at, context)
    return _recorded(command, context, activity, hours, late=False)


def record_late(
    command: RecordHoursLate, _record: VolunteerRecord, context: Context, activity: VolunteerActivity, hours: VolunteerHours
) -> list[VolunteerHoursRecorded | ShiftCounted]:
    """As `record`, after its working days; the fact says that it is late. Source: R-VOL-01."""
    return _recorded(command, context, activity, hours, late=True)


def _recorded(
    command: RecordHours, context: Context, activity: VolunteerActivity, hours: VolunteerHours, *, late: bool
) -> list[VolunteerHoursRecorded | ShiftCounted]:
    _require_served(command, context)
    require(activity.stage is not Stage.CANCELLED, "activity_cancelled")
    shift = ShiftCounted(
        person_id=command.person_id,
        record_id=command.record_id,
        organisation_id=command.organisation_id,
        started_at=command.started_at,
        ended_at=command.ended_at,
        minutes=command.minutes,
        trained_minutes=command.trained_minutes,
    )
    return [VolunteerHoursRecorded(**command.model_dump(exclude={"occurred_at"}), late=late), counted(hours, shift)]


def correct(
    command: CorrectHours, record: VolunteerRecord, context: Context, hours: VolunteerHours
) -> list[VolunteerHoursCorrected | ShiftCounted | ShiftFreed]:
    """What the record says is replaced; lowering is always possible, anything else within the working days.

    Raises: Refused("too_late", due_at): `correct-late`; as `record` otherwise.  Source: R-VOL-01.
    """
    if not _only_lowers(command, record):
        _require_in_time(command.ended_at, context)
    return _corrected(command, record, context, hours, late=False)


def correct_late(
    command: CorrectHoursLate, record: VolunteerRecord, context: Context, hours: VolunteerHours
) -> list[VolunteerHoursCorrected | ShiftCounted | ShiftFreed]:
    """As `correct`, after its working days; the fact says that it is late. Source: R-VOL-01."""
    return _corrected(command, record, context, hours, late=True)


def _only_lowers(command: CorrectHours, record: VolunteerRecord) -> bool:
    within = record.started_at <= command.started_at and command.ended_at <= record.ended_at
    return within and command.minutes <= record.minutes


def _corrected(
    command: CorrectHours, record: VolunteerRecord, context: Context, hours: VolunteerHours, *, late: bool
) -> list[VolunteerHoursCorrected | ShiftCounted | ShiftFreed]:
    _require_served(command, context)
    corrected = VolunteerHoursCorrected(
        **command.model_dump(exclude={"occurred_at"}), person_id=record.volunteer, organisation_id=record.organisation_id, late=late
    )
    if command.minutes == 0:
        held = record.record_id in hours.shifts
        return [corrected, *([freed(record.record_id, record.volunteer)] if held else [])]
    shift = ShiftCounted(
        person_id=record.volunteer,
        record_id=record.record_id,
        organisation_id=record.organisation_id,
        started_at=command.started_at,
        ended_at=command.ended_at,
        minutes=command.minutes,
        trained_minutes=record.trained_minutes,
    )
    return [corrected, counted(hours, shift)]


def _require_in_time(ended_at: datetime, context: Context) -> None:
    due_at = context.calendar.due_at(ended_at, context.policy.volunteer_record_wd)
    require(context.occurred_at < due_at, "too_late", due_at=due_at.isoformat())


def _require_served(command: RecordHours | CorrectHours, context: Context) -> None:
    """Only time really served counts: the shift is over, and the minutes fit into it (R-VOL-01)."""
    require(command.ended_at <= context.occurred_at, "not_over_yet", ended_at=command.ended_at.isoformat())
    longest = (command.ended_at - command.started_at) // ONE_MINUTE
    require(longest > 0, "ends_before_it_starts")
    require(command.minutes <= longest, "above_shift", minutes=longest)


_ID = "0190a000-0000-8000-8000-0000000000"
_RECORD = VolunteerRecordId(f"{_ID}b1")
_START, _END = datetime(2022, 3, 5, 1, tzinfo=UTC), datetime(2022, 3, 5, 3, 30, tzinfo=UTC)
_SHIFT = {
    "record_id": _RECORD,
    "person_id": PersonId(f"{_ID}11"),
    "organisation_id": OrganisationId("51440308mj00000001"),
    "area": AreaCode("440308003"),
    "kind": HoursKind.SEASON,
    "started_at": _START,
    "ended_at": _END,
    "minutes": 150,
    "served_times": 12,
}
_RIGHT = {"record_id": _RECORD, "started_at": _START, "ended_at": _END, "minutes": 90, "reason": HoursCorrection.WRONG_TIME}
_READ = [volunteer_activity.by("activity_id"), volunteer_hours.by("person_id", missing_ok=True)]
_LEDGER = [volunteer_hours.by("person_id", missing_ok=True)]

volunteer_record = Aggregate(
    "volunteer-record",
    id="record_id",
    state=VolunteerRecord,
    evolve=evolve,
    area="area",
    commands=[
        command(record, stream="new", also=_READ, roles={Role.CHARITY_OFFICER}, example=RecordHours.model_validate(_SHIFT)),
        command(record_late, stream="new", also=_READ, roles={Role.DISTRICT_OFFICER}, example=RecordHoursLate.model_validate(_SHIFT)),
        command(correct, also=_LEDGER, roles={Role.CHARITY_OFFICER}, example=CorrectHours.model_validate(_RIGHT)),
        command(correct_late, also=_LEDGER, roles={Role.DISTRICT_OFFICER}, example=CorrectHoursLate.model_validate(_RIGHT)),
    ],
)
