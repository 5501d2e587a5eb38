"""Working days, deadlines and periods against the worked cases and the rulings; expected dates are those of the domain pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy import BeyondCalendar, Calendar, Limit, Packs, PolicyError, add_months, end_of, publicity_last_day, shanghai_day
from policy.calendar import CALENDARS_FOLDER

CALENDAR = Calendar.load()
DAYS = st.dates(date(2022, 1, 1), date(2026, 6, 30))
COUNTS = st.integers(1, 90)
HALVES = st.integers(1, 45)  # two of them are a period that still ends within the loaded years


@pytest.mark.parametrize(
    ("case", "start", "count", "last"),
    [
        ("SC-01 decision", "2022-03-01", 30, "2022-04-13"),
        ("SC-01 delegated", "2022-03-01", 20, "2022-03-29"),
        ("SC-01 extended", "2022-03-01", 45, "2022-05-06"),
        ("SC-01 survey start", "2022-03-01", 3, "2022-03-04"),
        ("SC-01 district", "2022-03-25", 10, "2022-04-11"),
        ("SC-06 eased on a make-up workday", "2022-10-08", 10, "2022-10-20"),
        ("SC-06 eased in the holiday", "2022-10-06", 10, "2022-10-19"),
        ("SC-12 move", "2022-09-13", 10, "2022-09-27"),
        ("SC-25 re-route", "2022-06-01", 1, "2022-06-02"),
        ("across the Dragon Boat holiday", "2022-06-02", 1, "2022-06-06"),
        ("across the year, 2 January 2023 is off", "2022-12-30", 1, "2023-01-03"),
    ],
)
def test_a_period_of_working_days_ends_where_the_worked_case_says(case: str, start: str, count: int, last: str) -> None:
    """Ruling 16: the day of the event is not counted, make-up workdays count."""
    assert CALENDAR.add_workdays(date.fromisoformat(start), count) == date.fromisoformat(last), case


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2022-03-05", False),  # SC-22, Saturday
        ("2022-04-02", True),  # SC-22, make-up workday
        ("2022-04-04", False),  # SC-22, holiday
        ("2022-06-03", False),
        ("2022-10-03", False),
        ("2022-10-08", True),
        ("2022-10-09", True),
        ("2022-10-10", True),
        ("2023-01-03", True),
    ],
)
def test_a_day_is_worked_as_the_state_council_arranged_it(day: str, worked: bool) -> None:
    """SC-22, SC-06."""
    assert CALENDAR.is_workday(date.fromisoformat(day)) is worked


def test_the_breach_is_midnight_in_shanghai_after_the_last_day() -> None:
    """Ruling 16: the last day runs until 24:00, so SC-01's 30 working days are breached at 2022-04-14 00:00 +08:00."""
    assert CALENDAR.due_at(date(2022, 3, 1), 30) == datetime(2022, 4, 13, 16, 0, tzinfo=UTC)
    assert CALENDAR.due_at(date(2022, 3, 1), 30).tzinfo is UTC
    assert end_of(date(2022, 12, 31)) == datetime(2022, 12, 31, 16, 0, tzinfo=UTC)


def test_an_instant_counts_as_its_day_in_shanghai() -> None:
    """16:00 UTC is the next day in Shanghai: the period starts a day later."""
    assert shanghai_day(datetime(2022, 3, 1, 15, 59, 59, tzinfo=UTC)) == date(2022, 3, 1)
    assert shanghai_day(datetime(2022, 3, 1, 16, 0, tzinfo=UTC)) == date(2022, 3, 2)
    assert CALENDAR.add_workdays(datetime(2022, 3, 1, 16, 0, tzinfo=UTC), 1) == date(2022, 3, 3)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    """Its Shanghai day would be a guess."""
    with pytest.raises(ValueError, match="no time zone"):
        CALENDAR.is_workday(datetime(2022, 3, 1, 9, 0))  # noqa: DTZ001 - the mistake under test


def test_publicity_counts_the_posting_day_and_nothing_extends_it() -> None:
    """SC-01: 7 calendar days from 03-18 end on 03-24; ruling 16: over a weekend too."""
    assert publicity_last_day(date(2022, 3, 18), 7) == date(2022, 3, 24)
    assert publicity_last_day(date(2022, 3, 28), 7) == date(2022, 4, 3)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2022-06-01", 3, "2022-09-01"),  # SC-25: rectification
        ("2022-08-31", 6, "2023-02-28"),  # no corresponding day
        ("2023-08-31", 6, "2024-02-29"),
        ("2022-12-15", 1, "2023-01-15"),
        ("2022-01-31", 12, "2023-01-31"),
        ("2022-03-31", -1, "2022-02-28"),
    ],
)
def test_months_end_on_the_corresponding_day(start: str, count: int, end: str) -> None:
    """Ruling 16, Civil Code art. 202: the corresponding day, inclusive; else the month's last day."""
    assert add_months(date.fromisoformat(start), count) == date.fromisoformat(end)


def test_a_citizens_period_that_ends_on_a_day_off_ends_on_the_next_working_day() -> None:
    """Ruling 16, Civil Code art. 203; R-MAR-02: 30 days from 2022-03-04 end on Sunday 04-03, in the holiday, so on 04-06."""
    assert CALENDAR.statutory_days(date(2022, 3, 4), 30) == date(2022, 4, 6)
    assert CALENDAR.statutory_days(date(2022, 3, 3), 30) == date(2022, 4, 2)  # a Saturday that is worked
    assert CALENDAR.statutory_months(date(2022, 3, 3), 1) == date(2022, 4, 6)
    assert CALENDAR.statutory_months(date(2022, 3, 1), 1) == date(2022, 4, 1)


def test_the_pay_day_falls_on_the_working_day_before() -> None:
    """Ruling 19, SC-09: 10 July 2022 is a Sunday, July is paid on the 8th; 10 June is a Friday."""
    assert CALENDAR.workday_on_or_before(date(2022, 7, 10)) == date(2022, 7, 8)
    assert CALENDAR.workday_on_or_before(date(2022, 6, 10)) == date(2022, 6, 10)


def test_hours_run_day_and_night_and_working_days_do_not() -> None:
    """Ruling 14: a red referral of Friday evening before Qingming is due 4 hours later, an orange one at the end of make-up Saturday."""
    pack = Packs.load().at(date(2022, 4, 1), "440308")
    sent = datetime(2022, 4, 1, 14, 30, tzinfo=UTC)  # 22:30 in Shanghai
    assert CALENDAR.limit_at(sent, pack.referral_answer.of("red")) == datetime(2022, 4, 1, 18, 30, tzinfo=UTC)
    assert CALENDAR.limit_at(sent, pack.referral_answer.of("orange")) == end_of(date(2022, 4, 2))
    assert CALENDAR.limit_at(sent, pack.referral_answer.of("yellow")) == end_of(date(2022, 4, 7))


def test_a_limit_is_in_one_unit() -> None:
    """Hours or working days: both or none is a mistake of the pack."""
    for wrong in ({}, {"hours": 1, "workdays": 1}):
        with pytest.raises(ValueError, match="either"):
            Limit(**wrong)


@pytest.mark.parametrize("day", [date(2021, 12, 31), date(2027, 1, 1)])
def test_a_day_outside_the_loaded_calendar_is_refused(day: date) -> None:
    """Ruling 24 of the design: never a guess."""
    for ask in (CALENDAR.is_workday, CALENDAR.next_workday, CALENDAR.workday_on_or_after, CALENDAR.workday_on_or_before):
        with pytest.raises(BeyondCalendar, match="2022-01-01"):
            ask(day)


def test_an_answer_outside_the_loaded_calendar_is_refused() -> None:
    """Ruling 24 of the design: the period starts inside and would end after the last loaded year, or its last day would be before the first."""
    with pytest.raises(BeyondCalendar, match="2026-12-31"):
        CALENDAR.due_at(date(2026, 12, 30), 2)
    assert CALENDAR.add_workdays(date(2026, 12, 30), 1) == date(2026, 12, 31)
    with pytest.raises(BeyondCalendar):
        CALENDAR.statutory_months(date(2026, 12, 15), 1)
    with pytest.raises(BeyondCalendar):
        CALENDAR.workday_on_or_before(date(2022, 1, 2))


def test_loading_another_year_moves_no_deadline_that_could_be_given_before(tmp_path: Path) -> None:
    """Ruling 24 of the design: with 2022 alone the answer is the same or `BeyondCalendar`; with 2023 loaded the refused one is given."""
    (tmp_path / "cn-2022.yaml").write_bytes((CALENDARS_FOLDER / "cn-2022.yaml").read_bytes())
    alone = Calendar.load(tmp_path)
    assert alone.id != CALENDAR.id
    assert alone.due_at(date(2022, 12, 1), 20) == CALENDAR.due_at(date(2022, 12, 1), 20)
    with pytest.raises(BeyondCalendar):
        alone.due_at(date(2022, 12, 30), 1)
    assert CALENDAR.due_at(date(2022, 12, 30), 1) == end_of(date(2023, 1, 3))


@given(DAYS, COUNTS)
def test_a_period_ends_on_a_working_day_and_counts_back_to_its_length(start: date, count: int) -> None:
    """Always: the last day is worked, and between start and last lie exactly `count` working days."""
    last = CALENDAR.add_workdays(start, count)
    assert CALENDAR.is_workday(last)
    assert CALENDAR.workdays_between(start, last) == count
    assert CALENDAR.workdays_between(start, last - timedelta(days=1)) == count - 1


@given(DAYS, DAYS, HALVES, HALVES)
def test_a_later_start_or_a_longer_period_never_ends_earlier(one: date, other: date, count: int, more: int) -> None:
    """Always: monotone in both; one period after another is the sum."""
    early, late = sorted((one, other))
    assert CALENDAR.add_workdays(early, count) <= CALENDAR.add_workdays(late, count)
    assert CALENDAR.add_workdays(one, count) < CALENDAR.add_workdays(one, count + more)
    assert CALENDAR.add_workdays(CALENDAR.add_workdays(one, count), more) == CALENDAR.add_workdays(one, count + more)


@given(DAYS)
def test_the_nearest_working_days_enclose_the_day(day: date) -> None:
    """Always: on-or-after >= day, next > day, and on a working day both "on or" answers are the day itself."""
    assert CALENDAR.workday_on_or_after(day) >= day
    assert CALENDAR.next_workday(day) > day
    assert (CALENDAR.workday_on_or_after(day) == day) is CALENDAR.is_workday(day)


@given(DAYS, st.integers(0, 36))
def test_months_land_in_the_month_they_name(day: date, count: int) -> None:
    """Always: the right month, never a later day of the month, and a day up to the 28th is kept."""
    end = add_months(day, count)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == count
    assert end.day <= day.day
    assert end.day == day.day or day.day > 28


def test_a_period_needs_at_least_one_day() -> None:
    """A period of no working days has no last day."""
    with pytest.raises(ValueError, match="at least one"):
        CALENDAR.add_workdays(date(2022, 3, 1), 0)


def test_counting_backwards_is_refused() -> None:
    """A negative age would hide a mistake in the caller."""
    with pytest.raises(ValueError, match="lies before"):
        CALENDAR.workdays_between(date(2022, 3, 2), date(2022, 3, 1))


GOOD_YEAR = 'calendar: CN\nyear: 2022\nversion: 1\nnotice: "x"\npublished: 2021-10-25\nholidays: {元旦: [2022-01-01]}\nworkdays: []\n'


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "holds no calendar"),
        ({"a.yaml": GOOD_YEAR, "b.yaml": GOOD_YEAR}, "2022 follows 2022"),
        ({"a.yaml": GOOD_YEAR, "b.yaml": GOOD_YEAR.replace("2022", "2024")}, "2024 follows 2022"),
        ({"a.yaml": GOOD_YEAR.replace("workdays: []", "workdays: [2022-04-01]")}, "a.yaml: workdays: 2022-04-01 is no weekend"),
        ({"a.yaml": GOOD_YEAR.replace("workdays: []", "workdays: [2022-01-01]")}, "2022-01-01 is no weekend day, or is off as well"),
        ({"a.yaml": GOOD_YEAR.replace("[2022-01-01]", "[2023-01-01]")}, "a.yaml: 2023-01-01 lies outside 2022"),
        ({"a.yaml": GOOD_YEAR.replace("workdays: []", "")}, "a.yaml: workdays: Field required"),
        ({"a.yaml": GOOD_YEAR.replace("CN", "HK")}, "a.yaml: calendar: "),
    ],
)
def test_a_wrong_calendar_is_refused_with_its_file(tmp_path: Path, files: dict[str, str], says: str) -> None:
    """A gap, a double, a day of another year or an impossible make-up workday never loads."""
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=says):
        Calendar.load(tmp_path)
