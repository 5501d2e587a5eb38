"""Working days and deadlines in mainland China: weekends, public holidays and the weekend days worked instead, as published year by year.

A period in days, working days or months does not count the day of the event and runs to the end of its last day: the breach is 00:00 in
Shanghai after it (ruling 16). A limit in hours runs day and night. Where no calendar is loaded the answer is `BeyondCalendar`, never a guess.
"""

from __future__ import annotations

import calendar as months
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from policy.documents import PolicyError, content_hash, read, typed
from policy.values.shapes import Limit, Values

CALENDARS_FOLDER = Path(__file__).with_name("calendars")
SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
SATURDAY = 5


class BeyondCalendar(LookupError):
    """The answer depends on a day for which no calendar is loaded (ruling 24): load the year's calendar, then ask again."""


def shanghai_day(moment: date | datetime) -> date:
    """The calendar day in Shanghai of an instant; a date is taken as it is. Raises ValueError for an instant without a time zone."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"{moment} names no time zone")
    return moment.astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """The first instant after a Shanghai day, in UTC: what is done before it was done in time (ruling 16)."""
    return datetime.combine(day + ONE_DAY, time(), SHANGHAI).astimezone(UTC)


def add_months(day: date, count: int) -> date:
    """The corresponding day `count` months later, or that month's last day where there is none (ruling 16; P: Civil Code art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def publicity_last_day(posted: date, days: int) -> date:
    """The last of `days` calendar days with the posting day; nothing extends it, and a decision comes after it (ruling 16)."""
    return posted + timedelta(days=days - 1)


class _Year(Values):
    """One year's notice: days off by festival, and weekend days that are worked."""

    calendar: Literal["CN"]
    year: int
    version: int
    notice: str
    published: date
    holidays: dict[str, tuple[date, ...]]
    workdays: tuple[date, ...]

    def mistakes(self) -> Iterator[str]:
        """What a calendar cannot say: a day of another year, a make-up workday that is no weekend or is also off."""
        off = {day for days in self.holidays.values() for day in days}
        for day in sorted(off | set(self.workdays)):
            if day.year != self.year:
                yield f"{day} lies outside {self.year}"
        for day in self.workdays:
            if day.weekday() < SATURDAY or day in off:
                yield f"workdays: {day} is no weekend day, or is off as well"

    def working(self) -> Iterator[date]:
        """The year's working days, in order."""
        off = {day for days in self.holidays.values() for day in days}
        day = date(self.year, 1, 1)
        while day.year == self.year:
            if day in self.workdays or (day.weekday() < SATURDAY and day not in off):
                yield day
            day += ONE_DAY


@dataclass(frozen=True)
class Calendar:
    """The loaded years, without a gap. `id` names what they say, so that a decision can tell which calendar it used."""

    id: str
    first: date
    last: date
    workdays: tuple[date, ...]

    @classmethod
    def load(cls, folder: Path = CALENDARS_FOLDER) -> Calendar:
        """Read all years of a folder. Raises PolicyError: no year, a year twice, a gap between years, a malformed or impossible year."""
        files = {path: read(path) for path in sorted(folder.glob("*.yaml"))}
        years = [_checked(path.name, typed(path.name, _Year, content)) for path, content in files.items()]
        years.sort(key=lambda year: year.year)
        if not years:
            raise PolicyError(f"{folder.name}: holds no calendar")
        for before, after in pairwise(years):
            if after.year != before.year + 1:
                raise PolicyError(f"{folder.name}: year: {after.year} follows {before.year}; each year must stand there once")
        first, last = years[0].year, years[-1].year
        name = f"CN-{first}-{last}@{content_hash({'files': sorted(files.values(), key=lambda content: int(content['year']))})}"
        return cls(name, date(first, 1, 1), date(last, 12, 31), tuple(day for year in years for day in year.working()))

    def is_workday(self, day: date | datetime) -> bool:
        """Whether people work on this day; make-up workdays count. Raises BeyondCalendar."""
        wanted = self._loaded(shanghai_day(day))
        at = bisect_left(self.workdays, wanted)
        return at < len(self.workdays) and self.workdays[at] == wanted

    def add_workdays(self, start: date | datetime, count: int) -> date:
        """The last day of a period of `count` >= 1 working days; the day of the event is not counted. Raises BeyondCalendar."""
        if count < 1:
            raise ValueError(f"a period has at least one working day, not {count}")
        return self._workday(bisect_right(self.workdays, self._loaded(shanghai_day(start))) + count - 1)

    def due_at(self, start: date | datetime, count: int) -> datetime:
        """The instant (UTC) at which a period of `count` working days is breached. Raises BeyondCalendar."""
        return end_of(self.add_workdays(start, count))

    def limit_at(self, start: datetime, limit: Limit) -> datetime:
        """The instant (UTC) at which a pack's limit ends: hours after `start`, or the end of the last working day. Raises BeyondCalendar."""
        if limit.hours is not None:
            return start.astimezone(UTC) + timedelta(hours=limit.hours)
        return self.due_at(start, limit.workdays or 0)

    def workdays_between(self, start: date | datetime, end: date | datetime) -> int:
        """How many working days lie after `start` up to and with `end`. Raises BeyondCalendar; ValueError when `end` is earlier."""
        after, until = self._loaded(shanghai_day(start)), self._loaded(shanghai_day(end))
        if until < after:
            raise ValueError(f"{until} lies before {after}")
        return bisect_right(self.workdays, until) - bisect_right(self.workdays, after)

    def next_workday(self, day: date | datetime) -> date:
        """The first working day after this one. Raises BeyondCalendar."""
        return self.add_workdays(day, 1)

    def workday_on_or_after(self, day: date | datetime) -> date:
        """This day if people work, else the next working day. Raises BeyondCalendar."""
        return self._workday(bisect_left(self.workdays, self._loaded(shanghai_day(day))))

    def workday_on_or_before(self, day: date | datetime) -> date:
        """This day if people work, else the working day before: the pay day's rule (ruling 19). Raises BeyondCalendar."""
        return self._workday(bisect_right(self.workdays, self._loaded(shanghai_day(day))) - 1)

    def statutory_days(self, start: date | datetime, days: int) -> date:
        """The last day of a citizen's period of calendar days; a non-working last day moves it on (ruling 16; P: Civil Code art. 203)."""
        return self.workday_on_or_after(shanghai_day(start) + timedelta(days=days))

    def statutory_months(self, start: date | datetime, count: int) -> date:
        """The last day of a citizen's period of months: the corresponding day, moved on like `statutory_days`."""
        return self.workday_on_or_after(add_months(shanghai_day(start), count))

    def _loaded(self, day: date) -> date:
        if not self.first <= day <= self.last:
            raise BeyondCalendar(f"{day}: calendars are loaded from {self.first} to {self.last}")
        return day

    def _workday(self, index: int) -> date:
        if not 0 <= index < len(self.workdays):
            raise BeyondCalendar(f"the answer lies outside the calendars loaded from {self.first} to {self.last}")
        return self.workdays[index]


def _checked(source: str, year: _Year) -> _Year:
    for mistake in year.mistakes():
        raise PolicyError(f"{source}: {mistake}")
    return year
