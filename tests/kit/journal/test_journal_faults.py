"""The journal under fire: workers killed, the broker restarted, the topic deleted and made anew from the store."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from kit.journal import sets
from kit.migrate import migrate
from kit.store.postgres import PgStore
from kit.streams.relay import AnotherTopic, Relay
from kit.streams.topics import Topic
from tests.kit.journal.living import journaled, journaling, reaches, rows, until
from tests.kit.journal.toy_views import totals
from tests.kit.streams.places import Place, delete_topic
from tests.kit.streams.table_store import TableStore
from tests.kit.streams.toy import additions

pytestmark = [pytest.mark.real, pytest.mark.fault]
ROOT = Path(__file__).parents[3]


class Chain:
    """Store, relay and topic of one service; `write` stores events."""

    def __init__(self, place: Place, pool: asyncpg.Pool, topic: Topic) -> None:
        self.place, self.topic = place, topic
        self.writer = TableStore(pool, place.source())
        self.written = 0

    async def write(self, count: int) -> None:
        await self.writer.write(additions(count, 100, first=self.written + 1))
        self.written += count


@pytest.fixture
async def chain(place: Place, pool: asyncpg.Pool) -> Chain:
    await migrate(place.dsn, ["store"])
    assert await sets.prepare(pool, [totals()]) == []
    return Chain(place, pool, await place.topic())


@asynccontextmanager
async def relaying(place: Place) -> Any:
    store: Any = await PgStore(place.dsn, place.source()).open()
    stop = asyncio.Event()
    task = asyncio.ensure_future(Relay(store, place.dsn, place.bootstrap).run(stop))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait({task})
        await store.close()


@asynccontextmanager
async def worker(chain: Chain) -> Any:
    """A journal's worker in a process of its own; it does not outlive the block."""
    place = chain.place
    arguments = [place.dsn, place.bootstrap, chain.topic.name, f"{place.installation}.journal"]
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.kit.journal.journal_process", *arguments, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()


async def assert_whole(pool: asyncpg.Pool, count: int) -> None:
    """Every event once in the journal and once in its row."""
    assert await journaled(pool) == count
    assert sum(row["total"] for row in (await rows(pool)).values()) == count


async def test_workers_killed_in_the_middle_apply_every_event_once(pool: asyncpg.Pool, chain: Chain) -> None:
    """kill -9 of one of two, twice, each followed by a fresh one: nothing lost, nothing twice."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201
    chance, kills = random.Random(seed), 0
    async with relaying(chain.place), AsyncExitStack() as stack:
        workers = [await stack.enter_async_context(worker(chain)) for _ in range(2)]
        for _ in range(2):
            await chain.write(6_000)
            before = await journaled(pool)
            await until(lambda before=before: _more_than(pool, before + 500))  # type: ignore[misc]
            victim = workers.pop(chance.randrange(len(workers)))
            victim.send_signal(signal.SIGKILL)
            kills += await journaled(pool) < chain.written
            workers.append(await stack.enter_async_context(worker(chain)))
        await chain.write(1_000)
        await reaches(pool, chain.written)
    assert kills, "no kill came in time"
    await assert_whole(pool, 13_000)


async def _more_than(pool: asyncpg.Pool, count: int) -> bool:
    return await journaled(pool) > count


async def test_a_broker_restart_is_survived_by_reader_and_relay(place: Place, pool: asyncpg.Pool, chain: Chain, installation: Any) -> None:
    """Both wait; the reader joins its group again by itself."""
    async with relaying(place), journaling(place, pool, [totals()], chain.topic):
        await chain.write(500)
        await reaches(pool, 500)
        await asyncio.to_thread(installation.restart, "kafka")
        await chain.write(500)
        await until(lambda: _more_than(pool, 999), 90)
    await assert_whole(pool, 1_000)


async def test_a_topic_deleted_under_a_running_reader_is_made_again_from_the_store(place: Place, pool: asyncpg.Pool, chain: Chain) -> None:
    """PostgreSQL is the truth, Kafka a replayable copy: the new topic gets everything, the journal nothing twice."""
    async with journaling(place, pool, [totals()], chain.topic):
        async with relaying(place) as relay:
            await chain.write(600)
            await reaches(pool, 600)
            await delete_topic(place.bootstrap, chain.topic.name)
            again = await place.topic()
            assert again.id != chain.topic.id
            with pytest.raises(AnotherTopic):
                await asyncio.wait_for(asyncio.shield(relay), 20)
        async with relaying(place):
            await chain.write(600)
            await until(lambda: _more_than(pool, 1_199), 60)
    await assert_whole(pool, 1_200)
