"""The relay under fire: killed, frozen, beside a second one, over a broker's restart. Topic minus repeats equals store, in order."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from kit.migrate import migrate
from kit.store import Append, Read
from kit.store.postgres import LOCK, PgStore
from kit.streams.ledger import WHOLE
from kit.streams.relay import Relay
from kit.streams.topics import Topic
from tests.kit.store.toys import new_event
from tests.kit.streams.places import Place, messages, without_repeats
from tests.kit.streams.table_store import TableStore
from tests.kit.streams.test_relay import CUT_HOLDER, until
from tests.kit.streams.toy import additions, as_store_row

pytestmark = [pytest.mark.real, pytest.mark.fault]
ROOT = Path(__file__).parents[3]


@pytest.fixture
async def pool(place: Place) -> AsyncIterator[asyncpg.Pool]:
    await migrate(place.dsn, ["store"])
    async with asyncpg.create_pool(place.dsn, min_size=1, max_size=4) as pool:
        yield pool


@asynccontextmanager
async def process(place: Place) -> AsyncIterator[asyncio.subprocess.Process]:
    """A relay in a process of its own; it does not outlive the block."""
    command = [sys.executable, "-m", "tests.kit.streams.relay_process", place.dsn, place.bootstrap, place.source()]
    relay = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL)
    try:
        yield relay
    finally:
        if relay.returncode is None:
            relay.kill()
        await relay.wait()


async def acknowledged(pool: asyncpg.Pool) -> int:
    """How far the relay's ledger says that all was acknowledged."""
    position: int | None = await pool.fetchval("select position from relay_ledger where partition = $1", WHOLE)
    return position or 0


async def reaches(pool: asyncpg.Pool, position: int) -> None:
    async with asyncio.timeout(60):
        while await acknowledged(pool) < position:  # noqa: ASYNC110 (another process moves it)
            await asyncio.sleep(0.005)


def assert_topic_is_store(place: Place, topic: Topic, count: int) -> int:
    """Without repeats, partition by partition, nothing lost and nothing out of order. Returns how many repeats there were."""
    partitions = messages(place.bootstrap, topic)
    applied = [position for partition in partitions.values() for position in without_repeats(partition)]
    assert sorted(applied) == list(range(1, count + 1))
    return sum(map(len, partitions.values())) - count


async def test_a_relay_killed_at_any_moment_loses_nothing(place: Place, pool: asyncpg.Pool) -> None:
    """Ruling 8 of the design: kill -9 while it produces, several times; the next one goes on from what the topic shows."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201
    chance, total, kills = random.Random(seed), 12_000, 0
    topic, store = await place.topic(), TableStore(pool, place.source())
    await store.write(additions(total, 200))
    for _ in range(4):
        goal = await acknowledged(pool) + chance.randrange(200, 2_000)
        async with process(place) as relay:
            await reaches(pool, min(goal, total))
            await asyncio.sleep(chance.random() * 0.01)
            relay.send_signal(signal.SIGKILL)
            await relay.wait()
        kills += await acknowledged(pool) < total
    async with process(place):
        await reaches(pool, total)
    assert kills >= 2, "no kill came in time"
    assert_topic_is_store(place, topic, total)


async def test_a_frozen_relay_that_thaws_beside_its_successor_harms_nothing(place: Place, pool: asyncpg.Pool) -> None:
    """Ruling 8 of the design, T: SIGSTOP and SIGCONT of two relays; the frozen one's batches may land late, then it ends with an error."""
    topic, store = await place.topic(), TableStore(pool, place.source())
    await store.write(additions(10_000, 200))
    async with process(place) as frozen:
        await reaches(pool, 500)
        frozen.send_signal(signal.SIGSTOP)
        stopped_at = await acknowledged(pool)
        assert stopped_at < 10_000, "it was frozen too late"
        await pool.execute(CUT_HOLDER)
        async with process(place) as successor:
            await reaches(pool, 10_000)
            await store.write(additions(500, 200, first=10_001))
            frozen.send_signal(signal.SIGCONT)
            await reaches(pool, 10_500)
            assert await asyncio.wait_for(frozen.wait(), 20) != 0
            await store.write(additions(500, 200, first=10_501))
            await reaches(pool, 11_000)
            assert successor.returncode is None
    assert_topic_is_store(place, topic, 11_000)


@asynccontextmanager
async def relaying(place: Place) -> AsyncIterator[tuple[PgStore, Relay]]:
    """The real store with its relay in this process."""
    store: Any = await PgStore(place.dsn, place.source()).open()
    relay, stop = Relay(store, place.dsn, place.bootstrap), asyncio.Event()
    task = asyncio.ensure_future(relay.run(stop))
    try:
        yield store, relay
        if task.done():
            task.result()
    finally:
        stop.set()
        await asyncio.wait({task})
        await store.close()


async def append(store: PgStore, stream: str) -> int:
    event = new_event(stream, 1)
    (verdict,) = (await store.append([Append(reads=[Read(stream, 0)], events=[event])])).verdicts
    return verdict.position


async def test_a_strangers_open_transaction_stalls_nothing(place: Place, pool: asyncpg.Pool) -> None:
    """A reader that waits for a snapshot horizon would stand still until the stranger is done."""
    topic = await place.topic()
    async with pool.acquire() as stranger, relaying(place) as (store, relay):
        transaction = stranger.transaction()
        await transaction.start()
        await stranger.execute("insert into claim(kind, key, stream) values ('a', 'b', 'c')")
        assert await append(store, "counter/a") == 1
        await until(lambda: relay.position == 1)
        await transaction.rollback()
    assert_topic_is_store(place, topic, 1)


async def test_a_delayed_commit_is_neither_skipped_nor_overtaken(place: Place, pool: asyncpg.Pool) -> None:
    """Position order is commit order: while one append has not committed, no later position becomes visible."""
    topic = await place.topic()
    async with pool.acquire() as slow, relaying(place) as (store, relay):
        assert await append(store, "counter/a") == 1
        transaction = slow.transaction()
        await transaction.start()
        await slow.execute(LOCK)
        (late,) = additions(1, 20, first=2)
        await slow.copy_records_to_table("events", records=[as_store_row(late)])
        behind = asyncio.ensure_future(append(store, "counter/b"))
        await until(lambda: relay.position == 1)
        await asyncio.wait({behind}, timeout=0.7)
        assert not behind.done(), "the append was to wait"
        assert relay.position == 1
        await transaction.commit()
        assert await behind == 3
        await until(lambda: relay.position == 3)
    assert_topic_is_store(place, topic, 3)


async def test_a_broker_restart_is_waited_for(place: Place, pool: asyncpg.Pool, installation: Any) -> None:
    """Events go on being stored; the relay neither ends nor loses any, and tells how far it is behind meanwhile."""
    topic, writer = await place.topic(), TableStore(pool, place.source())
    async with relaying(place) as (_, relay):
        await writer.write(additions(100, 20))
        await until(lambda: relay.position == 100)
        restart = asyncio.ensure_future(asyncio.to_thread(installation.restart, "kafka"))
        sent, lags = 100, [0]
        while not restart.done():
            await writer.write(additions(10, 20, first=sent + 1))
            sent += 10
            lags.append(relay.lag)
            await asyncio.wait({restart}, timeout=0.1)
        await restart
        await until(lambda: relay.position == sent, 90)
    assert sent > 110, "the broker was not away"
    assert max(lags) > 20, "the lag grows while the broker is away, beyond the batch that waits for it"
    assert_topic_is_store(place, topic, sent)
