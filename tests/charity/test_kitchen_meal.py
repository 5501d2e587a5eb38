"""Meals of the love kitchen: a household's charity in kind, one line an activity."""

from __future__ import annotations

from contracts.charity.charity_activity import CharityActivityKind
from contracts.charity.kitchen_meal import MealsCorrected, MealsProvided
from contracts.ids import LineId
from kit.store.model import Link, Take
from kit.testing import given
from services.charity.domain.charity_activity import charity_activity
from services.charity.domain.kitchen_meal import CorrectMeals, KitchenMeal, ProvideMeals, index, kitchen_meal
from tests.charity.facts import ACTIVITY, AGENCY, HOME, uuid
from tests.charity.test_charity_activity import GUARDS, HELD, ZHONGYI, held, planned

LINE = LineId(uuid(0xF2))
PROVIDE = ProvideMeals(line_id=LINE, household_id=HOME, activity_id=ACTIVITY, meals=3, value_fen=54_00)
PROVIDED = MealsProvided(
    line_id=LINE,
    household_id=HOME,
    activity_id=ACTIVITY,
    organisation_id=AGENCY,
    served_on=HELD,
    meals=3,
    value_fen=54_00,
    site_id=ZHONGYI,
)


def test_meals_of_a_held_kitchen_are_the_households_coverage() -> None:
    """C04: the line says household, day, meals and list value; it names no need."""
    case = given(kitchen_meal).also(charity_activity, planned(site=ZHONGYI), held(persons=60, site=ZHONGYI))
    case.when(PROVIDE).then(PROVIDED)
    given(kitchen_meal).also(charity_activity, planned(site=ZHONGYI)).when(PROVIDE).refused("not_held", stage="planned")
    given(kitchen_meal).when(PROVIDE).refused("not_found")


def test_no_household_gets_meals_of_a_visit_to_organisations() -> None:
    """C05: border guards never lead to a household's line."""
    visit = given(kitchen_meal).also(charity_activity, planned(GUARDS), held(GUARDS, organisations=1))
    visit.when(PROVIDE).refused("no_kitchen", kind=CharityActivityKind.BORDER_GUARDS)


def test_a_line_is_put_right_whole() -> None:
    """C04, section 3.3: a correction is a new fact."""
    fewer = CorrectMeals(line_id=LINE, meals=0, value_fen=0)
    told = MealsCorrected(line_id=LINE, household_id=HOME, meals=0, value_fen=0)
    given(kitchen_meal, PROVIDED).when(fewer).then(told)
    state: KitchenMeal = kitchen_meal.fold([PROVIDED, told])
    assert (state.meals, state.value_fen, state.household_id) == (0, 0, HOME)


def test_an_activity_has_one_line_a_household() -> None:
    """C04: a second report of the same meals meets the claim."""
    assert list(index(PROVIDED)) == [Take("kitchen-meal", f"{ACTIVITY}:{HOME}"), Link(f"household/{HOME}")]
    assert list(index(MealsCorrected(line_id=LINE, household_id=HOME, meals=1, value_fen=18_00))) == []
