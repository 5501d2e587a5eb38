"""The monthly subsidy of children whom in fact nobody looks after, and of the orphan: decided and paid month by month."""

from __future__ import annotations

from datetime import date

from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.people import Household, People, Person, Trait
from minsheng.district.seasons import days_of
from minsheng.district.staff import DISTRICT_OFFICER, caseworker
from minsheng.district.step import Lesson

OPENED = date(2022, 1, 12)
FIRST_MONTH, LAST_MONTH = 2, 12
MONTHLY_FEN = 200_000
"""TP-2022A: 2,000.00 yuan a child and month, an orphan's minimum alike."""


def tell(diary: Diary, everybody: People, _scale: Scale) -> None:
    for home, child in everybody.persons():
        if child.traits & {Trait.UNATTENDED, Trait.ORPHAN}:
            _subsidise(diary, home, child)


def _subsidise(diary: Diary, home: Household, child: Person) -> None:
    story = diary.story(f"child-subsidy/{home.number}")
    worker, need, case = caseworker(home.street), story.id("need"), f"relief/special-aid/{story.id('case')}"
    wanted = {
        "household_id": home.id,
        "category": "child",
        "period": "month",
        "gross": MONTHLY_FEN,
        "person_id": child.id,
        "first_month": f"2022-{FIRST_MONTH:02}",
        "last_month": f"2022-{LAST_MONTH:02}",
    }
    story.give(OPENED, worker, f"relief/need/{need}/register", wanted)
    asked = {"household_id": home.id, "need_id": need, "scheme": "child_subsidy", "person_id": child.id}
    story.give(OPENED, worker, f"{case}/open-case", asked)
    for month in range(FIRST_MONTH, LAST_MONTH + 1):
        decided, paid = days_of(month)[1], days_of(month)[6]
        line = Lesson(f"$child-{home.number}-{month}", "relief.special-aid.subsidy-approved", "line_id")
        decision = {
            "department": "civil_affairs",
            "decided_on": decided.isoformat(),
            "amount_fen": MONTHLY_FEN,
            "month": f"2022-{month:02}",
        }
        story.give(decided, DISTRICT_OFFICER, f"{case}/record-decision", decision, learn=[line])
        story.give(paid, DISTRICT_OFFICER, f"{case}/record-payment", {"line_id": line.name, "amount_fen": MONTHLY_FEN})
