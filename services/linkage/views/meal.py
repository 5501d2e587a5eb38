"""Elders' meals as eldercare tells them: accounts, and each account's lunches of a month with their subsidy (L2, outside a need)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from contracts.eldercare.meal_account import (
    MealAccountClosed,
    MealAccountOpened,
    MealAccountReopened,
    MealCheckedIn,
    MealSubsidyApplied,
    SubsidyGround,
)
from contracts.envelope import Event, Meta
from contracts.ids import CheckInId, HouseholdId, MealAccountId, MealPointId, Month, PersonId
from kit.clock import month_of
from kit.view import Row, View
from services.linkage.views.facts import Fact, Value, fact_of


class Meal(Value):
    """One lunch: what it cost, what the elder pays, what the state adds."""

    check_in_id: CheckInId
    meal_point_id: MealPointId
    served_on: date
    price_fen: int
    pays_fen: int
    ground: SubsidyGround
    fact: Fact
    subsidy_fen: int = 0
    subsidy: Fact | None = None


class MealMonthRow(Row, frozen=True):
    """One account's lunches of one month. The subsidy of a lunch follows its check-in in the same stream."""

    account_id: MealAccountId
    household_id: HouseholdId
    month: Month
    meals: tuple[Meal, ...]


class MealAccountRow(Row, frozen=True):
    """Whose account it is, and whether it serves."""

    account_id: MealAccountId
    household_id: HouseholdId
    person_id: PersonId
    opened: Fact
    closed: Fact | None = None


def month_of_meal(event: Event) -> Iterable[str]:
    if isinstance(event, MealCheckedIn | MealSubsidyApplied):
        return (f"{event.account_id}/{month_of(event.served_on)}",)
    return ()


def evolve(row: MealMonthRow | None, event: Event, meta: Meta) -> MealMonthRow | None:
    match event:
        case MealCheckedIn():
            meals = (*(row.meals if row else ()), _meal(event, fact_of(meta)))
            month = Month(month_of(event.served_on))
            return MealMonthRow(account_id=event.account_id, household_id=event.household_id, month=month, meals=meals)
        case MealSubsidyApplied():
            return row and replace(row, meals=tuple(_subsidised(meal, event, fact_of(meta)) for meal in row.meals))
        case _:
            return row


def _meal(event: MealCheckedIn, fact: Fact) -> Meal:
    return Meal(
        check_in_id=event.check_in_id,
        meal_point_id=event.meal_point_id,
        served_on=event.served_on,
        price_fen=event.price_fen,
        pays_fen=event.pays_fen,
        ground=event.ground,
        fact=fact,
    )


def _subsidised(meal: Meal, event: MealSubsidyApplied, fact: Fact) -> Meal:
    if meal.check_in_id != event.check_in_id:
        return meal
    return replace(meal, subsidy_fen=event.subsidy_fen, subsidy=fact)


def account_of(event: Event) -> Iterable[str]:
    return (event.account_id,) if isinstance(event, MealAccountOpened | MealAccountClosed | MealAccountReopened) else ()


def evolve_account(row: MealAccountRow | None, event: Event, meta: Meta) -> MealAccountRow | None:
    match event:
        case MealAccountOpened():
            return MealAccountRow(
                account_id=event.account_id, household_id=event.household_id, person_id=event.person_id, opened=fact_of(meta)
            )
        case MealAccountClosed():
            return row and replace(row, closed=fact_of(meta))
        case MealAccountReopened():
            return row and replace(row, closed=None)
        case _:
            return row


meal_month = View("meal_month", row=MealMonthRow, key=month_of_meal, evolve=evolve, index=("household_id", "account_id"))
meal_account = View("meal_account", row=MealAccountRow, key=account_of, evolve=evolve_account, index=("household_id", "person_id"))
