"""Elders' lunches on working days: a tenth of the district's 60,000. In closures nobody eats in; the meal is taken away, the card is the same."""

from __future__ import annotations

from datetime import date

from kit.clock import month_of
from kit.identity import Role
from minsheng.district import figures
from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.people import Household, People, Person, Trait
from minsheng.district.seasons import workdays
from minsheng.district.staff import caseworker, clerk
from minsheng.district.stories.opening import CANTEENS

OPENED, FIRST_LUNCH = date(2022, 1, 7), date(2022, 1, 12)
PRICE_FEN, SMALL_PRICE_FEN = 1_800, 1_200
METHODS = ("card", "card", "code", "face")


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    """Each eater has an account; on each working day as many as the year's lunches ask for eat, in turn."""
    eaters = everybody.with_trait(Trait.EATER)
    for home, person in eaters:
        account = {"person_id": person.id, "household_id": home.id, "born": month_of(person.born), "hukou": True}
        story = diary.story(f"meals/{person.id}")
        story.give(OPENED, caseworker(home.street), f"eldercare/meal-account/{story.id()}/open-account", account)
    _lunches(diary, eaters, scale.of(figures.MEALS, 60))


def _lunches(diary: Diary, eaters: list[tuple[Household, Person]], total: int) -> None:
    days = [day for day in workdays() if day >= FIRST_LUNCH]
    turn, told = 0, 0
    for n, day in enumerate(days):
        today = total * (n + 1) // len(days) - total * n // len(days)
        served = 0
        while served < today:
            home, person = eaters[turn % len(eaters)]
            turn += 1
            if person.lives_on(day) and home.is_here(day):
                _eat(diary, home, person, day, told)
                served, told = served + 1, told + 1


def _eat(diary: Diary, home: Household, person: Person, day: date, number: int) -> None:
    account = diary.story(f"meals/{person.id}").id()
    story = diary.story(f"lunch/{number}")
    body = {
        "check_in_id": story.id(),
        "meal_point_id": CANTEENS[home.street],
        "price_fen": SMALL_PRICE_FEN if number % 6 == 0 else PRICE_FEN,
        "method": METHODS[number % len(METHODS)],
    }
    by = clerk(Role.CANTEEN_CLERK, home.street)
    path = f"eldercare/meal-account/{account}/check-in"
    story.give(day, by, path, body, window=1)
    if number == 40:
        diary.story("lunch-told-twice").give(day, by, path, body, window=2, refused="check_in_known")
