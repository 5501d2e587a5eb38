"""Changes between residents and moves inside the district: the register tells, the street confirms or dismisses, once too late."""

from __future__ import annotations

from datetime import date

from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.people import Group, Household, People
from minsheng.district.places import communities
from minsheng.district.seasons import spread, workday_from
from minsheng.district.staff import CIVIL_REGISTRAR, REGISTRAR, caseworker
from minsheng.district.step import Body
from services.relief.reactions.residents import change_of

CHANGES, MOVES = 12, 5
KINDS = ("marriage", "birth", "divorce", "adoption")
FIRST_DAY, LATEST = date(2022, 1, 12), date(2022, 11, 21)
LATE_AT, WITHDRAWN_AT = 7, 2


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    """A divorce is withdrawn in its thirty days; one task is answered after its time."""
    homes = [home for home in everybody.of(Group.EDGE, Group.RIGID, Group.CHILDREN) if home.is_lasting and len(home.members) > 1]
    others = [home.head for home in everybody.of(Group.ORDINARY)]
    for number, day in enumerate(spread(scale.of(CHANGES, 4))):
        _change(diary, homes[number % len(homes)], others[number].id, min(max(day, FIRST_DAY), LATEST), number)
    for number, day in enumerate(spread(scale.of(MOVES, 1))):
        _move(diary, homes[-1 - number % len(homes)], min(max(day, FIRST_DAY), LATEST), number)


def _change(diary: Diary, home: Household, other: str, day: date, number: int) -> None:
    story = diary.story(f"resident/{number}")
    signal, person = story.id("signal"), home.head.id
    kind = KINDS[number % len(KINDS)]
    told: Body = {"signal_id": signal, "other_person_id": other, "kind": kind, "on": day.isoformat()}
    story.give(day, CIVIL_REGISTRAR, f"registry/person/{person}/signal-household-change", told)
    task = f"relief/resident-change/{change_of(signal, home.id)}"
    if number == WITHDRAWN_AT:
        path = f"registry/person/{person}/withdraw-household-change"
        story.give(workday_from(day, 2), CIVIL_REGISTRAR, path, {"signal_id": signal})
        return
    answered = workday_from(day, 25 if number == LATE_AT else 3)
    if number % 3 == 0:
        story.give(answered, caseworker(home.street), f"{task}/dismiss", {"reason": "no_effect"}, window=2)
    else:
        story.give(answered, caseworker(home.street), f"{task}/confirm", window=2)


def _move(diary: Diary, home: Household, day: date, number: int) -> None:
    """The whole family tells the register one by one; the receiving street takes up the first of them."""
    to = next(place for place in communities()[number * 3 :] if place.street != home.street)
    story = diary.story(f"move/{number}")
    person = home.head.id
    body = {"to_area": to.code, "on": day.isoformat()}
    story.give(day, REGISTRAR, f"registry/person/{person}/change-residence", body)
    task = change_of(f"{person}/{to.code}/{day.isoformat()}", home.id)
    story.give(workday_from(day, 4), caseworker(to.street), f"relief/resident-change/{task}/confirm", window=2)
