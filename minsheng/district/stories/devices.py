"""Devices of 1,536 elders who live alone or as couples, and 900 calls for help: 120 real, the others false alarms and tests.

A call is answered by the desk within its minute, nearly always; a few are answered late, and the limits say so. The first real call of
the year takes 23 minutes from the press to the ambulance.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from minsheng.district import figures
from minsheng.district.chance import chance
from minsheng.district.diary import Diary, Story
from minsheng.district.figures import Scale
from minsheng.district.people import Household, People, Person, Trait
from minsheng.district.seasons import days_of, instant, spread, window_of
from minsheng.district.staff import ALARM_DESK, caseworker
from minsheng.district.step import Body, Lesson

KINDS = ("pendant", "pendant", "gateway", "fall_sensor", "smoke_sensor", "wearable")
ASSIGNED = tuple(days_of(1)[6:16])
FIRST_CALL = date(2022, 2, 1)
LATE_EVERY, REPLACED_EVERY, REPLACED_AT = 45, 250, 9
RESPONDERS = ("ambulance", "community", "care_worker", "ambulance", "fire", "police")


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    holders = everybody.with_trait(Trait.DEVICE)[: scale.of(figures.DEVICE_ELDERS, 12)]
    for number in range(_first_devices(scale.of(figures.DEVICES, 14))):
        home, person = holders[number % len(holders)]
        _give(diary, home, person, number)
    _calls(diary, holders, scale)


def _first_devices(total: int) -> int:
    """How many devices are given in January, so that with those that replace some of them it is the total."""
    return next(count for count in range(total, 0, -1) if count + len(range(REPLACED_AT, count, REPLACED_EVERY)) <= total)


def _give(diary: Diary, home: Household, person: Person, number: int) -> None:
    """One device each, some a second one; a few are replaced in summer."""
    story = diary.story(f"device/{number}")
    by, path = caseworker(home.street), f"eldercare/device/{story.id()}"
    day = ASSIGNED[number % len(ASSIGNED)]
    body = {"kind": KINDS[number % len(KINDS)], "person_id": person.id, "area": home.place.code}
    story.give(day, by, f"{path}/assign", body, window=1)
    if number % REPLACED_EVERY == REPLACED_AT and person.died_on is None:
        story.give(date(2022, 8, 16), by, f"{path}/return-device", {"reason": "replaced"})
        again = {**body, "kind": "wearable"}
        story.give(date(2022, 8, 16), by, f"eldercare/device/{story.id('second')}/assign", again, window=1)


def _calls(diary: Diary, holders: list[tuple[Household, Person]], scale: Scale) -> None:
    """Day and night through the year, by elders who live and whose device was not replaced."""
    calls, real = scale.of(figures.ALARMS, 12), scale.of(figures.REAL_ALARMS, 3)
    able = [(n, person) for n, (_, person) in enumerate(holders) if person.died_on is None and n % REPLACED_EVERY != REPLACED_AT]
    days = [max(day, FIRST_CALL) for day in spread(calls, working=False)]
    for number, day in enumerate(days):
        device, _ = able[(number * 11 + 2) % len(able)]
        draw = chance(diary.seed, f"alarm/{number}")
        is_real = (number + 1) * real // calls > number * real // calls
        pressed = instant(day, time(draw.randrange(6, 23), draw.randrange(60), draw.randrange(60)))
        first = is_real and (number * real // calls) == 0
        _call(diary, device, pressed, number, real=is_real, draw=draw, first=first)


def _call(diary: Diary, device: int, pressed: datetime, number: int, *, real: bool, draw: Random, first: bool) -> None:
    story = diary.story(f"alarm/{number}")
    incident = f"$incident-{number}"
    source = {"source": "fall" if number % 9 == 4 else "button"}
    learned = Lesson(incident, "eldercare.emergency-incident.alarm-received", "incident_id")
    story.give(pressed, ALARM_DESK, f"eldercare/device/{diary.story(f'device/{device}').id()}/alarm", source, learn=[learned])
    after = [40] if first else [draw.randrange(75, 150) if number % LATE_EVERY == 8 else draw.randrange(12, 56)]
    answer = _Answering(story, incident, pressed)
    answer.give(after[0], "acknowledge")
    answered = not real
    answer.give(after[0] + 25, "call-back", {"answered": answered})
    if not real:
        outcome = "test" if number % 20 == 6 else "false_alarm"
        answer.give(after[0] + 120, "close", {"outcome": outcome})
        return
    slow = number % LATE_EVERY == 30
    sent = 120 if first else after[0] + draw.randrange(40, 140)
    there = 18 * 60 if first else draw.randrange(31, 42) * 60 if slow else draw.randrange(8, 26) * 60
    responder = "ambulance" if first else RESPONDERS[number // 7 % len(RESPONDERS)]
    answer.give(sent, "dispatch", {"responder": responder})
    answer.give(there, "arrive")
    if responder == "ambulance":
        answer.give(there + 300, "hand-over")
    answer.give(there + 2_400, "close", {"outcome": "real"})


class _Answering:
    """The desk's steps after a call: seconds after the press, in the turn after the call where it lies in the same window."""

    def __init__(self, story: Story, incident: str, pressed: datetime) -> None:
        self._story, self._incident, self._pressed = story, incident, pressed

    def give(self, seconds: int, command: str, body: Body | None = None) -> None:
        at = self._pressed + timedelta(seconds=seconds)
        turn = 1 if window_of(at) == window_of(self._pressed) else 0
        self._story.give(at, ALARM_DESK, f"eldercare/emergency-incident/{self._incident}/{command}", body, turn=turn)
