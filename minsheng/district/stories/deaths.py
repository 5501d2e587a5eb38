"""Deaths of known persons: told by the funeral home a day or two later, some first by the family and then confirmed by a hospital.

What follows happens by itself; the street tells the family what it means for the aid, and recalculates it where others live on."""

from __future__ import annotations

from datetime import date, timedelta

from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.people import Household, People, Person
from minsheng.district.seasons import workday_from
from minsheng.district.staff import REGISTRAR, caseworker
from minsheng.district.stories.opening import is_known_to_relief

FIRST_TOLD_EVERY, SOON = 3, timedelta(days=14)
NEVER_TOLD = 2
"""The family of the third nobody ever speaks to: the case stays open and is late after three months."""


def tell(diary: Diary, everybody: People, _scale: Scale) -> None:
    """Every third death is reported before it is confirmed; a family that relief knows is told."""
    dead = [(home, person) for home, person in everybody.persons() if person.died_on is not None]
    for number, (home, person) in enumerate(dead):
        assert person.died_on is not None and person.death_told_on is not None  # noqa: S101, PT018 - chosen so
        early = number % FIRST_TOLD_EVERY == 1 and person.death_told_on - person.died_on < SOON
        _told(diary, home, person, person.died_on, person.death_told_on, reported_first=early, never_told=number == NEVER_TOLD)


def _told(diary: Diary, home: Household, person: Person, died_on: date, told_on: date, *, reported_first: bool, never_told: bool) -> None:
    story = diary.story(f"death/{person.id}")
    path = f"registry/person/{person.id}/report-death"
    death = {"died_on": died_on.isoformat()}
    if reported_first:
        first = {**death, "source": "family", "certainty": "reported"}
        story.give(died_on + timedelta(days=1), REGISTRAR, path, first, window=2)
    source = "hospital" if reported_first else "funeral_home"
    confirmed = {**death, "source": source, "certainty": "confirmed"}
    story.give(told_on, REGISTRAR, path, confirmed)
    if is_known_to_relief(home) and not never_told:
        path = f"relief/death-case/{person.id}/note-told"
        story.give(workday_from(told_on, 3), caseworker(home.street), path, window=2)
