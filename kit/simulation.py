"""A clock that stands until somebody moves it: one file that all processes of an installation read, so that it moves for all at once.

It holds two instants. `now` is the time of decisions and records. `deadlines` says up to when deadlines act: whoever plays a day first
lets happen what happened, then lets the deadlines of that day act, so the same day played twice ends the same.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import msgspec

from kit.clock import Clock
from kit.secret_file import replace


class Stand(msgspec.Struct, frozen=True):
    """Where a simulated clock stands."""

    now: datetime
    deadlines: datetime


class CannotTurnBack(Exception):
    """A simulated clock goes forward only: what was recorded stays the past."""


class SimulatedClock(Clock):
    """The clock in a file. Reading it costs a look at the file's time, parsing it only after a move. Raises FileNotFoundError, ValueError."""

    simulated = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._stand: Stand | None = None

    @classmethod
    def create(cls, path: Path, at: datetime) -> SimulatedClock:
        """A clock that stands at an instant; one that is there already stays where it is."""
        if not path.exists():
            _write(path, Stand(at, at))
        return cls(path)

    def now(self) -> datetime:
        return self.stand().now

    def deadlines(self) -> datetime:
        return self.stand().deadlines

    def stand(self) -> Stand:
        """Both instants as of one moment."""
        looked = os.stat(self._path)  # noqa: PTH116 - asked for at every command: half as long as `Path.stat`
        seen = (looked.st_mtime_ns, looked.st_ino)
        if self._stand is None or seen != self._seen:
            self._stand, self._seen = msgspec.json.decode(self._path.read_bytes(), type=Stand), seen
        return self._stand

    def move(self, now: datetime, deadlines: datetime | None = None) -> None:
        """The clock stands at `now`; deadlines act up to `deadlines` (default: `now`). Raises: CannotTurnBack."""
        before, after = self.stand(), Stand(now, now if deadlines is None else deadlines)
        if after.now < before.now or after.deadlines < before.deadlines:
            raise CannotTurnBack(f"the clock stands at {before.now.isoformat()} and goes forward only")
        _write(self._path, after)


def _write(path: Path, stand: Stand) -> None:
    replace(path, msgspec.json.encode(stand))
