"""Meals of the love kitchen (爱心厨房) for one household: in-kind charity (L4) outside a need; one line an activity and household (C04)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from pydantic import Field

from contracts.charity.charity_activity import CharityActivityKind
from contracts.charity.kitchen_meal import MealsCorrected, MealsProvided
from contracts.ids import ActivityId, HouseholdId, LineId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context, Count, Fen
from kit.identity import Role
from kit.reaction import household_subject
from kit.store.model import IndexChange, Link, Take
from services.charity.domain.charity_activity import CharityActivity, Stage, charity_activity

KitchenMealEvent = MealsProvided | MealsCorrected


@dataclass(frozen=True, kw_only=True)
class KitchenMeal:
    """Who got how many meals, and where."""

    line_id: LineId = LineId("")
    household_id: HouseholdId = HouseholdId("")
    activity_id: ActivityId | None = None
    meals: int = 0
    value_fen: int = 0


def evolve(line: KitchenMeal, event: KitchenMealEvent) -> KitchenMeal:
    match event:
        case MealsProvided():
            return KitchenMeal(
                line_id=event.line_id,
                household_id=event.household_id,
                activity_id=event.activity_id,
                meals=event.meals,
                value_fen=event.value_fen,
            )
        case MealsCorrected(meals=meals, value_fen=fen):
            return replace(line, meals=meals, value_fen=fen)
        case _:
            assert_never(event)


class ProvideMeals(Command):
    """A household got meals at an activity of the kitchen."""

    line_id: LineId
    household_id: HouseholdId
    activity_id: ActivityId
    meals: Count
    value_fen: Fen = Field(description="list value of the meals together, in fen")


class CorrectMeals(Command):
    """The line is put right; it says what the household got, whole."""

    line_id: LineId
    meals: int = Field(strict=True, ge=0, le=1_000_000, description="0: it got nothing")
    value_fen: Fen


def provide(command: ProvideMeals, _line: KitchenMeal, _context: Context, activity: CharityActivity) -> list[MealsProvided]:
    """The meals are the household's coverage in kind, on the day of the activity.

    Raises: Refused("no_kitchen", kind) for any other activity, so that visits to organisations name no household;
    Refused("not_held", stage).  Source: C04, C05; one line an activity and household is a claim.
    """
    require(activity.stage is Stage.HELD, "not_held", stage=activity.stage)
    planned = activity.planned
    require(planned.kind is CharityActivityKind.KITCHEN, "no_kitchen", kind=planned.kind)
    return [
        MealsProvided(
            **command.model_dump(exclude={"occurred_at"}),
            organisation_id=planned.organisation_id,
            served_on=activity.held_on,
            site_id=planned.site_id,
        )
    ]


def correct(command: CorrectMeals, line: KitchenMeal, _context: Context) -> list[MealsCorrected]:
    """The household's coverage is what the line says now. Source: C04, section 3.3."""
    return [MealsCorrected(line_id=line.line_id, household_id=line.household_id, meals=command.meals, value_fen=command.value_fen)]


def index(event: KitchenMealEvent) -> Iterable[IndexChange]:
    """One line an activity and household (claim); it is found from the household."""
    match event:
        case MealsProvided(activity_id=activity, household_id=home):
            return [Take("kitchen-meal", f"{activity}:{home}"), Link(household_subject(home))]
        case _:
            return []


_ID = "0190a000-0000-8000-8000-0000000000"
_LINE, _HOME, _KITCHEN = LineId(f"{_ID}f2"), HouseholdId(f"{_ID}02"), ActivityId(f"{_ID}a2")

kitchen_meal = Aggregate(
    "kitchen-meal",
    id="line_id",
    state=KitchenMeal,
    evolve=evolve,
    key="household_id",
    area=charity_activity.by("activity_id"),
    index=index,
    commands=[
        command(
            provide,
            stream="new",
            also=[charity_activity.by("activity_id")],
            roles={Role.CHARITY_OFFICER},
            example=ProvideMeals(line_id=_LINE, household_id=_HOME, activity_id=_KITCHEN, meals=3, value_fen=5_400),
        ),
        command(correct, roles={Role.CHARITY_OFFICER}, example=CorrectMeals(line_id=_LINE, meals=2, value_fen=3_600)),
    ],
)
