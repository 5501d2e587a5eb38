"""Meal points as eldercare's own stream of each tells it: where it is, what kind, how many lunches a day, and from when to when (E04, E05)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from contracts.eldercare.meal_point import MealPointClosed, MealPointKind, MealPointOpened
from contracts.envelope import Event, Meta
from contracts.ids import AreaCode, MealPointId
from kit.view import Row, View
from services.linkage.views.facts import Fact, fact_of


class MealPointRow(Row, frozen=True):
    """One point. capacity: lunches a day."""

    meal_point_id: MealPointId
    area: AreaCode
    kind: MealPointKind
    capacity: int
    opened: Fact
    closed: Fact | None = None

    def serves(self, day: date) -> bool:
        """The days of opening and closing are days on which it serves."""
        return self.opened.on <= day and (self.closed is None or day <= self.closed.on)


def point_of(event: Event) -> Iterable[str]:
    return (event.meal_point_id,) if isinstance(event, MealPointOpened | MealPointClosed) else ()


def evolve(row: MealPointRow | None, event: Event, meta: Meta) -> MealPointRow | None:
    match event:
        case MealPointOpened():
            return MealPointRow(
                meal_point_id=event.meal_point_id, area=event.area, kind=event.kind, capacity=event.capacity, opened=fact_of(meta)
            )
        case MealPointClosed():
            return row and replace(row, closed=fact_of(meta))
        case _:
            return row


meal_point = View("meal_point", row=MealPointRow, key=point_of, evolve=evolve)
