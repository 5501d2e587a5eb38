"""The relay on real PostgreSQL and Kafka: nothing lost, nothing reordered, whatever it finds when it starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from kit.store.tables import metadata
from kit.streams.ledger import WHOLE, Ledger, LostLock, is_verified
from kit.streams.relay import AnotherTopic, Relay, RestoredStore, resume_after
from kit.streams.topics import Topic
from tests.kit.streams.places import Place, create_tables, delete_topic, messages, without_repeats
from tests.kit.streams.table_store import TableStore
from tests.kit.streams.toy import additions

pytestmark = pytest.mark.real


@pytest.fixture
async def pool(place: Place) -> AsyncIterator[asyncpg.Pool]:
    await create_tables(place.dsn, metadata)
    async with asyncpg.create_pool(place.dsn, min_size=1, max_size=4) as pool:
        yield pool


@pytest.fixture
def store(place: Place, pool: asyncpg.Pool) -> TableStore:
    return TableStore(pool, place.source())


class AtWork:
    """A relay that runs; `task` ends when it does."""

    def __init__(self, place: Place, store: TableStore) -> None:
        self.relay = Relay(store, place.dsn, place.bootstrap, batch=500)  # type: ignore[arg-type]
        self.stop = asyncio.Event()
        self.task = asyncio.ensure_future(self.relay.run(self.stop))

    async def reaches(self, position: int) -> None:
        await until(lambda: self.relay.position == position or self.task.done())
        assert not self.task.done(), self.task.exception()

    async def ends(self) -> None:
        """By itself; its error is raised."""
        await asyncio.wait_for(asyncio.shield(self.task), 20)


@asynccontextmanager
async def relaying(place: Place, store: TableStore) -> AsyncIterator[AtWork]:
    work = AtWork(place, store)
    try:
        yield work
    finally:
        work.stop.set()
        await asyncio.wait({work.task})


async def until(condition: Callable[[], bool], patience_s: float = 20) -> None:
    async with asyncio.timeout(patience_s):
        while not condition():  # noqa: ASYNC110 (a condition of another process)
            await asyncio.sleep(0.01)


async def sent_all(place: Place, store: TableStore, topic: Topic, count: int) -> None:
    """Relays until `count` positions are acknowledged; then the topic without repeats is the store."""
    async with relaying(place, store) as work:
        await work.reaches(count)
        assert work.relay.lag == 0
    assert_equals_store(place, topic, count)


def assert_equals_store(place: Place, topic: Topic, count: int) -> None:
    partitions = messages(place.bootstrap, topic)
    applied = [without_repeats(partition) for partition in partitions.values()]
    assert sorted(position for positions in applied for position in positions) == list(range(1, count + 1))


async def test_the_topic_holds_what_the_store_holds_in_order(place: Place, store: TableStore) -> None:
    """Every message names the position before it in its partition; a restart that finds all acknowledged sends nothing again."""
    topic = await place.topic()
    await store.write(additions(3_000, 50))
    await sent_all(place, store, topic, 3_000)
    await store.write(additions(10, 50, first=3_001))
    await sent_all(place, store, topic, 3_010)
    assert sum(len(partition) for partition in messages(place.bootstrap, topic).values()) == 3_010


async def test_a_relay_that_died_before_noting_what_it_sent_repeats_nothing_it_finds_in_the_topic(
    place: Place, store: TableStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between produce and ledger: the tails show what arrived."""
    topic = await place.topic()
    await store.write(additions(400, 20))
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "restart", _keeps(Ledger.save))
        patch.setattr(Ledger, "save", _dies)
        async with relaying(place, store) as work:
            with pytest.raises(RuntimeError, match="killed"):
                await work.ends()
            assert work.relay.position == 400
    await sent_all(place, store, topic, 400)
    assert sum(len(partition) for partition in messages(place.bootstrap, topic).values()) == 400


async def _dies(*_: object) -> None:
    raise RuntimeError("killed")


def _keeps(save: Callable[..., object]) -> Callable[..., object]:
    def restart(ledger: Ledger, topic_id: str, partitions: int) -> object:
        return save(ledger, topic_id, dict.fromkeys([WHOLE, *range(partitions)], 0))

    return restart


async def test_a_topic_made_anew_gets_everything_again(place: Place, store: TableStore) -> None:
    """Ruling 8 of the design: another topic id means sending from the first event."""
    await store.write(additions(200, 20))
    first = await place.topic()
    await sent_all(place, store, first, 200)
    await delete_topic(place.bootstrap, first.name)
    second = await place.topic()
    await store.write(additions(5, 20, first=201))
    await sent_all(place, store, second, 205)


async def test_a_topic_made_anew_under_a_running_relay_ends_it(place: Place, store: TableStore) -> None:
    """It would go on in the middle; the process ends and starts anew."""
    topic = await place.topic()
    await store.write(additions(20, 20))
    async with relaying(place, store) as work:
        await work.reaches(20)
        await delete_topic(place.bootstrap, topic.name)
        await place.topic()
        with pytest.raises(AnotherTopic):
            await work.ends()


async def test_a_tail_behind_the_ledger_is_sent_again_from_there(place: Place, pool: asyncpg.Pool, store: TableStore) -> None:
    """Ruling 8 of the design: the broker lost what it had acknowledged (here: the ledger claims more than was sent)."""
    topic = await place.topic()
    await store.write(additions(100, 20))
    await sent_all(place, store, topic, 100)
    await store.write(additions(100, 20, first=101))
    await pool.execute("update relay_ledger set position = position + 100")
    await sent_all(place, store, topic, 200)


async def test_a_restored_store_is_recognised_before_anything_is_sent(place: Place, pool: asyncpg.Pool, store: TableStore) -> None:
    """Ruling 7 of the design: positions the topic holds but the store lost, and positions used again by other events."""
    topic = await place.topic()
    await store.write(additions(110, 20))
    await sent_all(place, store, topic, 110)
    assert await is_verified(pool)
    await pool.execute("delete from events where position > 100")
    async with relaying(place, store) as work:
        with pytest.raises(RestoredStore):
            await work.ends()
    assert not await is_verified(pool)
    await store.write(additions(20, 20, first=101, service="another"))
    async with relaying(place, store) as work:
        with pytest.raises(RestoredStore):
            await work.ends()
    assert sum(len(partition) for partition in messages(place.bootstrap, topic).values()) == 110


async def test_a_second_relay_waits_and_takes_over(place: Place, pool: asyncpg.Pool, store: TableStore) -> None:
    """One relay per service, probed every second: when its session is cut it ends with an error and the standby goes on."""
    topic = await place.topic()
    await store.write(additions(50, 20))
    async with relaying(place, store) as first:
        await first.reaches(50)
        async with relaying(place, store) as second:
            assert not second.relay.verified.is_set()
            await pool.execute(CUT_HOLDER)
            with pytest.raises(LostLock):
                await first.ends()
            await store.write(additions(50, 20, first=51))
            await second.reaches(100)
    assert_equals_store(place, topic, 100)


CUT_HOLDER = """select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
where locktype = 'advisory' and datname = current_database()"""


async def test_another_server_or_timeline_is_not_verified_until_a_relay_compared_it(
    place: Place, pool: asyncpg.Pool, store: TableStore
) -> None:
    """Ruling 7 of the design: after a restore or failover appends wait for the relay; the mark names the server and timeline it was made on."""
    await place.topic()
    assert not await is_verified(pool)
    async with relaying(place, store) as work:
        await until(work.relay.verified.is_set)
    assert await is_verified(pool)
    await pool.execute("update relay_ledger set topic_id = '1/00000002' where partition = -2")
    assert not await is_verified(pool)
    async with relaying(place, store) as work:
        await until(work.relay.verified.is_set)
        assert await is_verified(pool)


@pytest.mark.parametrize(
    ("acknowledged", "tails", "after"),
    [
        ({WHOLE: 90, 0: 80, 1: 90}, {0: 80, 1: 90}, 90),
        ({WHOLE: 90, 0: 80, 1: 90}, {0: 80, 1: 120}, 90),
        ({WHOLE: 90, 0: 80, 1: 90}, {0: 40, 1: 90}, 40),
        ({WHOLE: 90, 0: 80, 1: 90}, {1: 90}, 0),
        ({WHOLE: 90, 0: 0, 1: 90}, {1: 90}, 90),
        ({WHOLE: 0, 0: 0, 1: 0}, {0: 7}, 0),
    ],
)
def test_reading_resumes_before_the_first_thing_a_partition_lost(acknowledged: dict[int, int], tails: dict[int, int], after: int) -> None:
    """Ruling 8 of the design: a quiet partition does not send the relay back to the beginning; a lost tail does send it back to the tail."""
    assert resume_after(acknowledged, tails) == after
