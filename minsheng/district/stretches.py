"""Windows of one day that nothing ties to each other are played as one: each rest between two windows costs as much as many commands.

A window is tied to an earlier one of its day when somebody else, or another service, gave a step there with an id that it names too:
then what followed from that step must be there first. Steps of one person for one service stay in one batch, which keeps their order.
Steps of one story that share no id (one cadre leaves, so another may be named) are tied by what only the service knows.
A window in which the service says no on purpose is played alone: the reason may lie in a stream that neither names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from kit.clock import shanghai_date
from minsheng.district.seasons import WINDOWS, instant, window_ends
from minsheng.district.step import LEARNED, Place, Step

UUID_LENGTH = 36


@dataclass(frozen=True)
class Window:
    """The steps of one window of a day."""

    day: date
    number: int
    steps: Sequence[Step]

    @property
    def begins(self) -> datetime:
        return instant(self.day, WINDOWS[self.number])

    @property
    def ends(self) -> datetime:
        return window_ends(self.day, self.number)


def windows(days: Sequence[Sequence[Step]]) -> list[Window]:
    """The windows of a year in which anything happens, in order."""
    return [
        Window(day, number, list(steps))
        for steps_of_day in days
        for (day, number), steps in groupby(steps_of_day, key=lambda step: (shanghai_date(step.at), step.window))
    ]


def stretch(waiting: Sequence[Window], due: datetime | None) -> list[Window]:
    """The first windows of those waiting that can be played as one.

    due: the earliest deadline that is known; it acts before the steps of any window that begins after it.
    """
    first, *rest = waiting
    ties = _Ties()
    ties.take(first.steps)
    together = [first]
    for window in rest:
        if window.day != first.day or (due is not None and due <= window.begins) or not ties.allow(window.steps):
            break
        ties.take(window.steps)
        together.append(window)
    return together


def ids_of(step: Step) -> set[str]:
    """Every id that a step names: of its own stream, and in its body."""
    return {f"{step.aggregate}/{step.id}", step.id, *_texts(step.body, lambda text: len(text) == UUID_LENGTH or LEARNED.fullmatch(text))}


class _Ties:
    """What the steps of a stretch named so far: whose batch each id lies in (None: of several), and up to which turn."""

    def __init__(self) -> None:
        self._place_of: dict[str, Place | None] = {}
        self._turn_of: dict[str, int] = {}
        self._streams: set[str] = set()
        self._words: set[str] = set()
        self._taught: set[str] = set()
        self._refused = False
        self._told: dict[str, list[set[str]]] = {}

    def take(self, steps: Sequence[Step]) -> None:
        for step in steps:
            ids = ids_of(step)
            for one in ids:
                self._place_of[one] = step.place if self._place_of.get(one, step.place) == step.place else None
                self._turn_of[one] = max(step.turn, self._turn_of.get(one, 0))
            self._told.setdefault(step.story, []).append(ids)
            self._streams.add(step.id)
            self._words |= _words(step)
            self._taught |= {lesson.name for lesson in step.learn}
            self._refused |= bool(step.refused)

    def allow(self, steps: Sequence[Step]) -> bool:
        """No step is tied to one that was taken, except within one batch."""
        return not self._refused and not any(step.refused or self._ties(step) for step in steps)

    def _ties(self, step: Step) -> bool:
        ids = ids_of(step)
        elsewhere = any(self._place_of.get(one, step.place) != step.place or self._turn_of.get(one, 0) > step.turn for one in ids)
        by_code = step.id in self._words or not self._streams.isdisjoint(_words(step))  # a batch does not know that codes are ids
        by_story = any(ids.isdisjoint(earlier) for earlier in self._told.get(step.story, ()))
        return elsewhere or by_code or by_story or not self._taught.isdisjoint(ids)


def _words(step: Step) -> set[str]:
    """Texts of the body that may be the code of a stream."""
    return _texts(step.body, lambda text: len(text) != UUID_LENGTH)


def _texts(value: Any, wanted: Any) -> set[str]:
    if isinstance(value, str):
        return {value} if wanted(value) else set()
    if isinstance(value, list):
        return set().union(*(_texts(one, wanted) for one in value))
    return set().union(*(_texts(one, wanted) for one in value.values())) if isinstance(value, dict) else set()
