"""Signals that somebody is in need: verified and followed by a need that is met, dismissed with a reason, or left until they are stale."""

from __future__ import annotations

from datetime import date

from minsheng.district.chance import chance
from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.people import Group, Household, People
from minsheng.district.seasons import spread, workday_from
from minsheng.district.staff import caseworker
from minsheng.district.stories.charity_grant import ask_and_be_met

SIGNALS = 36
LATEST = date(2022, 12, 1)
SOURCES = ("grid", "hotline", "neighbour", "hospital", "school", "self", "data", "police", "organisation")
REASONS = ("not_in_need", "helped_already", "duplicate", "wrong_data", "declined_by_person")


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    """Every third becomes a need, every ninth is forgotten."""
    homes = [home for home in everybody.of(Group.RIGID, Group.CHILDREN, Group.EDGE) if home.is_lasting]
    for number, day in enumerate(spread(scale.of(SIGNALS, 9))):
        _signal(diary, homes[number * 3 % len(homes)], min(day, LATEST), number)


def _signal(diary: Diary, home: Household, day: date, number: int) -> None:
    story = diary.story(f"signal/{number}")
    by, path = caseworker(home.street), f"relief/need-signal/{story.id()}"
    told = {
        "source": SOURCES[number % len(SOURCES)],
        "category": "medical",
        "area": home.place.code,
        "urgency": "orange" if number % 4 == 0 else "yellow",
    }
    story.give(day, by, f"{path}/receive", told)
    if number % 9 == 4:
        return
    who = {"person_id": home.head.id, "household_id": home.id}
    story.give(day, by, f"{path}/match-to-person", who, window=1)
    if number % 3 > 0:
        story.give(workday_from(day, 1), by, f"{path}/dismiss", {"reason": REASONS[number % len(REASONS)]})
        return
    story.give(workday_from(day, 1), by, f"{path}/verify", {"verification": "on_site"})
    fen = chance(diary.seed, story.name).randrange(150_000, 800_000, 1_000)
    need = {"household_id": home.id, "category": "medical", "gross": fen, "person_id": home.head.id}
    later = workday_from(day, 3)
    story.give(later, by, f"relief/need/{story.id('need')}/register", need)
    story.give(later, by, f"{path}/close", {"need_id": story.id("need")}, window=1)
    ask_and_be_met(story, home, workday_from(later, 1), story.id("need"), fen, "medical")
