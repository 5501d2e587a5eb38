"""Where stories write down their steps: ids, keys and instants are derived here, so that no story invents its own way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zlib import crc32

from kit.clock import shanghai_date
from minsheng.district.chance import derived
from minsheng.district.seasons import LAST, OFFICE, OFFICE_SECONDS, instant, window_of
from minsheng.district.staff import Clerk
from minsheng.district.step import Body, Lesson, Step


class Diary:
    """All steps of a year, in the order in which the stories were told."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.steps: list[Step] = []

    def story(self, name: str) -> Story:
        """A new story; its name is unique in the year."""
        return Story(self, name)

    def by_day(self) -> list[list[Step]]:
        """The steps of each day from first to last: by window and turn, then instant, then the order of telling."""
        days: dict[date, list[Step]] = {}
        for step in self.steps:
            days.setdefault(shanghai_date(step.at), []).append(step)
        return [sorted(days[day], key=lambda step: (step.window, step.turn, step.at)) for day in sorted(days)]


class Story:
    """What happens to one thing or family: its steps share a name, ids derived from it, and an order."""

    def __init__(self, diary: Diary, name: str) -> None:
        self._diary = diary
        self.name = name
        self._told = 0
        self._start = crc32(name.encode()) % (OFFICE_SECONDS - 600)

    def id(self, what: str = "") -> str:
        """The id of a thing of this story."""
        return derived(self._diary.seed, f"{self.name}/{what}")

    def give(
        self,
        when: date | datetime,
        by: Clerk,
        path: str,
        body: Body | None = None,
        *,
        window: int = 0,
        turn: int = 0,
        if_match: int | None = None,
        learn: Sequence[Lesson] = (),
        refused: str = "",
    ) -> None:
        """One command. `path`: `service/aggregate/id/command`. A date is office work in the window; an instant lies in its own."""
        if isinstance(when, datetime):
            at, window = when, window_of(when)
        else:
            at = instant(when, OFFICE[window]) + timedelta(seconds=self._start + self._told % 600)
        if shanghai_date(at) > LAST:
            raise ValueError(f"{self.name}: {at} lies after the year")
        service, aggregate, stream_id, command = path.split("/")
        self._diary.steps.append(
            Step(
                at=at,
                service=service,
                role=by.role.value,
                area=by.area,
                actor=by.actor,
                aggregate=aggregate,
                id=stream_id,
                command=command,
                body=dict(body or {}),
                if_match=if_match,
                key=f"year-{self._diary.seed}-{self.name}-{self._told}",
                window=window,
                turn=turn,
                story=self.name,
                learn=tuple(learn),
                refused=refused,
            )
        )
        self._told += 1
