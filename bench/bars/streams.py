"""From the store to the topic and from the topic to rows."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import psutil
from confluent_kafka import Consumer, TopicPartition

from bench.bars.pipeline import (
    SERVICE,
    all_shown,
    caught_up,
    filled,
    fresh_installation,
    line,
    past_store,
    reader_database,
    relayed,
    rows_of_store,
    rows_shown,
    source_of_installation,
    steadily,
    telling,
    watched,
    worker,
)
from bench.bars.stored import append_of
from bench.case import cases
from bench.checker import check_rows, check_topic
from bench.ground import PARTITIONS, Ground
from bench.results import Figure
from bench.workload import SEED, Draw, Op, Past, case_id
from kit.commands.writer import GroupWriter
from kit.journal import sets
from kit.journal.advance import lock_progress
from kit.journal.folding import fold
from kit.store.model import GroupResult
from kit.store.postgres import PgStore
from kit.streams.chain import Fact, understood
from kit.streams.topics import ensure_topics, topic_of

COMMANDS_A_SECOND, EVENTS_A_SECOND = 500, 1_000
PAGE = 5_000
WARM_S = 1.0


def backlog(ground: Ground) -> int:
    return ground.size(2_000, 100_000, 1_000_000)


async def relay_backlog(ground: Ground) -> Figure:
    """Events a second from a store into an empty topic, acknowledged by the broker, with all headers."""
    template, installation = await past_store(ground, backlog(ground)), fresh_installation()
    async with ground.database(template=template) as dsn:
        rate = await relayed(ground, dsn, installation)
        wrong = check_topic(await asyncio.to_thread(topic_messages, ground.bootstrap, topic_of(installation, SERVICE)), await _by_key(dsn))
    return Figure(rate, wrong=wrong)


def topic_messages(bootstrap: str, topic: str) -> list[tuple[str, int, str]]:
    """(key, position, event id) of all messages, by partition in order."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": topic, "enable.auto.commit": False})
    places = [TopicPartition(topic, partition, 0) for partition in range(PARTITIONS)]
    left = sum(consumer.get_watermark_offsets(place, timeout=10)[1] for place in places)
    consumer.assign(places)
    found: list[list[tuple[str, int, str]]] = [[] for _ in places]
    while left > 0:
        for message in consumer.consume(5_000, 0.1):
            left -= 1
            told: Any = dict(message.headers() or ())
            partition: Any = message.partition()
            found[partition].append(((message.key() or b"").decode(), int(told["ce_position"]), told["ce_id"].decode()))
    consumer.close()
    return [one for part in found for one in part]


async def _by_key(dsn: str) -> dict[str, list[str]]:
    connection = await asyncpg.connect(dsn)
    stored: dict[str, list[str]] = defaultdict(list)
    for row in await connection.fetch("select key, id::text from events order by position"):
        stored[row["key"]].append(row["id"])
    await connection.close()
    return stored


async def relay_latency(ground: Ground) -> Figure:
    """From an event's recording to its arrival at a consumer of the topic, at 1,000 events a second."""
    installation, seconds = fresh_installation(), ground.seconds(1, 5, 20)
    await ensure_topics(ground.bootstrap, installation, [SERVICE], PARTITIONS)
    source, latencies = source_of_installation(installation), list[float]()
    async with ground.database("store") as dsn, ground.process("bench.worker_process", "relay", dsn, ground.bootstrap, source):
        store = await PgStore(dsn, source).open()
        with _arriving(ground.bootstrap, topic_of(installation, SERVICE), latencies):
            await store.append(
                [append_of([Past(case_id(-1 % 2**40), Draw(SEED).household(), 1, "open", "first", 0)], {}, datetime.now(UTC))]
            )
            await _arrived(latencies, 1)  # the relay is at work
            await _append_steadily(store, EVENTS_A_SECOND, WARM_S + seconds)
            await _arrived(latencies, (await store.head()).position)
        await store.close()
        wrong = check_topic(await asyncio.to_thread(topic_messages, ground.bootstrap, topic_of(installation, SERVICE)), await _by_key(dsn))
    kept = sorted(latencies[int(EVENTS_A_SECOND * WARM_S) :])
    return Figure(kept[int(len(kept) * 0.95)], kept, wrong)


async def _arrived(latencies: list[float], count: int) -> None:
    async with asyncio.timeout(30):
        while len(latencies) < count:  # noqa: ASYNC110 - another thread counts
            await asyncio.sleep(0.05)


async def _append_steadily(store: PgStore, rate: int, seconds: float) -> None:
    """One event each time, in an open loop; what waits goes into one group."""

    async def nothing(_result: GroupResult) -> None:
        return None

    draw, writer, began, giving = Draw(SEED), GroupWriter(store, nothing), time.perf_counter(), set[asyncio.Task[Any]]()
    for number in range(int(rate * seconds)):
        if (wait := began + number / rate - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        past = Past(case_id(number), draw.household(), 1, "open", draw.details(), 0)
        task = asyncio.ensure_future(writer.submit(append_of([past], {}, datetime.now(UTC))))
        giving.add(task)
        task.add_done_callback(giving.discard)
    await asyncio.gather(*giving)


@contextmanager
def _arriving(bootstrap: str, topic: str, latencies: list[float]) -> Iterator[None]:
    """A consumer of its own thread notes how old each event is when it comes, in ms."""
    stop = threading.Event()
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": f"{topic}.arriving", "enable.auto.commit": False, "fetch.wait.max.ms": 5}
    )
    consumer.assign([TopicPartition(topic, partition, 0) for partition in range(PARTITIONS)])

    def take() -> None:
        while not stop.is_set():
            message = consumer.poll(0.1)
            if message is None or message.error():
                continue
            told: Any = dict(message.headers() or ())
            recorded = datetime.fromisoformat(told["ce_time"].decode())
            latencies.append(1000 * (datetime.now(UTC) - recorded).total_seconds())

    taking = threading.Thread(target=take)
    taking.start()
    try:
        yield
    finally:
        stop.set()
        taking.join()
        consumer.close()


def topic_events(ground: Ground) -> int:
    return ground.size(4_000, 200_000, 1_000_000)


async def kafka_to_rows(ground: Ground, workers: int = 1) -> Figure:
    """From the topic to committed journal and rows, with fence and checkpoint in the transaction."""
    full = await filled(ground, topic_events(ground))
    async with AsyncExitStack() as stack:
        dsn, pool = await stack.enter_async_context(reader_database(ground))
        before = ground.cpu()[1]
        processes = [await stack.enter_async_context(worker(ground, dsn, full.installation)) for _ in range(workers)]
        rate = await caught_up(pool, full.count)
        told = _cpu_of(processes, ground.cpu()[1] - before, full.count)
        wrong = check_rows(await rows_shown(pool, dsn), full.rows)
        if (kept := await pool.fetchval("select count(*) from journal")) != full.count:
            wrong.append(f"the journal holds {kept} of {full.count} events")
    return Figure(rate, wrong=wrong, notes=[told])


def _cpu_of(processes: Sequence[asyncio.subprocess.Process], server: float, count: int) -> str:
    """What an event took of CPU time; that of starting the workers is in it."""
    times = [psutil.Process(process.pid).cpu_times() for process in processes]
    own = sum(one.user + one.system for one in times)
    return (
        f"CPU time an event: {1e6 * own / count:.0f} us in the workers (their start is in it), {1e6 * server / count:.0f} us in PostgreSQL"
    )


async def kafka_to_rows_2(ground: Ground) -> Figure:
    """The same with two workers."""
    return await kafka_to_rows(ground, 2)


async def project_from_store(ground: Ground) -> Figure:
    """Events a second from the store into a view's rows, by pages whose next one is read meanwhile."""
    template = await past_store(ground, ground.size(2_000, 100_000, 1_000_000))
    async with ground.database(template=template) as owner, reader_database(ground) as (dsn, pool):
        store = await PgStore(owner, source_of_installation("bench")).open()
        began, count = time.perf_counter(), 0
        page = await store.read(0, PAGE)
        while page:
            ahead = asyncio.ensure_future(store.read(page[-1].meta.position, PAGE))
            await fold_page(pool, [Fact(event, understood(event)) for event in page])
            count, page = count + len(page), await ahead
        rate = count / (time.perf_counter() - began)
        await store.close()
        return Figure(rate, wrong=check_rows(await rows_shown(pool, dsn), await rows_of_store(owner)))


async def fold_page(pool: asyncpg.Pool, facts: list[Fact]) -> None:
    """Rows and the place that was reached, in one transaction."""
    meta = facts[-1].recorded.meta
    async with pool.acquire() as connection, connection.transaction():
        (target,) = await sets.live(connection, [cases])
        await lock_progress(connection, target, meta.source, meta.partition)
        failed = await fold(connection, target, facts)
        if failed:
            raise RuntimeError(f"{len(failed)} events could not be folded")
        await connection.execute(
            "update view_progress set position = $4 where set_id = $1 and source = $2 and partition = $3",
            *(target.id, meta.source, meta.partition, meta.position),
        )


async def command_to_row(ground: Ground) -> Figure:
    """From the moment a command is due to the moment its row is visible, at 500 commands a second in an open loop."""
    async with line(ground) as running, watched(running) as shown:
        began, seconds = time.perf_counter(), ground.seconds(1, 5, 30)
        await steadily(telling(running, shown), fresh_only(ground), COMMANDS_A_SECOND, WARM_S + seconds)
        await all_shown(shown)
        wrong = check_rows(await rows_shown(running.pool, running.reader), await rows_of_store(running.store))
    kept = shown.between(began + WARM_S, float("inf"))
    return Figure(sorted(kept)[len(kept) // 2], kept, wrong)


def fresh_only(ground: Ground) -> list[Op]:
    """Of the open loop's commands each is to become visible."""
    return [op for op in ground.ops if op.fate == "fresh"]
