"""The days of 2022: windows of a day, working days, closures, and how a year's total is spread over its months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from kit.clock import SHANGHAI
from policy import Calendar

YEAR = 2022
FIRST, LAST = date(YEAR, 1, 1), date(YEAR, 12, 31)
WINDOWS = (time(0), time(11), time(14), time(18))
"""When each window of a day begins, in Shanghai; the last ends at midnight."""
OFFICE = (time(8, 30), time(11, 5), time(14, 30), time(18, 5))
"""When office work of a window begins; it takes at most `OFFICE_SECONDS`."""
OFFICE_SECONDS = 7_200

VISITS_PERCENT = (36, 4, 8, 5, 6, 9, 5, 4, 9, 6, 3, 5)
DONATIONS_PERCENT = (8, 5, 34, 12, 4, 7, 3, 3, 12, 3, 3, 6)
SCREENING_PERCENT = (0, 0, 45, 20, 0, 0, 0, 4, 26, 0, 0, 5)
TEMP_AID_SHARES = (1, 1, 2, 2, 1, 1, 1, 1, 2, 1, 1, 1)
EVEN = (1,) * 12

SHATOUJIAO, HAISHAN, YANTIAN, MEISHA = "440308003", "440308004", "440308002", "440308001"


def instant(day: date, at: time) -> datetime:
    """A wall-clock time in Shanghai as an instant in UTC."""
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)


def window_of(moment: datetime) -> int:
    """The window of the Shanghai day in which an instant lies."""
    local = moment.astimezone(SHANGHAI).time()
    return max(number for number, begins in enumerate(WINDOWS) if begins <= local)


def window_ends(day: date, window: int) -> datetime:
    """When everything of the window has happened: the simulated clock stands here while its steps are given."""
    if window + 1 < len(WINDOWS):
        return instant(day, WINDOWS[window + 1])
    return instant(day + timedelta(days=1), time(0))


@cache
def calendar() -> Calendar:
    return Calendar.load()


@cache
def days_of(month: int, *, working: bool = True) -> tuple[date, ...]:
    """The days of a month of the year; only working days, make-up days included, unless asked otherwise."""
    day = date(YEAR, month, 1)
    days = []
    while day.month == month and day.year == YEAR:
        if not working or calendar().is_workday(day):
            days.append(day)
        day += timedelta(days=1)
    return tuple(days)


@cache
def workdays() -> tuple[date, ...]:
    return tuple(day for month in range(1, 13) for day in days_of(month))


def pay_day(month: int) -> date:
    """The 10th, or the working day before (R-PAY: pay day 10)."""
    return calendar().workday_on_or_before(date(YEAR, month, 10))


def workday_from(day: date, after: int = 0) -> date:
    """The day itself or the next working day, `after` working days later; never after the year's last working day."""
    first = calendar().workday_on_or_after(day)
    later = calendar().add_workdays(first, after) if after else first
    return min(later, workdays()[-1])


def is_closed(day: date, street: str) -> bool:
    """Whether nobody goes into homes in person: zones in March, the outbreak of 23 March, risk zones in September.

    The border street stayed closed longer. First day of March's zones and the outbreak's reach over the district are assumptions.
    """
    if date(YEAR, 3, 23) <= day <= date(YEAR, 4, 30):
        return True
    if date(YEAR, 3, 1) <= day <= date(YEAR, 3, 15):
        return street in {SHATOUJIAO, HAISHAN}
    last = date(YEAR, 9, 18) if street == SHATOUJIAO else date(YEAR, 9, 13)
    return date(YEAR, 8, 31) <= day <= last and street != MEISHA


def split(total: int, shares: Sequence[int]) -> list[int]:
    """The total in whole parts after the shares, to the last unit: the largest remainders get what rounding leaves, first come first."""
    whole = sum(shares)
    parts = [total * share // whole for share in shares]
    by_rest = sorted(range(len(shares)), key=lambda n: (-(total * shares[n] % whole), n))
    for n in by_rest[: total - sum(parts)]:
        parts[n] += 1
    return parts


def spread(count: int, shares: Sequence[int] = EVEN, *, working: bool = True) -> list[date]:
    """A day for each of `count` happenings: months by their shares, evenly over the days of a month, in order."""
    days: list[date] = []
    for month, part in enumerate(split(count, shares), start=1):
        allowed = days_of(month, working=working)
        days.extend(allowed[n * len(allowed) // part] for n in range(part))
    return days
