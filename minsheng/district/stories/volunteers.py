"""Volunteers: the season's 48 sessions of 12 kinds with 8,140 person-times, and 100,400 hours in epidemic work.

Epidemic work: 1,960 people of 124 organisations, ten hours a shift, each shift one record; half of it in March and April, a quarter in
September. Shifts are told on the next working day, some in the last days of the ten that the rule leaves, a few after them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from contracts.charity.volunteer_activity import VolunteerKind
from kit.clock import SHANGHAI
from minsheng.district import figures
from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.people import People
from minsheng.district.places import STREET_PERCENT
from minsheng.district.seasons import calendar, days_of, instant, split, spread
from minsheng.district.staff import CHARITY_OFFICER, DISTRICT_OFFICER
from minsheng.district.stories.organisations import working

SEASON = "volunteer-season-2022"
SEASON_SHARES = (0, 0, 3, 1, 2, 2, 1, 1, 2, 3, 2, 1)
SESSION_AT, SESSION_OVER = time(9), time(11, 30)
EPIDEMIC_SHARES = (0, 0, 6, 5, 0, 0, 0, 1, 5, 0, 1, 2)
SHIFT_FROM, SHIFT_TO, SHIFT_MINUTES = time(8), time(18, 30), 600
LATE_EVERY = 900
LAST_SHIFT = date(2022, 12, 28)
"""So that every shift is told within the year."""
STREETS = tuple(STREET_PERCENT)


def tell(diary: Diary, _everybody: People, scale: Scale) -> None:
    _season(diary, scale)
    _epidemic(diary, scale)


def _season(diary: Diary, scale: Scale) -> None:
    """Each session is published ten days before, held, and closed with its counts; one in October is called off."""
    kinds = list(VolunteerKind)
    sessions = scale.of(figures.SEASON_SESSIONS, len(kinds))
    served = split(scale.of(figures.SEASON_TIMES, 200), [30 + n * 17 % 40 for n in range(sessions)])
    organisations = working(scale, len(kinds))
    for number, (day, times) in enumerate(zip(spread(sessions, SEASON_SHARES), served, strict=True)):
        story = diary.story(f"session/{number}")
        path = f"charity/volunteer-activity/{story.id()}"
        offer = {
            "organisation_id": organisations[number % len(organisations)],
            "kind": kinds[number % len(kinds)].value,
            "season": SEASON,
            "area": STREETS[number % len(STREETS)],
            "channel": "online" if number % 8 == 5 else "offline",
            "planned_at": instant(day, SESSION_AT).isoformat(),
        }
        story.give(day - timedelta(days=10), CHARITY_OFFICER, f"{path}/publish", offer, window=2)
        for n in range(3):
            body = {"person_id": diary.story("volunteers").id(f"{number * 3 + n}")}
            story.give(day - timedelta(days=3), CHARITY_OFFICER, f"{path}/sign-up", body, window=2)
        counts = {"served_times": times, "volunteer_times": 8 + number * 5 % 20}
        story.give(instant(day, SESSION_OVER), CHARITY_OFFICER, f"{path}/close", counts)
        if number == sessions - 1:
            off = diary.story("session-called-off")
            path = f"charity/volunteer-activity/{off.id()}"
            off.give(day - timedelta(days=9), CHARITY_OFFICER, f"{path}/publish", offer, window=2)
            off.give(day - timedelta(days=2), CHARITY_OFFICER, f"{path}/cancel", window=2)


def _epidemic(diary: Diary, scale: Scale) -> None:
    """People take turns: nobody has two shifts on one day."""
    organisations = working(scale, scale.of(figures.EPIDEMIC_ORGANISATIONS, 6))
    staff = scale.of(figures.EPIDEMIC_STAFF, 24)
    shifts = scale.of(figures.EPIDEMIC_RECORDS, 80)
    for number, day in enumerate(spread(shifts, EPIDEMIC_SHARES, working=False)):
        _shift(diary, number, min(day, LAST_SHIFT), number % staff, organisations)


def _shift(diary: Diary, number: int, day: date, member: int, organisations: Sequence[str]) -> None:
    story = diary.story(f"shift/{number}")
    area = STREETS[member % len(STREETS)]
    body = {
        "person_id": diary.story("epidemic-staff").id(f"{member}"),
        "organisation_id": organisations[member % len(organisations)],
        "area": area,
        "kind": "epidemic",
        "started_at": _at(day, SHIFT_FROM),
        "ended_at": _at(day, SHIFT_TO),
        "minutes": SHIFT_MINUTES,
        "served_times": 40 + number % 90,
    }
    path = f"charity/volunteer-record/{story.id()}"
    if number % LATE_EVERY == 12:
        told = calendar().add_workdays(day, 12)
        if told <= days_of(12)[-1]:
            story.give(told, DISTRICT_OFFICER, f"{path}/record-late", body, window=3)
            return
    told = min(calendar().add_workdays(day, 8 if number % 50 == 7 else 1), days_of(12)[-1])
    story.give(told, CHARITY_OFFICER, f"{path}/record", body, window=3)
    if number == 30:
        other = {**body, "organisation_id": organisations[(member + 1) % len(organisations)]}
        again = diary.story("shift-told-twice")
        path = f"charity/volunteer-record/{again.id()}/record"
        again.give(told + timedelta(days=1), CHARITY_OFFICER, path, other, window=3, refused="shift_counted")


def _at(day: date, at: time) -> str:
    return datetime.combine(day, at, SHANGHAI).isoformat()
