"""Where time comes from. Domain code never asks another clock than the one it is given."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """now: the present instant, in UTC.  deadlines: up to when deadlines that have passed act; `now`, except in a simulation.

    simulated: the clock stands until somebody moves it, and what is recorded takes its time from it.
    """

    simulated: bool = False

    def now(self) -> datetime: ...

    def deadlines(self) -> datetime:
        return self.now()


class SystemClock(Clock):
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def shanghai_date(instant: datetime) -> date:
    """The calendar day of an instant in Asia/Shanghai (ruling 16)."""
    return instant.astimezone(SHANGHAI).date()


def month_of(day: date) -> str:
    """`YYYY-MM` of a date."""
    return f"{day:%Y-%m}"


def next_month(month: str) -> str:
    """The month after `YYYY-MM`."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def month_before(month: str) -> str:
    """The month before `YYYY-MM`."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year - (number == 1):04}-{(number - 2) % 12 + 1:02}"


def months_between(first: str, last: str) -> list[str]:
    """Every month from first to last, both included; empty when last lies before first."""
    months = []
    while first <= last:
        months.append(first)
        first = next_month(first)
    return months
