"""Volunteers' hours: really served, in time, and never twice."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

from hypothesis import given as forall
from hypothesis import strategies as st

from contracts.charity.volunteer_activity import ActivityCancelled, VolunteerKind
from contracts.charity.volunteer_hours import ShiftCounted, ShiftFreed
from contracts.charity.volunteer_record import HoursCorrection, HoursKind, VolunteerHoursCorrected, VolunteerHoursRecorded
from contracts.ids import AreaCode, OrganisationId, PersonId, VolunteerRecordId
from kit.testing import given
from services.charity.domain.volunteer_activity import volunteer_activity
from services.charity.domain.volunteer_hours import VolunteerHours, volunteer_hours
from services.charity.domain.volunteer_record import CorrectHours, CorrectHoursLate, RecordHours, RecordHoursLate, volunteer_record
from tests.charity.facts import ACTIVITY, AGENCY, MOTHER, OTHER_AGENCY, STRANGER, uuid
from tests.charity.test_volunteer_activity import SEASON, published

RECORD, SECOND = VolunteerRecordId(uuid(0xB1)), VolunteerRecordId(uuid(0xB2))
STREET = AreaCode("440308003")
NINE = datetime(2022, 3, 5, 1, tzinfo=UTC)  # a Saturday, 9:00 in Shanghai
LAST_DAY = date(2022, 3, 18)  # ten working days later
NEXT_DAY = date(2022, 3, 21)


def at(hours: float) -> datetime:
    """So many hours after nine o'clock."""
    return NINE + timedelta(hours=hours)


def shift(
    start: float = 0,
    end: float = 2.5,
    minutes: int = 150,
    *,
    of: VolunteerRecordId = RECORD,
    organisation: OrganisationId = AGENCY,
    person: PersonId = MOTHER,
    **more: object,
) -> RecordHours:
    terms = {
        "record_id": of,
        "person_id": person,
        "organisation_id": organisation,
        "area": STREET,
        "kind": HoursKind.EPIDEMIC,
        "started_at": at(start),
        "ended_at": at(end),
        "minutes": minutes,
    }
    return RecordHours.model_validate(terms | more)


def theirs(start: float = 0, end: float = 2.5, minutes: int = 60, *, person: PersonId = MOTHER) -> RecordHours:
    """A record of the other organisation."""
    return shift(start, end, minutes, of=SECOND, organisation=OTHER_AGENCY, person=person)


def late(command: RecordHours) -> RecordHoursLate:
    return RecordHoursLate.model_validate(command.model_dump())


def recorded(command: RecordHours, *, is_late: bool = False) -> VolunteerHoursRecorded:
    return VolunteerHoursRecorded(**command.model_dump(exclude={"occurred_at"}), late=is_late)


def counted(command: RecordHours) -> ShiftCounted:
    return ShiftCounted(
        person_id=command.person_id,
        record_id=command.record_id,
        organisation_id=command.organisation_id,
        started_at=command.started_at,
        ended_at=command.ended_at,
        minutes=command.minutes,
        trained_minutes=command.trained_minutes,
    )


def correction(start: float, end: float, minutes: int, reason: HoursCorrection = HoursCorrection.WRONG_TIME) -> CorrectHours:
    return CorrectHours(record_id=RECORD, started_at=at(start), ended_at=at(end), minutes=minutes, reason=reason)


def corrected(command: CorrectHours, *, is_late: bool = False) -> VolunteerHoursCorrected:
    told = command.model_dump(exclude={"occurred_at"})
    return VolunteerHoursCorrected(**told, person_id=MOTHER, organisation_id=AGENCY, late=is_late)


def test_a_shift_is_recorded_and_its_time_is_taken() -> None:
    """R-VOL-01, H03, C10: the minutes stand for the organisation that did it, the time in the volunteer's ledger."""
    command = shift(served_times=12, rating=5)
    given(volunteer_record).when(command, on=LAST_DAY).then(recorded(command), counted(command))


def test_hours_are_facts_and_give_no_credit() -> None:
    """R-VOL-03: two ledgers; a shift of three hours says three hours, whatever a time bank would credit."""
    command = shift(0, 3, 180)
    events = given(volunteer_record).when(command, on=LAST_DAY).events
    assert [type(event).__name__ for event in events] == ["VolunteerHoursRecorded", "ShiftCounted"]
    assert events[0].minutes == 180


def test_a_record_is_finished_within_ten_working_days_else_by_another_role() -> None:
    """R-VOL-01: of a Saturday, the 5th of March, up to the end of Friday, the 18th."""
    command = shift()
    end_of_friday = datetime(2022, 3, 18, 16, tzinfo=UTC)
    given(volunteer_record).when(command, at=end_of_friday - timedelta(seconds=1)).then(recorded(command), counted(command))
    given(volunteer_record).when(command, at=end_of_friday).refused("too_late", due_at="2022-03-18T16:00:00+00:00")
    given(volunteer_record).when(late(command), at=end_of_friday).then(recorded(command, is_late=True), counted(command))


def test_only_served_time_counts() -> None:
    """R-VOL-01: not more minutes than the shift had, none of a shift that is not over."""
    given(volunteer_record).when(shift(minutes=151), on=LAST_DAY).refused("above_shift", minutes=150)
    given(volunteer_record).when(shift(), at=at(2)).refused("not_over_yet")
    given(volunteer_record).when(shift(2, 2, 1), on=LAST_DAY).refused("ends_before_it_starts")


def test_a_shift_of_a_session_needs_the_session() -> None:
    """C12: hours of a season belong to a session that was not cancelled."""
    command = shift(kind=HoursKind.SEASON, activity_id=ACTIVITY)
    given(volunteer_record).when(command, on=LAST_DAY).refused("not_found")
    given(volunteer_record).also(volunteer_activity, published()).when(command, on=LAST_DAY).then(recorded(command), counted(command))
    off = ActivityCancelled(activity_id=ACTIVITY, organisation_id=AGENCY, kind=VolunteerKind.ENVIRONMENT, season=SEASON)
    given(volunteer_record).also(volunteer_activity, published(), off).when(command, on=LAST_DAY).refused("activity_cancelled")


def test_one_shift_reported_by_two_organisations_counts_once() -> None:
    """H03: the second is refused and told which record stands; another volunteer's equal shift is another shift."""
    first = shift()
    case = given(volunteer_record).also(volunteer_hours, counted(first))
    case.when(theirs(), on=LAST_DAY).refused("shift_counted", record_id=RECORD, organisation_id=AGENCY)
    case.when(theirs(2, 4), on=LAST_DAY).refused("shift_counted", record_id=RECORD)
    case.when(theirs(-1, 5), on=LAST_DAY).refused("shift_counted", record_id=RECORD)
    after = theirs(2.5, 4, 90)
    case.when(after, on=LAST_DAY).then(recorded(after), counted(after))
    other = theirs(person=STRANGER)
    case.when(other, on=LAST_DAY).then(recorded(other), counted(other))


def test_a_correction_lowers_or_moves_a_record() -> None:
    """R-VOL-01: correction on request; the ledger holds the new time in place of the old."""
    first = shift()
    case = given(volunteer_record, recorded(first)).also(volunteer_hours, counted(first))
    less, moved = correction(0, 2.5, 90), correction(5, 7, 120)
    case.when(less, on=LAST_DAY).then(corrected(less), counted(shift(0, 2.5, 90)))
    case.when(moved, on=LAST_DAY).then(corrected(moved), counted(shift(5, 7, 120)))
    case.when(correction(0, 2.5, 151), on=LAST_DAY).refused("above_shift", minutes=150)
    taken = case.also(volunteer_hours, counted(theirs(4, 6)))
    taken.when(moved, on=LAST_DAY).refused("shift_counted", record_id=SECOND, organisation_id=OTHER_AGENCY)


def test_a_shift_that_was_not_served_is_free_again() -> None:
    """R-VOL-01, H03: corrected to nothing; then another organisation's record of the time counts."""
    first = shift()
    nothing = correction(0, 2.5, 0, HoursCorrection.OTHER_ORGANISATION)
    case = given(volunteer_record, recorded(first)).also(volunteer_hours, counted(first))
    freed = ShiftFreed(person_id=MOTHER, record_id=RECORD)
    outcome = case.when(nothing, on=LAST_DAY).then(corrected(nothing), freed)
    after = case.facts(outcome.events)
    after.when(nothing, on=LAST_DAY).then(corrected(nothing))
    second = theirs()
    after.when(second, on=LAST_DAY).then(recorded(second), counted(second))


def test_after_the_working_days_a_record_is_only_lowered_but_by_another_role() -> None:
    """R-VOL-01: a raise or a move after ten working days is a late correction."""
    first = shift(minutes=60)
    case = given(volunteer_record, recorded(first)).also(volunteer_hours, counted(first))
    less, more = correction(0.5, 2, 45), correction(0, 2.5, 90)
    case.when(less, on=NEXT_DAY).then(corrected(less), counted(shift(0.5, 2, 45)))
    case.when(more, on=NEXT_DAY).refused("too_late")
    case.when(correction(-1, 1, 60), on=NEXT_DAY).refused("too_late")
    by_other = CorrectHoursLate.model_validate(more.model_dump())
    case.when(by_other, on=NEXT_DAY).then(corrected(more, is_late=True), counted(shift(minutes=90)))


Report = tuple[int, int, int]
REPORTS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 16), st.integers(0, 2)), min_size=1, max_size=20)


@forall(REPORTS)
def test_hours_of_organisations_add_up_without_doubles(reports: list[Report]) -> None:
    """H03: whatever is reported in whatever order, all organisations' minutes together are those of the day somebody was there."""
    agencies = [AGENCY, OTHER_AGENCY, OrganisationId("51440308mj00000003")]
    case = given(volunteer_record).also(volunteer_hours)
    sums: defaultdict[OrganisationId, int] = defaultdict(int)
    slots: set[int] = set()
    for number, (start, length, agency) in enumerate(reports):
        record_id = VolunteerRecordId(uuid(0x2000 + number))
        end = start + length
        command = shift(start / 4, end / 4, length * 15, of=record_id, organisation=agencies[agency])
        outcome = case.when(command, on=LAST_DAY)
        case.facts(outcome.events)
        asked = set(range(start, end))
        assert (outcome.refusal is None) == (not asked & slots)
        if outcome.refusal is None:
            sums[agencies[agency]] += command.minutes
            slots |= asked
    state: VolunteerHours = case.state(volunteer_hours, MOTHER)
    held: defaultdict[OrganisationId, int] = defaultdict(int)
    for one in state.shifts.values():
        held[one.organisation_id] += int((one.ended_at - one.started_at).total_seconds() // 60)
    assert held == sums
    assert sum(sums.values()) == 15 * len(slots)
