"""A simulation whose clock goes from day to day with the story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from kit.simulation import SimulatedClock
from kit.status import advance
from minsheng.demo.case_file import instant_of
from minsheng.local import Installation
from tests.flows.district import Body, District, Told


class Days(District):
    """A district that lives through its days: before a command of a day, everything that was due until its noon has acted."""

    def __init__(self, installation: Installation, clock: SimulatedClock) -> None:
        super().__init__(installation, str(uuid4()))
        self.clock = clock

    async def until(self, day: str) -> None:
        """It is noon of a day."""
        noon = datetime.fromisoformat(instant_of(date.fromisoformat(day)))
        if noon > self.clock.now():
            await advance(self.clock, noon, self.statuses)

    def has_seen(self, stream: str, version: int) -> None:
        """Somebody looked at a stream again."""
        self._versions[stream.split("/", 2)[2]] = version

    async def give(self, by: str, path: str, on: str, body: Body = None, *, seen: bool = False, **more: Any) -> Told:
        await self.until(on)
        return await super().give(by, path, on, body, seen=seen, **more)


@dataclass(frozen=True)
class Simulation:
    """A running installation and its clock."""

    installation: Installation
    clock: SimulatedClock
