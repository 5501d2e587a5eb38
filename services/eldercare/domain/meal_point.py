"""A meal point (长者助餐点): a place that serves lunch to elders. Its capacity is a figure (use rate = meals / capacity), not a gate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, assert_never

from pydantic import Field

from contracts.eldercare.meal_point import MealPointClosed, MealPointKind, MealPointOpened
from contracts.ids import AreaCode, MealPointId
from contracts.terms import CheckInMethod
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context, Count
from kit.identity import Role

ALL_METHODS = (CheckInMethod.FACE, CheckInMethod.CARD, CheckInMethod.CODE)
Methods = Annotated[tuple[CheckInMethod, ...], Field(min_length=1, max_length=3, description="how elders check in")]
MealPointEvent = MealPointOpened | MealPointClosed


@dataclass(frozen=True, kw_only=True)
class MealPoint:
    """Open or closed, in an area; how elders check in here."""

    area: AreaCode | None = None
    is_open: bool = False
    methods: tuple[CheckInMethod, ...] = ()


def evolve(point: MealPoint, event: MealPointEvent) -> MealPoint:
    match event:
        case MealPointOpened(area=area, methods=methods):
            return MealPoint(area=area, is_open=True, methods=methods)
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
    methods: Methods = ALL_METHODS


class CloseMealPoint(Command):
    """The place serves no longer."""

    meal_point_id: MealPointId


def open_point(command: OpenMealPoint, _point: MealPoint, _context: Context) -> list[MealPointOpened]:
    """Elders can check in here, always also in a way that does not need their face.

    Raises: Refused("face_alone").  Source: E04, E05, R-ELD-07.
    """
    require(set(command.methods) != {CheckInMethod.FACE}, "face_alone")
    return [MealPointOpened(**command.model_dump(exclude={"occurred_at"}))]


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
