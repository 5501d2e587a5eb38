"""What the suite says to a peer's script (a job, as JSON) and what it gets back (`bench.driving.write_driven`)."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.driving import Driven, write_driven
from bench.workload import Op, read_load

LOOKS_EVERY_S = 0.1
Event = tuple[int, str, int, str]
"""(position, stream, version, event id)."""


@dataclass(frozen=True)
class Job:
    """options: what this peer alone is told."""

    dsn: str
    load: Path
    log: Path
    callers: int
    seconds: float
    warm_s: float
    folder: Path
    options: dict[str, Any]

    def ops(self, *, repeats: bool) -> tuple[list[Op], list[Op]]:
        """(openings, commands). repeats=False: without the repeated commands, for a system that has no keys."""
        opened, ops = read_load(self.load)
        return opened, ops if repeats else [op for op in ops if op.fate != "repeat"]

    def done(self, driven: Driven, stored: Sequence[Event]) -> None:
        write_driven(self.log, driven, stored)


def job() -> Job:
    """The job whose file was named on the command line."""
    told = json.loads(Path(sys.argv[1]).read_text())
    known = {name: told.pop(name) for name in ("dsn", "callers", "seconds", "warm_s")}
    paths = {name: Path(told.pop(name)) for name in ("load", "log", "folder")}
    return Job(**known, **paths, options=told)


@contextmanager
def followed(after: Callable[[int], Sequence[int]], seen: list[int]) -> Iterator[None]:
    """A reader who asks every tenth of a second for the positions after his last one; what he saw is in `seen`."""
    stop = threading.Event()

    def follow() -> None:
        last, ending = 0, False
        while not ending:
            ending = stop.is_set()
            found = after(last)
            seen.extend(found)
            last = found[-1] if found else last
            if not ending:
                time.sleep(LOOKS_EVERY_S)

    following = threading.Thread(target=follow)
    following.start()
    try:
        yield
    finally:
        stop.set()
        following.join()
