"""What charity does beside money: kitchens, visits to border guards and epidemic workers, camps, and aid to two counties outside."""

from __future__ import annotations

from datetime import date, timedelta

from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.people import Group, Household, People
from minsheng.district.places import STREET_PERCENT
from minsheng.district.seasons import days_of
from minsheng.district.staff import CHARITY_APPROVER, CHARITY_OFFICER
from minsheng.district.step import Body
from minsheng.district.stories.opening import SHOPS
from minsheng.district.stories.organisations import working

KITCHEN_MONTHS = (1, 2, 5, 6, 7, 8, 10, 11, 12)
KITCHEN_GUESTS, MEAL_FEN = 6, 1_800
DAYS: tuple[tuple[str, date, Body], ...] = (
    ("childrens_day", date(2022, 6, 1), {"person_times": 160, "goods_fen": 2_400_000}),
    ("border_guards", date(2022, 8, 1), {"organisations": 4, "goods_fen": 1_500_000}),
    ("epidemic_care", date(2022, 3, 29), {"organisations": 12, "goods_fen": 3_600_000}),
    ("epidemic_care", date(2022, 4, 12), {"organisations": 10, "goods_fen": 2_800_000}),
    ("epidemic_care", date(2022, 9, 6), {"organisations": 8, "goods_fen": 1_900_000}),
    ("sports_culture", date(2022, 5, 15), {"person_times": 90}),
    ("sports_culture", date(2022, 12, 3), {"person_times": 110}),
    ("summer_camp", date(2022, 7, 18), {"person_times": 48, "lessons": ["drowning", "fire", "electricity_and_gas"]}),
)
COUNTIES = {"leye": 30_000_000, "lingyun": 24_000_000}
"""The two counties of paired assistance, 乐业 and 凌云, and what is promised to each in fen."""


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    organisations = working(scale, 4)
    for number, (kind, day, counts) in enumerate(DAYS):
        _hold(diary, f"activity/{number}-{kind}", kind, day, counts, organisations[number % 4], "440308")
    for month in KITCHEN_MONTHS:
        for n, street in enumerate(STREET_PERCENT):
            _kitchen(diary, everybody, month, street, organisations[n % 4])
    for county, fen in COUNTIES.items():
        _help_county(diary, county, fen)
    report = diary.story("yearly-report")
    path = f"charity/disclosure-task/{report.id()}"
    report.give(date(2022, 1, 17), CHARITY_OFFICER, f"{path}/open-yearly", {"year": 2021})
    report.give(date(2022, 3, 18), CHARITY_OFFICER, f"{path}/publish", window=2)


def _hold(diary: Diary, name: str, kind: str, day: date, counts: Body, organisation: str, area: str, site: str = "") -> str:
    """Planned two weeks before, held on its day; the activity's id."""
    story = diary.story(name)
    path = f"charity/charity-activity/{story.id()}"
    plan = {"kind": kind, "organisation_id": organisation, "area": area, "planned_on": day.isoformat()}
    plan |= {"site_id": site} if site else {}
    story.give(max(day - timedelta(days=14), date(2022, 1, 6)), CHARITY_OFFICER, f"{path}/plan", plan, window=2)
    story.give(day, CHARITY_OFFICER, f"{path}/hold", counts, window=2)
    return story.id()


def _kitchen(diary: Diary, everybody: People, month: int, street: str, organisation: str) -> None:
    """A Saturday's meal at the shop of the street for families with a status; what each got stands beside its needs."""
    day = days_of(month, working=False)[17]
    homes = [home for home in everybody.of(Group.DIBAO, Group.EDGE) if home.street == street and home.is_here(day)]
    guests = homes[month % 3 :: 3][:KITCHEN_GUESTS]
    counts = {"person_times": sum(len(home.members) for home in guests)}
    kitchen = _hold(diary, f"kitchen/{street}/{month}", "kitchen", day, counts, organisation, street, SHOPS[street])
    for home in guests:
        _serve(diary, home, kitchen, day)


def _serve(diary: Diary, home: Household, kitchen: str, day: date) -> None:
    story = diary.story(f"kitchen-meal/{home.number}/{day.month}")
    meals = len(home.members)
    body = {"household_id": home.id, "activity_id": kitchen, "meals": meals, "value_fen": meals * MEAL_FEN}
    story.give(day, CHARITY_OFFICER, f"charity/kitchen-meal/{story.id()}/provide", body, window=3)


def _help_county(diary: Diary, county: str, fen: int) -> None:
    """Two people promise it in February; three parts arrive, the last of them in December ends it."""
    story = diary.story(f"county/{county}")
    path = f"charity/external-aid/{county}-2022"
    story.give(date(2022, 2, 22), CHARITY_OFFICER, f"{path}/propose", {"county": county, "amount_fen": fen})
    story.give(date(2022, 2, 24), CHARITY_APPROVER, f"{path}/commit", if_match=1)
    for month, share in ((5, 40), (8, 35), (12, 20)):
        story.give(days_of(month)[9], CHARITY_OFFICER, f"{path}/deliver", {"amount_fen": fen * share // 100}, window=1)
    story.give(days_of(12)[12], CHARITY_OFFICER, f"{path}/end", window=1)
