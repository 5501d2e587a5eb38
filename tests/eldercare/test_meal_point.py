"""Meal points open and close."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from contracts.eldercare.meal_point import MealPointKind
from contracts.ids import AreaCode
from contracts.terms import CheckInMethod
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


@pytest.mark.parametrize("methods", [(CheckInMethod.CARD,), (CheckInMethod.FACE, CheckInMethod.CODE)])
def test_a_meal_point_always_offers_a_way_without_the_face(methods: tuple[CheckInMethod, ...]) -> None:
    """R-ELD-07: the face alone is refused; without the camera nothing is missing."""
    given(meal_point).when(OPEN.model_copy(update={"methods": (CheckInMethod.FACE,)})).refused("face_alone")
    given(meal_point).when(OPEN.model_copy(update={"methods": (CheckInMethod.FACE, CheckInMethod.FACE)})).refused("face_alone")
    events = given(meal_point).when(OPEN.model_copy(update={"methods": methods})).events
    assert events[0].methods == methods
    with pytest.raises(ValidationError, match="methods"):
        OpenMealPoint.model_validate({**OPEN.model_dump(), "methods": []})
