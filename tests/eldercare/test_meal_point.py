"""Meal points open and close."""

from __future__ import annotations

from contracts.eldercare.meal_point import MealPointKind
from contracts.ids import AreaCode
from kit.testing import given
from services.eldercare.domain.meal_point import CloseMealPoint, OpenMealPoint, meal_point
from tests.eldercare.facts import CANTEEN, canteen_closed, canteen_opened

OPEN = OpenMealPoint(meal_point_id=CANTEEN, area=AreaCode("440308003-qiaodong"), kind=MealPointKind.CANTEEN, capacity=80)


def test_a_meal_point_opens_once_with_its_kind_and_capacity() -> None:
    """E04, E05: canteens can be compared with other points."""
    given(meal_point).when(OPEN).then(canteen_opened())
    given(meal_point, canteen_opened()).when(OPEN).refused("already_exists")


def test_a_meal_point_closes_once() -> None:
    """E04."""
    command = CloseMealPoint(meal_point_id=CANTEEN)
    given(meal_point, canteen_opened()).when(command).then(canteen_closed())
    given(meal_point, canteen_opened(), canteen_closed()).when(command).refused("meal_point_closed")
