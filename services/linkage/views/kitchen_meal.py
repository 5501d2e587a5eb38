"""Meals of the love kitchen (爱心厨房) as charity tells them: a household's aid in kind (L4, outside a need), at list value in fen (C04)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from contracts.charity.kitchen_meal import MealsCorrected, MealsProvided
from contracts.envelope import Event, Meta
from contracts.ids import ActivityId, HouseholdId, LineId, OrganisationId
from kit.view import Row, View
from services.linkage.views.facts import Fact, Value, fact_of


class Served(Value):
    """What the line said from a fact on: meals and their list value."""

    meals: int
    value_fen: int
    fact: Fact


class KitchenMealRow(Row, frozen=True):
    """One household's meals at one activity; a correction says it anew, whole."""

    line_id: LineId
    household_id: HouseholdId
    activity_id: ActivityId
    organisation_id: OrganisationId
    served_on: date
    said: tuple[Served, ...]


KitchenMealFact = MealsProvided | MealsCorrected


def line_of(event: Event) -> Iterable[str]:
    return (event.line_id,) if isinstance(event, KitchenMealFact) else ()


def evolve(row: KitchenMealRow | None, event: Event, meta: Meta) -> KitchenMealRow | None:
    match event:
        case MealsProvided():
            return KitchenMealRow(
                line_id=event.line_id,
                household_id=event.household_id,
                activity_id=event.activity_id,
                organisation_id=event.organisation_id,
                served_on=event.served_on,
                said=(_served(event, meta),),
            )
        case MealsCorrected():
            return row and replace(row, said=(*row.said, _served(event, meta)))
        case _:
            return row


def _served(event: MealsProvided | MealsCorrected, meta: Meta) -> Served:
    return Served(meals=event.meals, value_fen=event.value_fen, fact=fact_of(meta))


kitchen_meal = View("kitchen_meal", row=KitchenMealRow, key=line_of, evolve=evolve, index=("household_id", "line_id"))
