"""What the year begins with: areas, everybody's registration, households, meal points, shops and funds."""

from __future__ import annotations

from datetime import date, timedelta

from minsheng.district import figures
from minsheng.district.chance import chance
from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.identities import Identities
from minsheng.district.people import LOW_INCOME, Group, Household, People, Trait
from minsheng.district.places import STREET_PERCENT, communities
from minsheng.district.staff import CHARITY_OFFICER, CIVIL_REGISTRAR, DISTRICT_OFFICER, REGISTRAR, caseworker
from minsheng.district.step import Body
from policy import Areas

REGISTRATION_DAYS = 6
OPENED = date(2022, 1, 4)
FUNDS = {
    "general": "general-relief",
    "children": "children-care",
    "children_serious_illness": "children-serious-illness",
    "disability": "disability-care",
    "elders": "elders-care",
    "epidemic": "epidemic-care",
    "education": "education-care",
}
"""The fund of each purpose."""
SHOPS = {street: f"zhongyi-home-{street}" for street in STREET_PERCENT}
CANTEENS = {street: f"canteen-{street}" for street in STREET_PERCENT}


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    """The district stands: places first, then people, then what serves them."""
    _publish_areas(diary)
    _register(diary, everybody)
    _open_households(diary, everybody)
    _open_places(diary, scale)


def _publish_areas(diary: Diary) -> None:
    story = diary.story("areas")
    for area in sorted(Areas.load().by_code.values(), key=lambda one: len(one.path)):
        parent = {"parent": area.parent} if area.parent else {}
        body = {"valid_from": "2022-01-01", **parent}
        story.give(date(2022, 1, 1), CIVIL_REGISTRAR, f"registry/area/{area.code}/publish", body, window=len(area.path) - 1)


def _register(diary: Diary, everybody: People) -> None:
    """Everybody of the index, over the first days of the year; the only place where a name stands."""
    identities, draw = Identities(), chance(diary.seed, "identities")
    rounds = [(date(2022, 1, 1), 3), *((date(2022, 1, 2) + timedelta(days=n // 4), n % 4) for n in range(4 * REGISTRATION_DAYS))]
    all_persons = list(everybody.persons())
    for number, (home, person) in enumerate(all_persons):
        day, window = rounds[number * len(rounds) // len(all_persons)]
        values = identities.values(person.born, male=person.male, place_zh=home.place.zh, house=home.number, chance=draw)
        path = f"registry/person/{person.id}/register"
        diary.story(f"person/{person.id}").give(day, REGISTRAR, path, {"area": home.place.code, **values}, window=window)


def is_known_to_relief(home: Household) -> bool:
    """Families with a status or on their way to one, with children in difficulty, with somebody who eats in a canteen or has a care bed."""
    is_served = any(person.traits & {Trait.EATER, Trait.CARE_BED} for person in home.members)
    return is_served or home.group in {*LOW_INCOME, Group.ENTRANT, Group.CHILDREN}


def _open_households(diary: Diary, everybody: People) -> None:
    for home in everybody.households:
        if is_known_to_relief(home):
            body = {"area": home.place.code, "person_ids": home.member_ids}
            diary.story(f"household/{home.number}").give(
                OPENED, caseworker(home.street), f"relief/household/{home.id}/open-household", body
            )


def _open_places(diary: Diary, scale: Scale) -> None:
    """Four canteens and twenty catering firms, a charity shop a street, a fund a purpose."""
    story = diary.story("places")
    for street, canteen in CANTEENS.items():
        story.give(OPENED, DISTRICT_OFFICER, f"eldercare/meal-point/{canteen}/open-point", _point(street, "canteen"))
    firms = scale.of(figures.MEAL_POINTS - figures.CANTEENS, 4)
    for number in range(firms):
        place = communities()[number * len(communities()) // firms]
        path = f"eldercare/meal-point/catering-{number + 1:02}/open-point"
        story.give(OPENED, DISTRICT_OFFICER, path, _point(place.code, "catering_firm"))
    for street, shop in SHOPS.items():
        story.give(OPENED, CHARITY_OFFICER, f"charity/shop/{shop}/open-shop", {"area": street})
    for purpose, fund in FUNDS.items():
        story.give(OPENED, CHARITY_OFFICER, f"charity/fund/{fund}/establish", {"purpose": purpose})


def _point(area: str, kind: str) -> Body:
    return {"area": area, "kind": kind, "capacity": 80 if kind == "canteen" else 30}
