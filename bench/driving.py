"""Callers that give the workload's commands, one at a time each, and the log of what they were told. Only the standard library.

The same code drives our own command path and every peer written in Python; a peer in another language does the same in its own words.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from bench.checker import ClientLog
from bench.workload import Op


class Given(NamedTuple):
    """The answer to a command: the ids of its events, and the version of the case afterwards."""

    ids: list[str]
    version: int


class StaleVersion(Exception):
    """The version that the command named is not the stream's: refused, as it has to be."""


class RefusedCommand(Exception):
    """A rule said no: a note on a case that another caller closed meanwhile."""


Give = Callable[[Op, int | None], Awaitable[Given]]
"""(command, expected version: None lets the system take the newest) -> answer. Raises StaleVersion, RefusedCommand."""
GiveNow = Callable[[Op, int | None], Given]


@dataclass
class Driven:
    """latencies: seconds of the commands after the warming up; took: seconds they took together."""

    latencies: list[float] = field(default_factory=list)
    took: float = 0.0
    refused: int = 0
    stale: int = 0
    log: ClientLog = field(default_factory=ClientLog)

    @property
    def rate(self) -> float:
        """Commands a second, whatever their answer."""
        return len(self.latencies) / self.took


@dataclass
class _Run:
    """One run's state, which all callers share."""

    ops: Iterator[Op]
    ends: float
    warm: float
    driven: Driven = field(default_factory=Driven)
    versions: dict[str, int] = field(default_factory=dict)
    last: float = 0.0

    def next(self) -> Op | None:
        return next(self.ops, None) if time.perf_counter() < self.ends else None

    def expected(self, op: Op) -> int | None:
        """A stale command names the version before the newest that its caller was told of."""
        return self.versions.get(op.case, 1) - 1 if op.fate == "stale" else None

    def told(self, op: Op, given: Given) -> None:
        log = self.driven.log
        if op.fate == "repeat":
            log.repeated.append((op.key, given.ids))
            return
        if op.fate == "stale":
            log.accepted_stale.append(op.key)
        log.acknowledged[op.key] = given.ids
        self.versions[op.case] = max(given.version, self.versions.get(op.case, 0))

    def timed(self, began: float) -> None:
        ended = time.perf_counter()
        if began >= self.warm:
            self.driven.latencies.append(ended - began)
            self.last = max(self.last, ended)

    def done(self) -> Driven:
        self.driven.took = max(self.last - self.warm, 1e-9)
        return self.driven


def _begun(ops: Sequence[Op], seconds: float, warm_s: float) -> _Run:
    now = time.perf_counter()
    return _Run(iter(ops), now + warm_s + seconds, now + warm_s)


async def drive(give: Give, ops: Sequence[Op], *, callers: int, seconds: float, warm_s: float = 0.5) -> Driven:
    """So many callers give the commands until the time is over or none is left."""
    run = _begun(ops, seconds, warm_s)

    async def caller() -> None:
        while (op := run.next()) is not None:
            began = time.perf_counter()
            try:
                run.told(op, await give(op, run.expected(op)))
            except StaleVersion:
                run.driven.stale += 1
            except RefusedCommand:
                run.driven.refused += 1
            run.timed(began)

    await asyncio.gather(*(caller() for _ in range(callers)))
    return run.done()


def drive_threads(gives: Sequence[GiveNow], ops: Sequence[Op], *, seconds: float, warm_s: float = 0.5) -> Driven:
    """The same with one thread for each `give`."""
    run, lock, failed = _begun(ops, seconds, warm_s), threading.Lock(), list[BaseException]()

    def caller(give: GiveNow) -> None:
        try:
            _calls(run, lock, give)
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread that waits
            failed.append(error)

    threads = [threading.Thread(target=caller, args=[give]) for give in gives]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return run.done()


def _calls(run: _Run, lock: threading.Lock, give: GiveNow) -> None:
    while True:
        with lock:
            op = run.next()
            expected = run.expected(op) if op else None
        if op is None:
            return
        began = time.perf_counter()
        try:
            given = give(op, expected)
            with lock:
                run.told(op, given)
        except StaleVersion:
            run.driven.stale += 1
        except RefusedCommand:
            run.driven.refused += 1
        with lock:
            run.timed(began)


def write_driven(path: Path, driven: Driven, stored: Sequence[tuple[int, str, int, str]]) -> None:
    """What a peer hands back: its log, and what its storage holds as (position, stream, version, event id) in the order of its readers."""
    log = driven.log
    told = {
        "took_s": driven.took,
        "latencies_ms": [round(1000 * one, 3) for one in driven.latencies],
        "refused": driven.refused,
        "stale": driven.stale,
        "acknowledged": log.acknowledged,
        "repeated": log.repeated,
        "accepted_stale": log.accepted_stale,
        "seen": log.seen,
        "stored": stored,
    }
    path.write_text(json.dumps(told))


def read_driven(path: Path) -> tuple[Driven, list[tuple[int, str, int, str]]]:
    """As `write_driven` wrote it."""
    told = json.loads(path.read_text())
    log = ClientLog(told["acknowledged"], [(key, ids) for key, ids in told["repeated"]], told["accepted_stale"], told["seen"])
    driven = Driven([one / 1000 for one in told["latencies_ms"]], told["took_s"], told["refused"], told["stale"], log)
    return driven, [(one[0], one[1], one[2], one[3]) for one in told["stored"]]
