"""Facts about a meal point (长者助餐点)."""

from __future__ import annotations

from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AreaCode, MealPointId
from contracts.terms import CheckInMethod


class MealPointKind(StrEnum):
    CANTEEN = "canteen"  # 长者食堂
    CATERING_FIRM = "catering_firm"  # 餐饮企业社会化助餐


@event("eldercare.meal-point.opened", version=1, stream="meal_point_id")
class MealPointOpened(Event):
    """A place serves meals to elders, with a capacity a day. `methods`: how elders check in, never by face alone.

    Source: E04, E05, R-ELD-07.
    """

    meal_point_id: MealPointId
    area: AreaCode
    kind: MealPointKind
    capacity: int
    methods: tuple[CheckInMethod, ...] = (CheckInMethod.FACE, CheckInMethod.CARD, CheckInMethod.CODE)


@event("eldercare.meal-point.closed", version=1, stream="meal_point_id")
class MealPointClosed(Event):
    """The place serves no longer. Source: E04."""

    meal_point_id: MealPointId
