"""What happens to readers when something goes wrong beside them: a worker is killed, a stranger leaves a transaction open, a view is rebuilt."""

from __future__ import annotations

import asyncio
import random
import signal
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise

import asyncpg
import msgspec

from bench.bars.pipeline import Filled, Line, all_shown, filled, line, past_cases, rows_of_store, rows_shown, steadily, telling, watched
from bench.bars.streams import COMMANDS_A_SECOND, WARM_S, fresh_only
from bench.case import cases
from bench.checker import check_rows
from bench.ground import Ground
from bench.results import Figure, percentiles
from bench.workload import load, openings
from kit.journal.reading import Views

READS_A_SECOND, COMMANDS_BESIDE_REBUILD = 100, 200
IDLE_RATIO = 2.0
NOISE_MS = 1.0
"""Two medians of seconds of load differ by as much when nothing happened (seen)."""


async def _whole(running: Line) -> list[str]:
    return check_rows(await rows_shown(running.pool, running.reader), await rows_of_store(running.store))


async def failover(ground: Ground) -> Figure:
    """Seconds without a committed row in any partition after one of two workers was killed, at 500 commands a second."""
    before_s, after_s = ground.seconds(1, 1, 4), ground.seconds(4, 5, 8)
    async with line(ground, workers=2) as running, watched(running) as shown:
        giving = asyncio.ensure_future(steadily(telling(running, shown), fresh_only(ground), COMMANDS_A_SECOND, before_s + after_s))
        await asyncio.sleep(before_s)
        running.workers[0].send_signal(signal.SIGKILL)
        killed = time.perf_counter()
        await giving
        await all_shown(shown)
        wrong = await _whole(running)
    gaps = [_longest_gap([at for at in times if at > killed - 0.5], killed) for times in shown.advances.values()]
    if len(gaps) < 2:
        wrong.append("the load reached fewer than two partitions")
    return Figure(max(gaps, default=0.0), wrong=wrong)


def _longest_gap(times: list[float], killed: float) -> float:
    """Between two advances of a partition, the later of them after the kill."""
    return max((late - early for early, late in pairwise(times) if late > killed), default=0.0)


@asynccontextmanager
async def _stranger(dsn: str) -> AsyncIterator[None]:
    """Somebody else's transaction in the same database: it has written, and stays open."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("create table if not exists strangers_table (n int)")
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("insert into strangers_table values (1)")
    try:
        yield
    finally:
        await transaction.rollback()
        await connection.close()


async def stranger(ground: Ground) -> Figure:
    """Milliseconds that a stranger's open transactions, in the store and in the reader's database, add to the median of command to row."""
    seconds = ground.seconds(1.5, 5, 60)
    async with line(ground) as running, watched(running) as shown:
        ops = fresh_only(ground)
        half = int(COMMANDS_A_SECOND * (WARM_S + seconds))
        began = time.perf_counter()
        await steadily(telling(running, shown), ops[:half], COMMANDS_A_SECOND, WARM_S + seconds)
        await all_shown(shown)
        alone = shown.between(began + WARM_S, time.perf_counter())
        began = time.perf_counter()
        async with _stranger(running.store), _stranger(running.reader):
            await steadily(telling(running, shown), ops[half : 2 * half], COMMANDS_A_SECOND, WARM_S + seconds)
            await all_shown(shown)
        beside = shown.between(began + WARM_S, time.perf_counter())
        wrong = await _whole(running)
    if max(beside) > max(500 * seconds, 3 * max(alone)):
        wrong.append(f"a reader waited {max(beside):.0f} ms, before {max(alone):.0f}")
    told = f"median {statistics.median(alone):.1f} ms before, {statistics.median(beside):.1f} ms while it was open; the longest {max(beside):.0f} ms"
    return Figure(max(0.0, statistics.median(beside) - statistics.median(alone)), beside, wrong, [told])


@dataclass
class Reads:
    """Latencies in ms of reads that were due, and those that failed."""

    latencies: list[float] = field(default_factory=list)
    failed: int = 0


async def _read(views: Views, keys: list[str], reads: Reads, stop: asyncio.Event) -> None:
    """One row a time, in an open loop, until told to stop."""
    dice, began, number, reading = random.Random(7), time.perf_counter(), 0, set[asyncio.Task[None]]()

    async def one(due: float) -> None:
        try:
            found = await views.get(cases, dice.choice(keys))
        except (asyncpg.PostgresError, OSError):
            found = None
        reads.failed += found is None
        reads.latencies.append(1000 * (time.perf_counter() - due))

    while not stop.is_set():
        due = began + number / READS_A_SECOND
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.ensure_future(one(due))
        reading.add(task)
        task.add_done_callback(reading.discard)
        number += 1
    await asyncio.gather(*reading)


async def rebuild_1m(ground: Ground) -> Figure:
    """Seconds that a rebuild of the view takes beside 200 commands and 100 reads a second; the reads' times are those during it."""
    full = await filled(ground, ground.size(4_000, 100_000, 1_000_000))
    async with line(ground, of=full) as running, watched(running) as shown, Views(running.pool, running.reader, "bench") as views:
        ops = [op for op in load(60_000, openings(past_cases(full.count)), name="beside") if op.fate == "fresh"]
        giving = asyncio.ensure_future(steadily(telling(running, shown), ops, COMMANDS_BESIDE_REBUILD, 250))
        idle, _ = await _reading(views, full, asyncio.sleep(ground.seconds(1, 3, 10)))
        busy, told = await _reading(views, full, _rebuilt(ground, running.reader))
        giving.cancel()
        await asyncio.gather(giving, return_exceptions=True)
        await all_shown(shown)
        wrong = await _whole(running)
    outcome = msgspec.json.decode(told)
    if not outcome["equal"]:
        wrong.append("the rebuilt view has another digest")
    p99, idle_p99 = percentiles(busy.latencies)[2], percentiles(idle.latencies)[2]
    missed = [f"{busy.failed + idle.failed} reads failed"] if busy.failed + idle.failed else []
    missed += [f"read p99 is more than twice that before ({idle_p99:.1f} ms)"] if p99 > IDLE_RATIO * idle_p99 else []
    notes = [f"{full.count:,} events and what the commands added; read p99 {idle_p99:.1f} ms before, {p99:.1f} ms during"]
    return Figure(outcome["seconds"], busy.latencies, wrong, notes, missed)


async def _reading(views: Views, full: Filled, doing: object) -> tuple[Reads, bytes]:
    """Reads go on while something is done; they, and what it gave."""
    reads, stop = Reads(), asyncio.Event()
    reader = asyncio.ensure_future(_read(views, list(full.rows), reads, stop))
    told = await doing  # type: ignore[misc]
    stop.set()
    await reader
    return reads, told or b""


async def _rebuilt(ground: Ground, dsn: str) -> bytes:
    async with ground.process("bench.worker_process", "rebuild", dsn) as process:
        assert process.stdout is not None
        return await process.stdout.readline()
