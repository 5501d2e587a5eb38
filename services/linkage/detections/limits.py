"""How long a condition may hold before it is a finding, as the pack says it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from policy import Calendar, Hold, end_of, shanghai_day


class LimitUnit(StrEnum):
    """In what a limit is counted."""

    AT_ONCE = "at_once"  # 立即
    HOURS = "hours"  # 小时
    DAYS = "days"  # 日
    WORKDAYS = "workdays"  # 个工作日
    DAY_END = "day_end"  # 当日24时
    NAMED = "named"  # 以记录的期限为准


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A limit as people see it; `count` is 0 where the unit says all."""

    unit: LimitUnit
    count: int = 0


def limit_of(hold: Hold) -> Limit:
    """The pack's words as a limit."""
    if hold.hours is not None:
        return Limit(unit=LimitUnit.HOURS, count=hold.hours)
    if hold.days is not None:
        return Limit(unit=LimitUnit.DAYS, count=hold.days)
    if hold.workdays is not None:
        return Limit(unit=LimitUnit.WORKDAYS, count=hold.workdays)
    return Limit(unit=LimitUnit.DAY_END if hold.day_end else LimitUnit.AT_ONCE)


def held_until(began: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """The instant from which what began then has held for the limit (ruling 16). Raises BeyondCalendar."""
    match limit.unit:
        case LimitUnit.HOURS:
            return began + timedelta(hours=limit.count)
        case LimitUnit.DAYS:
            return began + timedelta(days=limit.count)
        case LimitUnit.WORKDAYS:
            return calendar.due_at(began, limit.count)
        case LimitUnit.DAY_END:
            return end_of(shanghai_day(began))
        case LimitUnit.AT_ONCE | LimitUnit.NAMED:
            return began
