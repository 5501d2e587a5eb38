"""Others in the same database: transactions that stay open, commits that come late. A reader neither skips nor waits."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from kit.store.parameters import columns
from kit.store.postgres import APPEND, WRITER_SETTINGS, PgStore
from tests.faults.checker import check_store
from tests.faults.conftest import Database
from tests.faults.load import Script, Told, run_load
from tests.faults.stores import CountingStore, check_told, giver, path_over
from tests.faults.waiting import until
from tests.kit.store.toys import adding

pytestmark = [pytest.mark.real, pytest.mark.fault]
SEED = random.SystemRandom().randrange(2**32)
JOBS, CALLERS = 200, 4


class Tail:
    """Follows a store as the relay does, and refuses to step over a position."""

    def __init__(self, store: PgStore) -> None:
        self._store = store
        self.position = 0

    async def follow(self) -> None:
        async for _ in self._store.changes():
            while events := await self._store.read(self.position, 50):
                for event in events:
                    assert event.meta.position == self.position + 1, f"saw {event.meta.position} after {self.position}"
                    self.position += 1

    async def reaches(self, position: int) -> None:
        async def there() -> bool:
            return self.position >= position

        await until(there, f"the reader is at {position}, it is at {self.position}")


@asynccontextmanager
async def tailing(store: PgStore) -> AsyncIterator[Tail]:
    """A tail that runs meanwhile; raises what it found wrong."""
    tail = Tail(store)
    task = asyncio.create_task(tail.follow())
    try:
        yield tail
        assert not task.done(), task.exception()
    finally:
        task.cancel()


@asynccontextmanager
async def strangers(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """Open for as long as the block: an insert elsewhere, a snapshot from before everything, an endless query. Gives the observer."""
    observer, writes, snapshot, queries = [await asyncpg.connect(database.owner) for _ in range(4)]
    await observer.execute("create table elsewhere (n int)")
    await writes.execute("begin; insert into elsewhere values (1)")
    await snapshot.execute("begin isolation level repeatable read; select count(*) from events")
    endless = asyncio.create_task(queries.execute("select pg_sleep(600) from (select count(*) from events) e"))
    await until(lambda: _open(observer), "three open transactions")
    try:
        yield observer
        assert await _open(observer), "the strangers did not stay open"
    finally:
        endless.cancel()
        await asyncio.gather(endless, return_exceptions=True)
        for connection in (observer, writes, snapshot, queries):
            connection.terminate()


async def _open(observer: asyncpg.Connection) -> bool:
    """All three are in a transaction; the one that wrote holds a transaction number older than all that comes."""
    others = "datname = current_database() and pid <> pg_backend_pid()"
    row = await observer.fetchrow(
        f"select count(*) filter (where state = 'idle in transaction' and backend_xid is not null) as writes, "
        f"count(*) filter (where state = 'idle in transaction') as idle, count(*) filter (where query like '%pg_sleep(600)%') as busy "
        f"from pg_stat_activity where {others}"
    )
    return bool(row["writes"] >= 1 and row["idle"] >= 2 and row["busy"] >= 1)


async def test_a_reader_is_not_stalled_by_strangers_open_transactions(database: Database, store: CountingStore) -> None:
    """design, write side: neither skips an event nor is stalled; it is at the head while the strangers are still open."""
    path, script, told = path_over(store), Script(SEED), Told()
    async with strangers(database) as observer, tailing(store) as tail:
        await run_load(script.openings(), [giver(path)], told)
        await run_load(script.jobs(JOBS), [giver(path)] * CALLERS, told)
        head = (await store.head()).position
        assert head > JOBS // 4
        await tail.reaches(head)
        assert await _open(observer)
    await check_told(database.owner, told)


async def slow_writer(database: Database, rounds: int, dice: random.Random) -> tuple[int, int]:
    """Appends under the lock, lingers before it ends the transaction, commits or rolls back. Returns (commits, rollbacks)."""
    connection = await asyncpg.connect(database.app, server_settings=WRITER_SETTINGS)
    ended = [0, 0]
    for number in range(rounds):
        transaction = connection.transaction()
        await transaction.start()
        await connection.fetchrow(APPEND, *columns([adding(f"counter/slow-{number}", 0, dice.randrange(1, 4))]), None)
        await connection.execute(f"select pg_sleep({dice.uniform(0.005, 0.05):.3f})")
        keep = dice.random() < 0.5
        await (transaction.commit() if keep else transaction.rollback())
        ended[0 if keep else 1] += 1
    await connection.close()
    return ended[0], ended[1]


async def test_a_reader_sees_the_next_position_only_though_commits_are_late_or_never_come(database: Database, store: CountingStore) -> None:
    """design, write side: commit order is position order by construction, also beside a writer that lingers and rolls back."""
    dice = random.Random(SEED)
    path, script, told = path_over(store), Script(SEED), Told()
    await run_load(script.openings(), [giver(path)], told)
    async with tailing(store) as tail:
        (commits, rollbacks), _ = await asyncio.gather(
            slow_writer(database, 30, dice), run_load(script.jobs(JOBS), [giver(path)] * CALLERS, told)
        )
        await tail.reaches((await store.head()).position)
    assert commits
    assert rollbacks
    events = (await check_store(database.owner)).events
    assert len({e["stream"] for e in events if e["stream"].startswith("counter/slow-")}) == commits


async def test_an_append_in_flight_when_the_head_is_taken_cannot_appear_below_it(database: Database, store: CountingStore) -> None:
    """Ruling 18 of the design: the head waits for the append under way; whatever comes later lies above it and is not recorded earlier."""
    late = await asyncpg.connect(database.app, server_settings=WRITER_SETTINGS)
    admin = await asyncpg.connect(database.owner)
    transaction = late.transaction()
    await transaction.start()
    await late.fetchrow(APPEND, *columns([adding("counter/late", 0, 2)]), None)
    asked = asyncio.create_task(store.head())
    await until(lambda: _waits_for_lock(admin), "the head waits for the order lock")
    assert not asked.done()
    assert await store.read(0, 10) == []
    await transaction.commit()
    head = await asked
    assert head.position == 2
    known = await store.read(0, head.position)
    await store.append([adding("counter/after", 0)])
    assert head.recorded_at is not None
    assert all(event.meta.recorded_at >= head.recorded_at for event in await store.read(head.position, 10))
    assert await store.read(0, head.position) == known
    await late.close()
    await admin.close()


async def test_heads_taken_under_load_are_final(database: Database, store: CountingStore) -> None:
    """Ruling 18 of the design: what a head covers never changes afterwards, whichever appends were in flight."""
    path, script, told = path_over(store), Script(SEED), Told()
    await run_load(script.openings(), [giver(path)], told)
    taken = []

    async def watch() -> None:
        while told.settled < JOBS:
            head = await store.head()
            taken.append((head, [event.meta.id for event in await store.read(0, head.position)]))

    await asyncio.gather(watch(), run_load(script.jobs(JOBS), [giver(path)] * CALLERS, told))
    events = (await check_told(database.owner, told)).events
    ids = [str(event["id"]) for event in events]
    assert len({head.position for head, _ in taken}) > 5, "the heads were not taken during the load"
    for head, known in taken:
        assert known == ids[: head.position]
        assert all(event["recorded_at"] >= head.recorded_at for event in events[head.position :])


async def _waits_for_lock(admin: asyncpg.Connection) -> bool:
    waiting = "select count(*) from pg_stat_activity where wait_event = 'advisory' and datname = current_database()"
    return bool(await admin.fetchval(waiting))
