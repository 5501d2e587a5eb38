"""Care at home: 56 family care beds signed in the course of the year with their visits, and plans for elders who live alone."""

from __future__ import annotations

from datetime import date, timedelta

from minsheng.district.chance import chance
from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.people import Group, Household, People, Person, Trait
from minsheng.district.seasons import calendar, days_of, spread, workday_from, workdays
from minsheng.district.staff import DISTRICT_OFFICER, care_worker, caseworker
from minsheng.district.stories.organisations import working

FIRST_BED, LAST_BED = date(2022, 1, 12), date(2022, 11, 30)
SCORES = {2: (46, 66), 3: (66, 91)}
VISITS_MONTH = {2: 2, 3: 4}
SHORT_STAY_AT, LONG_STAY_AT = 3, 2
STAY_FROM = date(2022, 5, 10)
PLANS = 40
PLANNED, EVERY_DAYS, FORGOTTEN_EVERY = date(2022, 1, 12), 28, 13


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    beds = everybody.with_trait(Trait.CARE_BED)
    providers = working(scale, 3)
    for number, ((home, person), day) in enumerate(zip(beds, spread(len(beds)), strict=True)):
        signed = min(max(day, FIRST_BED), LAST_BED) if number > LONG_STAY_AT + 1 else FIRST_BED
        _bed(diary, home, person, signed, number, providers[number % len(providers)])
    alone = [home for home in everybody.of(Group.ELDERS) if len(home.members) == 1 and home.is_lasting]
    for number, home in enumerate(alone[: scale.of(PLANS, 4)]):
        _plan(diary, home, number)


def _bed(diary: Diary, home: Household, person: Person, day: date, number: int, provider: str) -> None:
    """Applied, assessed, looked at, signed, fitted; then visited as often as the grade asks for, until the year ends."""
    story = diary.story(f"care-bed/{number}")
    path = f"eldercare/family-care-bed/{story.id()}"
    worker, nurse = caseworker(home.street), care_worker(home.street)
    grade = 3 if number % 4 == 1 else 2
    score = chance(diary.seed, story.name).randrange(*SCORES[grade])
    story.give(day, worker, f"{path}/apply-for", {"person_id": person.id, "household_id": home.id})
    story.give(workday_from(day, 2), worker, f"{path}/assess", {"score": score})
    story.give(workday_from(day, 3), nurse, f"{path}/check-devices", {"fit": True})
    contract = {"provider_id": provider, "visits_month": VISITS_MONTH[grade]}
    story.give(workday_from(day, 5), DISTRICT_OFFICER, f"{path}/contract", contract)
    fitted = workday_from(day, 9)
    story.give(fitted, nurse, f"{path}/fit")
    stay = {SHORT_STAY_AT: STAY_FROM + timedelta(days=10), LONG_STAY_AT: date(2023, 1, 1)}.get(number)
    if stay:
        story.give(STAY_FROM, nurse, f"{path}/begin-stay", {"kind": "hospital"}, window=3)
    if stay and stay.year == STAY_FROM.year:
        story.give(workday_from(stay), nurse, f"{path}/end-stay")
    for visit in _visits(fitted, VISITS_MONTH[grade]):
        if not (stay and STAY_FROM <= visit <= stay):
            story.give(visit, nurse, f"{path}/deliver", {"visit_id": story.id(f"visit/{visit}")}, window=2)


def _visits(fitted: date, a_month: int) -> list[date]:
    """So many working days of every full month."""
    months = range(fitted.month + 1, 13)
    return [days[n * len(days) // a_month] for month in months for days in [days_of(month)] for n in range(a_month)]


def _plan(diary: Diary, home: Household, number: int) -> None:
    """Visited every four weeks; now and then nobody comes in time, and the plan says so. Some homes have a hazard that is removed."""
    story = diary.story(f"care-plan/{number}")
    path = f"eldercare/care-visit-plan/{story.id()}"
    by = care_worker(home.street)
    body = {"person_id": home.head.id, "area": home.place.code, "ground": "solitary", "risk": "low"}
    story.give(PLANNED, caseworker(home.street), f"{path}/open-plan", body)
    day, turn = PLANNED + timedelta(days=EVERY_DAYS), 0
    while day < workdays()[-1]:
        late = (number * 11 + turn) % FORGOTTEN_EVERY == 5
        story.give(day + timedelta(days=5 if late else 0), by, f"{path}/visit", window=2)
        if turn == 1 and number % 8 == 0:
            hazard = {"hazard_id": story.id("hazard"), "kind": "gas"}
            story.give(day + timedelta(days=6), by, f"{path}/find-hazard", hazard, window=2)
            fixed = calendar().add_workdays(day, 9)
            story.give(fixed, by, f"{path}/fix-hazard", {"hazard_id": story.id("hazard")}, window=2)
        day, turn = day + timedelta(days=EVERY_DAYS), turn + 1
