"""A meal point (长者助餐点): a place that serves lunch to elders. Its capacity is a figure (use rate = meals / capacity), not a gate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from contracts.eldercare.meal_point import MealPointClosed, MealPointKind, MealPointOpened
from contracts.ids import AreaCode, MealPointId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context, Count
from kit.identity import Role

MealPointEvent = MealPointOpened | MealPointClosed


@dataclass(frozen=True, kw_only=True)
class MealPoint:
    """Open or closed, in an area."""

    area: AreaCode | None = None
    is_open: bool = False


def evolve(point: MealPoint, event: MealPointEvent) -> MealPoint:
    match event:
        case MealPointOpened(area=area):
            return MealPoint(area=area, is_open=True)
        case MealPointClosed():
            return replace(point, is_open=False)
        case _:
            assert_never(event)


class OpenMealPoint(Command):
    """A place begins to serve meals to elders. `capacity`: lunches a day."""

    meal_point_id: MealPointId
    area: AreaCode
    kind: MealPointKind
    capacity: Count


class CloseMealPoint(Command):
    """The place serves no longer."""

    meal_point_id: MealPointId


def open_point(command: OpenMealPoint, _point: MealPoint, _context: Context) -> list[MealPointOpened]:
    """Elders can check in here. Source: E04, E05."""
    return [MealPointOpened(meal_point_id=command.meal_point_id, area=command.area, kind=command.kind, capacity=command.capacity)]


def close(command: CloseMealPoint, point: MealPoint, _context: Context) -> list[MealPointClosed]:
    """Nobody can check in here any more.

    Raises: Refused("meal_point_closed").  Source: E04.
    """
    require(point.is_open, "meal_point_closed")
    return [MealPointClosed(meal_point_id=command.meal_point_id)]


_POINT = MealPointId("qiaodong-canteen")

meal_point = Aggregate(
    "meal-point",
    id="meal_point_id",
    state=MealPoint,
    evolve=evolve,
    area="area",
    commands=[
        command(
            open_point,
            stream="new",
            roles={Role.DISTRICT_OFFICER},
            example=OpenMealPoint(meal_point_id=_POINT, area=AreaCode("440308003-qiaodong"), kind=MealPointKind.CANTEEN, capacity=80),
        ),
        command(close, roles={Role.DISTRICT_OFFICER}, example=CloseMealPoint(meal_point_id=_POINT)),
    ],
)
