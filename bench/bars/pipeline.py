"""From the store to the topic to the rows: the parts that several bars are made of."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import uuid4

import asyncpg

from bench.bars.stored import put_in
from bench.case import cases, command_of
from bench.checker import Row, plain_fold
from bench.ground import CALLER, PARTITIONS, Ground, command_path
from bench.workload import MEAN_LENGTH, Kind, Op, history
from kit.commands import CommandPath
from kit.errors import Refused
from kit.journal import sets
from kit.journal.arrivals import Arrivals
from kit.journal.reading import Views, parse_token
from kit.migrate import migrate
from kit.pools import pool_of
from kit.store.postgres import PgStore
from kit.streams.relay import Relay
from kit.streams.topics import ensure_topics, topic_of

SERVICE = "civil"
LOOKS_EVERY_S = 0.02
PATIENCE_S = 180.0
KINDS: dict[str, Kind] = {
    "civil.case.opened": "open", "civil.case.noted": "note", "civil.case.paid": "pay", "civil.case.referred": "refer",
    "civil.case.closed": "close",
}  # fmt: skip
OF_STORE = "select stream, type, coalesce((data->>'amount_fen')::bigint, 0) as fen from events order by position"


@dataclass(frozen=True)
class Filled:
    """A store with a past, and its topic with the same events. template: of the store's database."""

    installation: str
    template: str
    count: int
    rows: dict[str, Row]

    @property
    def topic(self) -> str:
        return topic_of(self.installation, SERVICE)


def fresh_installation() -> str:
    return f"b{uuid4().hex[:10]}"


def source_of_installation(installation: str) -> str:
    return f"/minsheng/{installation}/{SERVICE}"


async def past_store(ground: Ground, events: int) -> str:
    """The template of a store's database that holds so many events of the past."""

    async def fill(dsn: str) -> None:
        await migrate(dsn, ["store"])
        store = await PgStore(dsn, source_of_installation("bench")).open()
        await put_in(store, history(past_cases(events), most=events))
        await store.pool.execute("analyze")
        await store.close()

    return await ground.made(f"past-{events}", fill)


def past_cases(events: int) -> int:
    """So many cases that their streams have at least so many events together."""
    return events // MEAN_LENGTH + events // 100 + 50


async def filled(ground: Ground, events: int) -> Filled:
    """The store and its topic, made once for a run of the suite."""
    known: dict[int, Filled] = ground.kept.setdefault("filled", {})
    if events not in known:
        template, installation = await past_store(ground, events), fresh_installation()
        async with ground.database(template=template) as dsn:
            await relayed(ground, dsn, installation)
            known[events] = Filled(installation, template, events, await rows_of_store(dsn))
    return known[events]


async def rows_of_store(dsn: str) -> dict[str, Row]:
    """What the plain fold makes of a store's events."""
    connection = await asyncpg.connect(dsn)
    try:
        found = await connection.fetch(OF_STORE)
    finally:
        await connection.close()
    return plain_fold((row["stream"].removeprefix("case/"), KINDS[row["type"]], row["fen"]) for row in found)


async def relayed(ground: Ground, dsn: str, installation: str) -> float:
    """The store's events are in the topic; events a second, from the first acknowledged ones on."""
    await ensure_topics(ground.bootstrap, installation, [SERVICE], PARTITIONS)
    store = await PgStore(dsn, source_of_installation(installation)).open()
    head = (await store.head()).position
    relay, stop = Relay(store, dsn, ground.bootstrap), asyncio.Event()
    running = asyncio.ensure_future(relay.run(stop))
    first = (time.perf_counter(), 0)
    async with asyncio.timeout(PATIENCE_S):
        while relay.position < head:
            if running.done():
                running.result()
            await asyncio.sleep(0.002)
            if first[1] == 0 and 0 < relay.position < head:
                first = (time.perf_counter(), relay.position)
    ended = time.perf_counter()
    stop.set()
    await running
    await store.close()
    return (head - first[1]) / max(ended - first[0], 1e-9)


@asynccontextmanager
async def reader_database(ground: Ground) -> AsyncIterator[tuple[str, asyncpg.Pool]]:
    """A reader's database with the tables of the view."""
    async with ground.database("reader") as dsn, pool_of(dsn, most=6) as pool:
        await sets.prepare(pool, [cases])
        yield dsn, pool


async def rows_shown(pool: asyncpg.Pool, dsn: str) -> dict[str, Row]:
    """The live rows of the view."""
    async with Views(pool, dsn, "bench") as views:
        return {row.case_id: Row(row.events, row.paid_fen, row.closed) for row in await views.rows(cases)}


@asynccontextmanager
async def worker(ground: Ground, dsn: str, installation: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A journal's worker process."""
    topic = topic_of(installation, SERVICE)
    async with ground.process("bench.worker_process", "journal", dsn, ground.bootstrap, topic, f"{installation}.{dsn[-8:]}") as process:
        yield process


async def applied(pool: asyncpg.Pool) -> int:
    """Messages that the journal's consumer has applied."""
    count: int = await pool.fetchval("select coalesce(sum(next_offset), 0)::bigint from checkpoint where consumer = 'journal'")
    return count


async def caught_up(pool: asyncpg.Pool, count: int) -> float:
    """All messages are applied; messages a second, from the first commit on."""
    first = (0.0, 0)
    async with asyncio.timeout(PATIENCE_S):
        while (now := await applied(pool)) < count:
            if now and not first[1]:
                first = (time.perf_counter(), now)
            await asyncio.sleep(LOOKS_EVERY_S)
    return (count - first[1]) / max(time.perf_counter() - first[0], 1e-9) if first[1] else 0.0


@dataclass
class Line:
    """The whole way at work: a command path here, a relay and workers beside. pool: of the reader's database."""

    path: CommandPath
    reader: str
    pool: asyncpg.Pool
    installation: str
    relay: asyncio.subprocess.Process
    workers: list[asyncio.subprocess.Process]
    store: str


@asynccontextmanager
async def line(ground: Ground, *, workers: int = 1, of: Filled | None = None) -> AsyncIterator[Line]:
    """A store with the opened cases (or that of a filled topic), and everything behind it, caught up."""
    async with AsyncExitStack() as stack:
        if of is None:
            owner, _ = await stack.enter_async_context(ground.opened_store())
        else:
            owner = await stack.enter_async_context(ground.database(template=of.template))
        installation = fresh_installation()
        await ensure_topics(ground.bootstrap, installation, [SERVICE], PARTITIONS)
        source = source_of_installation(installation)
        path = await stack.enter_async_context(command_path(owner, source))
        reader, pool = await stack.enter_async_context(reader_database(ground))
        relay = await stack.enter_async_context(ground.process("bench.worker_process", "relay", owner, ground.bootstrap, source))
        started = [await stack.enter_async_context(worker(ground, reader, installation)) for _ in range(workers)]
        await caught_up(pool, (await path.store.head()).position)
        yield Line(path, reader, pool, installation, relay, started, owner)


@dataclass
class Shown:
    """When what was said was seen: latencies in ms from the moment a command was due to the moment its row was visible, with that moment."""

    waiting: dict[int, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    latencies: list[tuple[float, float]] = field(default_factory=list)
    advances: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    def stored(self, token: str, due: float) -> None:
        """A command was answered with this position token."""
        for (_, partition), position in parse_token(token).items():
            heapq.heappush(self.waiting[partition], (position, due))

    def reached(self, partition: int, position: int, now: float) -> None:
        queue = self.waiting[partition]
        if queue and queue[0][0] <= position:
            self.advances[partition].append(now)
        while queue and queue[0][0] <= position:
            due = heapq.heappop(queue)[1]
            self.latencies.append((now, 1000 * (now - due)))

    def between(self, begin: float, end: float) -> list[float]:
        return [latency for now, latency in self.latencies if begin <= now < end]

    @property
    def open(self) -> int:
        return sum(map(len, self.waiting.values()))


@asynccontextmanager
async def watched(running: Line) -> AsyncIterator[Shown]:
    """Each commit of the journal is looked at as soon as it is announced: what its checkpoints have reached is visible to every reader."""
    shown = Shown()

    async def watch() -> None:
        async with Arrivals(running.reader) as arrivals:
            while True:
                seen = arrivals.count
                marks = await running.pool.fetch("select partition, position from checkpoint where consumer = 'journal'")
                now = time.perf_counter()
                for mark in marks:
                    shown.reached(mark["partition"], mark["position"], now)
                await arrivals.after(seen)

    watching = asyncio.ensure_future(watch())
    try:
        yield shown
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def steadily(give: Callable[[Op, float], Awaitable[None]], ops: Iterable[Op], rate: float, seconds: float) -> None:
    """An open loop: each command is given when it is due, whatever became of those before it."""
    began, giving = time.perf_counter(), set[asyncio.Task[None]]()
    for number, op in enumerate(islice(ops, int(rate * seconds))):
        due = began + number / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        task = asyncio.ensure_future(give(op, due))
        giving.add(task)
        task.add_done_callback(giving.discard)
    await asyncio.gather(*giving)


def telling(running: Line, shown: Shown) -> Callable[[Op, float], Awaitable[Any]]:
    """Gives commands to the line's path and notes what must become visible. What a rule refuses is not waited for."""

    async def give(op: Op, due: float) -> None:
        try:
            answer = await running.path.execute(command_of(op), CALLER, op.key)
        except Refused:
            return
        if answer.token and not answer.repeated:
            shown.stored(answer.token, due)

    return give


async def all_shown(shown: Shown) -> None:
    """What was stored is visible."""
    async with asyncio.timeout(PATIENCE_S):
        while shown.open:  # noqa: ASYNC110 - the watcher empties it
            await asyncio.sleep(LOOKS_EVERY_S)
