"""What only shows with time or size: memory over half an hour, cost an event as the store grows, the chain among a million, a year."""

from __future__ import annotations

import asyncio
import os
import random
import re
import shutil
import statistics
import sys
import time
from collections.abc import Awaitable, Iterator
from contextlib import AsyncExitStack
from itertools import islice

import asyncpg
import psutil

from bench.bars.commands import HTTP_CLIENTS
from bench.bars.http_client import Connection
from bench.bars.peers import PeerFailed, ended
from bench.bars.pipeline import Line, all_shown, line, reader_database, rows_of_store, rows_shown, source_of_installation, steadily, watched
from bench.bars.stored import put_in
from bench.bars.streams import COMMANDS_A_SECOND, fold_page
from bench.checker import check_rows
from bench.driving import RefusedCommand
from bench.findings import ident, recorded
from bench.ground import CALLER, Ground
from bench.reports import fill, homes_and_needs
from bench.results import CannotRun, Figure, percentiles
from bench.workload import Op, Past, history, load
from kit.identity import LocalIssuer, Role
from kit.journal import entries, sets
from kit.pools import pool_of
from kit.store.postgres import PgStore
from kit.streams.chain import Fact, understood
from services.linkage.service import linkage
from services.linkage.views.household import household
from services.linkage.views.need import need

MIB = 2**20
MOST_GROWTH = 1.10
FLAT = 0.15
CHUNK, CHUNKS = 10_000, 5
BYTES_AN_EVENT = 2_500
READS_A_SECOND, ASKED = 50, 1_000
LEAST_COMMANDS_A_SECOND = 800


async def memory(ground: Ground) -> Figure:
    """MiB of the largest of our processes (API, relay, worker) after half an hour at 500 commands a second over HTTP."""
    seconds, home = ground.seconds(2, 60, 1_800), ground.fresh_folder()
    token = LocalIssuer(home).issue(CALLER.id, CALLER.roles, CALLER.area)
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(line(ground))
        source = source_of_installation(running.installation)
        api = await stack.enter_async_context(ground.process("bench.api_process", running.store, str(home), source))
        assert api.stdout is not None
        port = int(await api.stdout.readline())
        free: asyncio.Queue[Connection] = asyncio.Queue()
        for _ in range(HTTP_CLIENTS):
            free.put_nowait(await Connection.open(port, token))
        await _asked_once(free)

        async def give(op: Op, _due: float) -> None:
            connection = await free.get()
            try:
                await connection.give(op, None)
            except RefusedCommand:
                pass
            finally:
                free.put_nowait(connection)

        processes = {"api": api.pid, "relay": running.relay.pid, "worker": running.workers[0].pid}
        seen: dict[str, list[float]] = {name: [] for name in processes}
        sampling = asyncio.ensure_future(_sampled(processes, seen, seconds))
        await steadily(give, _endless(ground, seconds), COMMANDS_A_SECOND, seconds)
        await sampling
        wrong = await _settled(running)
    ground.forget(home)
    return _memory_figure(seen, wrong)


async def _asked_once(free: asyncio.Queue[Connection]) -> None:
    """The process has read the issuer's keys."""
    connection = await free.get()
    await connection.ask("GET", "/head")
    free.put_nowait(connection)


def _endless(ground: Ground, seconds: float) -> Iterator[Op]:
    """Enough commands: those of the load, then more of other keys on the same cases."""
    rest = int(seconds * COMMANDS_A_SECOND)
    yield from islice((op for op in load(2 * rest + 100, ground.opened, name="memory") if op.fate == "fresh"), rest)


async def _sampled(processes: dict[str, int], seen: dict[str, list[float]], seconds: float) -> None:
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        for name, pid in processes.items():
            seen[name].append(psutil.Process(pid).memory_info().rss / MIB)
        await asyncio.sleep(max(seconds / 200, 0.1))


async def _settled(running: Line) -> list[str]:
    """Everything has come through, and the rows are the plain fold's."""
    async with watched(running) as shown:
        await all_shown(shown)
        head = (await running.path.store.head()).position
        async with asyncio.timeout(120):
            while await running.pool.fetchval("select coalesce(max(position), 0) from checkpoint") < head:  # noqa: ASYNC110 - only asking shows it
                await asyncio.sleep(0.1)
    return check_rows(await rows_shown(running.pool, running.reader), await rows_of_store(running.store))


def _memory_figure(seen: dict[str, list[float]], wrong: list[str]) -> Figure:
    notes, missed = [], []
    for name, samples in seen.items():
        early, late = statistics.median(samples[len(samples) // 6 : len(samples) // 3] or samples), statistics.median(samples[-10:])
        notes.append(f"{name}: {early:.0f} MiB after a quarter of the time, {late:.0f} at the end")
        if late > early * MOST_GROWTH:
            missed.append(f"{name} grows")
    return Figure(max(samples[-1] for samples in seen.values()), wrong=wrong, notes=notes, missed=missed)


async def growth(ground: Ground) -> Figure:
    """By how many per cent the cost of an event (append, read, projection) moves from the smallest store to the largest."""
    sizes = [4_000, 8_000] if ground.tiny else [100_000, 1_000_000, 10_000_000]
    chunk = 200 if ground.tiny else CHUNK
    _needs_space(ground, sizes[-1])
    costs: list[dict[str, float]] = []
    async with ground.database("store") as owner, reader_database(ground) as (_, pool):
        store = await PgStore(owner, source_of_installation("bench")).open()
        past = history(sizes[-1] // 10 + 10_000)
        stored, known = 0, dict[str, int]()
        for size in sizes:
            stored = await put_in(store, islice(past, size - stored - CHUNKS * chunk), known)
            await store.pool.execute("analyze events")
            costs.append(await _costs(store, pool, past, known, chunk))
            stored = (await store.head()).position
        await store.close()
    changes = {what: max(abs(one[what] / costs[0][what] - 1) for one in costs[1:]) for what in costs[0]}
    notes = [
        f"{what}: " + ", ".join(f"{one[what]:.1f} us at {size:,}" for one, size in zip(costs, sizes, strict=True)) for what in costs[0]
    ]
    return Figure(100 * max(changes.values()), notes=notes)


def _needs_space(ground: Ground, events: int) -> None:
    free = shutil.disk_usage(ground.folder).free
    if free < events * BYTES_AN_EVENT * 1.5:
        raise CannotRun(f"{events:,} events need {events * BYTES_AN_EVENT * 1.5 / 2**30:.0f} GiB, {free / 2**30:.0f} are free")


async def _costs(store: PgStore, pool: asyncpg.Pool, past: Iterator[Past], known: dict[str, int], chunk: int) -> dict[str, float]:
    """Microseconds an event of append, read and projection: medians of five chunks."""
    found: dict[str, list[float]] = {"append": [], "read": [], "projection": []}
    for _ in range(CHUNKS):
        events = list(islice(past, chunk))
        head = (await store.head()).position
        found["append"].append(await _timed(put_in(store, events, known), chunk))
        page = await store.read(head, chunk)
        found["read"].append(await _timed(store.read(head, chunk), len(page)))
        facts = [Fact(event, understood(event)) for event in page]
        found["projection"].append(await _timed(fold_page(pool, facts), len(page)))
    return {what: statistics.median(times) for what, times in found.items()}


async def _timed(doing: Awaitable[object], events: int) -> float:
    began = time.perf_counter()
    await doing
    return 1e6 * (time.perf_counter() - began) / max(events, 1)


async def chain_read(ground: Ground) -> Figure:
    """The chain of one household among a million over HTTP, at fifty requests a second in an open loop."""
    homes, asked = ground.size(500, 100_000, 1_000_000), ground.size(20, ASKED, ASKED)
    home = ground.fresh_folder()
    token = LocalIssuer(home).issue("auditor-1", {Role.AUDITOR}, "440308")
    async with ground.database("reader") as dsn:
        await _fill_chains(dsn, homes, asked)
        async with ground.process("bench.read_process", dsn, str(home)) as process:
            assert process.stdout is not None
            port = int(await process.stdout.readline())
            latencies, wrong = await _ask_chains(await _connected(port, token), asked, ground.seconds(1, 10, 60))
    ground.forget(home)
    return Figure(percentiles(latencies)[0], latencies, wrong)


async def _fill_chains(dsn: str, homes: int, asked: int) -> None:
    """Most households have a status and a need; those that are asked for have a whole year in rows of every kind, and in the journal."""
    facts = recorded(asked)
    async with pool_of(dsn, most=4) as pool:
        await linkage.prepare(pool)
        await sets.prepare(pool, linkage.views)
        await fill(pool, household, ((one.household_id, one) for one, _ in homes_and_needs(homes)))
        await fill(pool, need, ((one.need_id, one) for _, one in homes_and_needs(homes)))
        for view in linkage.views:
            told = ((fact.event, fact.recorded.meta) for fact in facts if fact.event is not None)
            await fill(pool, view, iter(view.fold(told).items()))
        async with pool.acquire() as connection, connection.transaction():
            await entries.write(connection, facts)
        await pool.execute("analyze")


async def _connected(port: int, token: str) -> Connection:
    """A connection to the process, once it listens."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await Connection.open(port, token)
            except OSError:
                await asyncio.sleep(0.05)


async def _ask_chains(first: Connection, asked: int, seconds: float) -> tuple[list[float], list[str]]:
    """(latencies in ms from when each request was due, what was wrong with answers)."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    dice, latencies, wrong, asking = random.Random(7), list[float](), list[str](), set[asyncio.Task[None]]()
    for _ in range(2 * HTTP_CLIENTS):
        free.put_nowait(await first.another())
    warm = int(READS_A_SECOND)

    async def ask(number: int, due: float) -> None:
        connection, one = await free.get(), ident(1, dice.randrange(1, asked + 1))
        status, body = await connection.ask("GET", f"/households/{one}/chain?as_of=2022-12-31")
        free.put_nowait(connection)
        if status != 200 or one.encode() not in body:
            wrong.append(f"household {one}: {status}")
        if number >= warm:
            latencies.append(1000 * (time.perf_counter() - due))

    began = time.perf_counter()
    for number in range(warm + int(READS_A_SECOND * seconds)):
        due = began + number / READS_A_SECOND
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.ensure_future(ask(number, due))
        asking.add(task)
        task.add_done_callback(asking.discard)
    await asyncio.gather(*asking)
    return latencies, wrong[:5]


async def year(ground: Ground) -> Figure:
    """Seconds of `minsheng year` from start to report, with servers and services of its own."""
    from minsheng.commands.year import SEED
    from minsheng.district import year as invented

    scale, place = 0.02 if ground.tiny else 1.0, ground.fresh_folder()
    commands = await asyncio.to_thread(lambda: sum(len(day) for day in invented(SEED, scale)))
    environment = {**os.environ, "MINSHENG_HOME": str(place / "home")}
    try:
        await ended([sys.executable, "-m", "minsheng", "year", "--scale", str(scale)], place, environment, 1_200)
        told = (place / "told").read_text(errors="replace")
    except PeerFailed as failed:  # ours is not a peer: what it cannot do is red, not "not run"
        return Figure(0.0, wrong=[str(failed)])
    finally:
        await ended([sys.executable, "-m", "minsheng", "down", "--remove-data"], place, environment)
        ground.forget(place)
    found = re.search(r"([\d.]+) s in all", told)
    if found is None:
        return Figure(0.0, wrong=[f"the year said no time: {told[-200:]}"])
    seconds = float(found[1])
    rate = commands / seconds
    missed = [] if rate >= LEAST_COMMANDS_A_SECOND else [f"{rate:.0f} commands a second over the whole time"]
    return Figure(seconds, notes=[f"{commands:,} commands"], missed=missed)
