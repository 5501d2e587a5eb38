"""A detection that only tests know: a meal point that is open for a day, by the limit of DET-04. Its streams have no household."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.eldercare.meal_point import MealPointClosed, MealPointKind, MealPointOpened
from contracts.envelope import Event, Meta
from contracts.ids import AreaCode, MealPointId
from kit.view import Row, View
from services.linkage.detections.finding import Condition, Detection, Kind, NextStep, Scene
from services.linkage.detections.scope import Scopes
from tests.linkage.story import SHATOUJIAO

POINT = MealPointId("canteen-1")
CANTEEN = f"meal-point/{POINT}"


class PointRow(Row, frozen=True):
    open: bool


def key(event: Event) -> Iterable[str]:
    return (event.meal_point_id,) if isinstance(event, MealPointOpened | MealPointClosed) else ()


def evolve(_row: PointRow | None, event: Event, _meta: Meta) -> PointRow:
    return PointRow(open=isinstance(event, MealPointOpened))


point = View("point", row=PointRow, key=key, evolve=evolve)


def conditions(scene: Scene) -> Iterable[Condition]:
    return [Condition(subject=scene.key, details={}) for row in scene.of(point) if row.open]


point_open = Detection(
    id="DET-04",
    kind=Kind.STALE,
    next_step=NextStep.CLEAR_DATA,
    scopes=frozenset({"meal-point"}),
    looks_at=frozenset({"eldercare.meal-point.opened", "eldercare.meal-point.closed"}),
    conditions=conditions,
    reads=(point,),
)
POINTS = Scopes(detections=[point_open])


def opened_point() -> MealPointOpened:
    return MealPointOpened(meal_point_id=POINT, area=AreaCode(SHATOUJIAO), kind=MealPointKind.CANTEEN, capacity=60)


def closed_point() -> MealPointClosed:
    return MealPointClosed(meal_point_id=POINT)
