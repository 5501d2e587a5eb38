"""The year as a table of contents: everybody, then each kind of story, then day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.people import People, people
from minsheng.district.step import Step
from minsheng.district.stories import (
    care,
    caring,
    charity_work,
    child_subsidy,
    deaths,
    devices,
    dibao,
    donations,
    meals,
    mobility,
    opening,
    organisations,
    referrals,
    residents,
    screening,
    shop,
    signals,
    special_aid,
    temp_aid,
    trainings,
    visits,
    volunteers,
)

Telling = Callable[[Diary, People, Scale], None]

STORIES: tuple[Telling, ...] = (
    opening.tell,
    dibao.tell,
    temp_aid.tell,
    special_aid.tell,
    child_subsidy.tell,
    referrals.tell,
    donations.tell,
    shop.tell,
    meals.tell,
    deaths.tell,
    visits.tell,
    caring.tell,
    screening.tell,
    signals.tell,
    organisations.tell,
    volunteers.tell,
    charity_work.tell,
    devices.tell,
    residents.tell,
    mobility.tell,
    care.tell,
    trainings.tell,
)
"""In the order of telling, which orders steps of the same instant."""


def year(seed: int, scale: float = 1.0) -> Iterator[list[Step]]:
    """2022, day by day: the steps of each day by window and instant. The same seed and scale give the same steps.

    scale: below 1 counts shrink, so that a test runs in seconds; each kind of story still happens.
    """
    diary, size = Diary(seed), Scale(scale)
    everybody = people(seed, size)
    for tell in STORIES:
        tell(diary, everybody, size)
    yield from diary.by_day()
