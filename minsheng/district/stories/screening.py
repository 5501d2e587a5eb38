"""Screening in closed areas by phone and chat: 3,120 person-times; who was not reached is tried again, a few lead to a signal."""

from __future__ import annotations

from datetime import date

from minsheng.district import figures
from minsheng.district.diary import Diary, Story
from minsheng.district.figures import Scale
from minsheng.district.people import Household, People, Person, Trait
from minsheng.district.places import STREET_PERCENT
from minsheng.district.seasons import SCREENING_PERCENT, days_of, split, workday_from
from minsheng.district.staff import caseworker
from minsheng.district.step import Body

CHUNK = 200
AGAIN_EVERY, REFERRED_EVERY = 12, 160
OPENING, WORK_FROM = 0, 1
KINDS = {12: "hardship_special"}
Target = tuple[Household, Person]


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    """A round a month and street, for old and disabled people; hardship families in December."""
    for month, times in enumerate(split(scale.of(figures.SCREENED, 60), SCREENING_PERCENT), start=1):
        if not times:
            continue
        for street, count in zip(STREET_PERCENT, split(times, list(STREET_PERCENT.values())), strict=True):
            if count:
                _round(diary, everybody, month, street, count)


def _first_day(month: int) -> date:
    """March's work begins in the middle of the month, August's with the last day's zones."""
    days = days_of(month)
    return {3: days[9], 8: days[-4]}.get(month, days[0])


def _round(diary: Diary, everybody: People, month: int, street: str, times: int) -> None:
    code = f"screening-2022-{month:02}-{street}"
    story = diary.story(code)
    by, path, opened = caseworker(street), f"relief/screening-round/{code}", _first_day(month)
    again = times // AGAIN_EVERY
    targets = _targets(everybody, street, month)[: times - again]
    again = times - len(targets)
    kind = KINDS.get(month, "control_area")
    groups = ["elder_alone", "disabled"]
    story.give(opened, by, f"{path}/open-round", {"kind": kind, "area": street, "channel": "phone", "groups": groups})
    for start in range(0, len(targets), CHUNK):
        ids = [person.id for _, person in targets[start : start + CHUNK]]
        story.give(opened, by, f"{path}/add-targets", {"person_ids": ids}, window=1)
    work = [day for day in days_of(month) if day > opened][:12]  # on the last of them those who were not reached are tried again
    for n, target in enumerate(targets):
        day = work[n * (len(work) - 1) // len(targets)]
        missing = n >= len(targets) - again
        _screen(diary, story, path, target, day, n, missing=missing)
        if missing:
            _screen(diary, story, path, target, work[-1], n, missing=False, channel="chat")
    story.give(workday_from(work[-1], 1), by, f"{path}/close", {"rest_not_reached": True}, window=3)


def _targets(everybody: People, street: str, month: int) -> list[Target]:
    """Elders with devices and disabled people first, then everybody else of the street; nobody who has died."""
    day = days_of(month)[-1]
    here = [(home, person) for home, person in everybody.persons() if home.street == street and person.lives_on(day)]
    return sorted(here, key=lambda one: not one[1].traits & {Trait.DEVICE, Trait.DISABLED})


def _screen(diary: Diary, story: Story, path: str, target: Target, day: date, number: int, *, missing: bool, channel: str = "") -> None:
    home, person = target
    by = caseworker(home.street)
    body: Body = {"person_id": person.id, "result": "not_reached" if missing else "reached"}
    body |= {"channel": channel or ("chat" if number % 3 == 0 else "phone")}
    if not missing and number % REFERRED_EVERY == 30:
        signal = diary.story(f"{story.name}/signal/{number}")
        told = {"source": "screening", "category": "elder_care", "area": home.place.code, "urgency": "yellow", "person_id": person.id}
        signal.give(day, by, f"relief/need-signal/{signal.id()}/receive", told, window=0)
        body |= {"result": "referred", "signal_id": signal.id()}
        later = workday_from(day, 2)
        signal.give(later, by, f"relief/need-signal/{signal.id()}/verify", {"verification": "remote"}, window=0)
        signal.give(workday_from(day, 3), by, f"relief/need-signal/{signal.id()}/dismiss", {"reason": "helped_already"}, window=0)
    story.give(day, by, f"{path}/screen", body, window=2)
