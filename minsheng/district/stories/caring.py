"""The caring action: 46 households in difficulty, each with one of the year's visitors who stands by them and comes twice; and the list of key persons."""

from __future__ import annotations

from datetime import date

from minsheng.district import figures
from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.people import Group, Household, People
from minsheng.district.seasons import days_of, is_closed, workday_from
from minsheng.district.staff import DISTRICT, DISTRICT_OFFICER, caseworker
from minsheng.district.stories.visits import visitor

CAMPAIGN = "caring-2022"
OPENED, PAIRED = date(2022, 5, 5), date(2022, 5, 6)
VISIT_MONTHS = (6, 11)
CADRE_LEAVES_EVERY, CADRE_LEFT, SECOND_CADRES_FROM = 15, date(2022, 8, 1), 500
CONTACTS, CONTACT_MONTHS = 40, (3, 6, 9, 12)
LISTED = date(2022, 1, 11)


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    """Targets, pairs, their visits, and cadres who are moved away."""
    homes = [home for home in everybody.of(Group.CHILDREN, Group.EDGE, Group.DIBAO) if home.is_lasting]
    chosen = sorted(homes, key=lambda home: (not home.children, home.number))[: scale.of(figures.CARING_HOUSEHOLDS, 3)]
    story = diary.story("caring")
    opened = {"kind": "caring", "year": 2022, "area": DISTRICT, "groups": ["dibao", "edge", "child"]}
    story.give(OPENED, DISTRICT_OFFICER, f"relief/visit-campaign/{CAMPAIGN}/open-campaign", opened)
    targets = {"household_ids": [home.id for home in chosen]}
    story.give(OPENED, DISTRICT_OFFICER, f"relief/visit-campaign/{CAMPAIGN}/add-targets", targets, window=1)
    for number, home in enumerate(chosen):
        _pair(diary, home, number)
    _list_key_persons(diary, everybody, scale)


def _pair(diary: Diary, home: Household, number: int) -> None:
    story = diary.story(f"pair/{home.number}")
    by, cadre, second = caseworker(home.street), visitor(number), visitor(number + SECOND_CADRES_FROM)
    body = {"household_id": home.id, "campaign_id": CAMPAIGN, "cadre": cadre}
    story.give(PAIRED, by, f"relief/pairing-agreement/{story.id('pair')}/establish", body)
    leaves = number % CADRE_LEAVES_EVERY == 2
    if leaves:
        story.give(CADRE_LEFT, by, f"relief/pairing-agreement/{story.id('pair')}/end", {"reason": "cadre_left"})
        again = {**body, "cadre": second}
        story.give(CADRE_LEFT, by, f"relief/pairing-agreement/{story.id('second-pair')}/establish", again, window=1)
    for month in VISIT_MONTHS:
        day = days_of(month)[5 + number % 12]
        met = {
            "campaign_id": CAMPAIGN,
            "person_id": home.head.id,
            "area": home.place.code,
            "visitors": [second if leaves and day > CADRE_LEFT else cadre],
            "household_id": home.id,
            "channel": "phone" if is_closed(day, home.street) else "in_person",
        }
        story.give(day, by, f"relief/visit/{story.id(f'visit/{month}')}/complete", met, window=2)


def _list_key_persons(diary: Diary, everybody: People, scale: Scale) -> None:
    """People of whom somebody knows each quarter how they are; one contact goes on leave and is replaced in time, another too late."""
    homes = [home for home in everybody.of(Group.TEKUN, Group.RIGID, Group.CHILDREN, Group.EDGE) if home.is_lasting]
    for number, home in enumerate(homes[: scale.of(CONTACTS, 3)]):
        story = diary.story(f"contact/{home.number}")
        by, path = caseworker(home.street), f"relief/contact-assignment/{home.head.id}"
        contact = {"area": home.place.code, "contact": f"contact-{number + 1:02}", "household_id": home.id}
        story.give(LISTED, by, f"{path}/assign", contact)
        for month in CONTACT_MONTHS:
            day = days_of(month)[2 + number % 15]
            channel = "phone" if is_closed(day, home.street) else "in_person"
            story.give(day, by, f"{path}/make-contact", {"channel": channel}, window=3)
        if number % 12 < 2:
            away = date(2022, 7, 6)
            story.give(away, by, f"{path}/begin-leave", {"leave_from": away.isoformat()})
            back = workday_from(away, 2 if number % 12 == 0 else 9)
            story.give(back, by, f"{path}/reassign", {"contact": f"contact-{number + 501}"})
