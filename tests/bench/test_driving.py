"""Callers tell the truth about what they were answered, whichever way they call."""

from __future__ import annotations

import threading
from collections import defaultdict
from pathlib import Path

import pytest

from bench.bars.pipeline import Shown
from bench.driving import Driven, Given, RefusedCommand, StaleVersion, drive, drive_threads, read_driven, write_driven
from bench.workload import Op, load, openings

OPENED = openings(300)
OPS = list(load(3_000, OPENED))


class Honest:
    """A store in memory that keeps versions and keys."""

    def __init__(self) -> None:
        self.versions: dict[str, int] = defaultdict(int, {op.case: 1 for op in OPENED})
        self.answers: dict[str, Given] = {}
        self.closed: set[str] = set()
        self.lock = threading.Lock()

    def now(self, op: Op, expected: int | None) -> Given:
        with self.lock:
            if op.key in self.answers:
                return self.answers[op.key]
            if expected is not None and expected != self.versions[op.case]:
                raise StaleVersion
            if op.case in self.closed:
                raise RefusedCommand
            if op.kind == "close":
                self.closed.add(op.case)
            begin = self.versions[op.case]
            self.versions[op.case] += len(op.details)
            self.answers[op.key] = Given([f"{op.case}@{begin + n}" for n in range(1, len(op.details) + 1)], self.versions[op.case])
            return self.answers[op.key]

    async def give(self, op: Op, expected: int | None) -> Given:
        return self.now(op, expected)


def check(driven: Driven, store: Honest) -> None:
    log = driven.log
    assert len(driven.latencies) == len(OPS)
    assert log.acknowledged == {key: answer.ids for key, answer in store.answers.items()}
    assert log.repeated
    assert all(log.acknowledged.get(key, ids) == ids for key, ids in log.repeated)
    assert driven.stale == sum(op.fate == "stale" for op in OPS)
    assert log.accepted_stale == []


async def test_one_caller_after_the_other_gives_every_command_once() -> None:
    store = Honest()
    check(await drive(store.give, OPS, callers=4, seconds=60, warm_s=0), store)


def test_threads_do_the_same() -> None:
    store = Honest()
    check(drive_threads([store.now] * 4, OPS, seconds=60, warm_s=0), store)


def test_an_error_of_a_thread_ends_the_run() -> None:
    def broken(_op: Op, _expected: int | None) -> Given:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        drive_threads([broken, broken], OPS, seconds=60, warm_s=0)


async def test_a_store_that_takes_old_versions_is_found_out() -> None:
    async def careless(op: Op, _expected: int | None) -> Given:
        return Given([op.key], 9)

    assert (await drive(careless, OPS, callers=1, seconds=60, warm_s=0)).log.accepted_stale


async def test_what_was_warming_up_is_not_counted() -> None:
    driven = await drive(Honest().give, OPS, callers=1, seconds=60, warm_s=60)
    assert driven.latencies == []
    assert driven.log.acknowledged


async def test_a_log_reads_back_as_it_was(tmp_path: Path) -> None:
    driven = await drive(Honest().give, OPS[:50], callers=1, seconds=60, warm_s=0)
    write_driven(tmp_path / "log", driven, [(1, "a", 1, "e1")])
    again, stored = read_driven(tmp_path / "log")
    assert (again.log, stored) == (driven.log, [(1, "a", 1, "e1")])
    assert again.rate == pytest.approx(driven.rate)


def test_a_command_is_visible_when_its_partition_has_reached_its_position() -> None:
    shown = Shown()
    shown.stored("civil/2:7", due=1.0)
    shown.stored("civil/2:5", due=1.0)
    shown.reached(2, 6, now=1.5)
    assert (shown.latencies, shown.open) == ([(1.5, 500.0)], 1)
    shown.reached(1, 9, now=1.6)
    shown.reached(2, 7, now=2.0)
    assert (shown.between(1.9, 3.0), shown.open) == ([1000.0], 0)
