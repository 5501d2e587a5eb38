"""The use rate of meal points: meals served of capacity, per point and month, and the same of each kind of point (E04, E05).

What a point can serve in a month is its capacity a day on each working day on which it is open: lunch is a meal of working days (R-ELD-03).
A meal of another day is shown beside and is no part of the rate, so that a point open on Sundays does not look fuller than it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.eldercare.meal_point import MealPointKind
from kit.clock import next_month
from policy import Calendar
from services.linkage.views.counted import CountedRow
from services.linkage.views.meal_point import MealPointRow


@dataclass(frozen=True, kw_only=True)
class Use:
    """points: how many.  capacity: lunches they could serve.  served: of those days.  other_days: meals beside them."""

    points: int = 0
    capacity: int = 0
    served: int = 0
    other_days: int = 0

    @property
    def rate_permille(self) -> int | None:
        """In thousandths, rounded down; None where nothing could be served."""
        return self.served * 1000 // self.capacity if self.capacity else None

    def __add__(self, other: Use) -> Use:
        return Use(
            points=self.points + other.points,
            capacity=self.capacity + other.capacity,
            served=self.served + other.served,
            other_days=self.other_days + other.other_days,
        )


@dataclass(frozen=True, kw_only=True)
class PointUse:
    """One point in one month. meals: the list behind it, by day."""

    point: MealPointRow
    use: Use
    meals: Sequence[CountedRow]


def uses(points: Iterable[MealPointRow], meals: Iterable[CountedRow], days: Sequence[date], calendar: Calendar) -> list[PointUse]:
    """The points that were open on one of these days, by id. Raises BeyondCalendar."""
    workdays = frozenset(day for day in days if calendar.is_workday(day))
    by_point: dict[str, list[CountedRow]] = {}
    for meal in meals:
        if meal.code is not None and days and days[0] <= meal.on <= days[-1]:
            by_point.setdefault(meal.code, []).append(meal)
    there = [point for point in points if any(point.serves(day) for day in days)]
    found = [_use(point, by_point.get(point.meal_point_id, []), workdays) for point in there]
    return sorted(found, key=lambda one: one.point.meal_point_id)


def _use(point: MealPointRow, meals: Sequence[CountedRow], workdays: frozenset[date]) -> PointUse:
    served = sum(meal.on in workdays for meal in meals)
    capacity = point.capacity * sum(point.serves(day) for day in workdays)
    use = Use(points=1, capacity=capacity, served=served, other_days=len(meals) - served)
    return PointUse(point=point, use=use, meals=sorted(meals, key=lambda meal: (meal.on, meal.key)))


def by_kind(found: Iterable[PointUse]) -> Mapping[MealPointKind, Use]:
    """The points of each kind together: canteens can be compared with catering firms (E05)."""
    sums = {kind: Use() for kind in MealPointKind}
    for one in found:
        sums[one.point.kind] += one.use
    return sums


def days_of(month: str, today: date) -> list[date]:
    """The days of a month (`YYYY-MM`) up to today."""
    first, after = date.fromisoformat(f"{month}-01"), date.fromisoformat(f"{next_month(month)}-01")
    days = [first + timedelta(days=number) for number in range((after - first).days)]
    return [day for day in days if day <= today]
