"""The contract with Faust 0.15.3: what its private parts must still do, and that nothing is lost or skipped."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

import faust
import pytest
from faust.transport.consumer import Consumer
from faust.transport.drivers.aiokafka import Consumer as AioConsumer
from mode import Service
from mode.threads import WorkerThread

from kit.streams.chain import RawMessage, Record
from kit.streams.checkpoint import Place
from kit.streams.faust_fetch import ConsumerFailed, FetchApp, _Backlog
from kit.streams.topics import Topic, partition_of
from tests.kit.streams.places import Place as Where
from tests.kit.streams.producing import Writer
from tests.kit.streams.toy import additions


def test_the_private_parts_are_those_of_the_pinned_version() -> None:
    """Another version must be read before it is used (`faust_fetch` names what it leans on)."""
    assert version("faust-streaming") == "0.15.3"
    assert callable(AioConsumer.perform_seek)
    assert callable(AioConsumer.seek_wait)
    assert callable(Consumer._wait_next_records)
    assert {"_read_offset", "_buffered_partitions", "_committed_offset"} <= set(Consumer.__annotations__)
    assert "_crashed" in Service.__annotations__
    assert callable(faust.App._create_directories)


class Reader:
    """Remembers offsets as PostgreSQL would, and what it was handed."""

    def __init__(self) -> None:
        self.offsets: dict[Place, int] = {}
        self.seen: dict[Place, list[int]] = defaultdict(list)
        self.stuck: set[Place] = set()
        self.fail = False

    async def load_offsets(self, places: Collection[Place]) -> dict[Place, int]:
        return {place: self.offsets.get(place, 0) for place in places}

    async def handle(self, records: Sequence[Record]) -> set[Place]:
        if self.fail:
            raise RuntimeError("broken handler")
        for record in records:
            place = (record.topic, record.partition)
            if place not in self.stuck and record.offset == self.offsets.get(place, 0):
                self.seen[place].append(record.offset)
                self.offsets[place] = record.offset + 1
        return {(record.topic, record.partition) for record in records} & self.stuck

    def total(self) -> int:
        return sum(map(len, self.seen.values()))


@asynccontextmanager
async def consuming(where: Where, topic: Topic, reader: Reader, **settings: Any) -> AsyncIterator[asyncio.Task[None]]:
    app = FetchApp(where.bootstrap, f"{where.installation}.test", [topic.name], reader.load_offsets, reader.handle, **settings)
    stop = asyncio.Event()
    task = asyncio.ensure_future(app.serve(stop))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait({task}, timeout=20)


async def until(condition: Callable[[], bool], patience_s: float = 30) -> None:
    async with asyncio.timeout(patience_s):
        while not condition():  # noqa: ASYNC110 (a condition of another thread)
            await asyncio.sleep(0.02)


@pytest.mark.real
@pytest.mark.parametrize("whole_fetches", [True, False])
async def test_everything_arrives_in_order_and_again_from_the_stored_offset(place: Where, whole_fetches: bool) -> None:
    """Kafka keeps no offset of ours: a second member starts where the store says, not where the first one stopped."""
    topic, reader = await place.topic(), Reader()
    Writer(place.bootstrap, topic).send(additions(500, 40))
    async with consuming(place, topic, reader, whole_fetches=whole_fetches):
        await until(lambda: reader.total() == 500)
    assert all(offsets == list(range(len(offsets))) for offsets in reader.seen.values())
    reader.offsets = dict.fromkeys(reader.offsets, 10)
    reader.seen.clear()
    async with consuming(place, topic, reader, whole_fetches=whole_fetches):
        await until(lambda: reader.total() == 500 - 10 * 4)
    assert all(offsets[0] == 10 for offsets in reader.seen.values())


@pytest.mark.real
async def test_a_stop_during_the_start_leaves_neither_thread_nor_task(place: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faust's thread begins late, as on a busy machine, and `stop` comes first: a thread that lived on would keep the process for ever."""
    topic, reader, begin, run = await place.topic(), Reader(), threading.Event(), WorkerThread.run
    tasks, threads = asyncio.all_tasks(), set(_faust_threads())
    monkeypatch.setattr(WorkerThread, "run", lambda thread: (begin.wait(), run(thread)))
    async with consuming(place, topic, reader):
        await until(lambda: set(_faust_threads()) > threads)
        asyncio.get_running_loop().call_later(0.3, begin.set)
    await until(begin.is_set)
    await until(lambda: set(_faust_threads()) <= threads, 5)
    assert {task for task in asyncio.all_tasks() - tasks if not task.done()} == set()


def _faust_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if isinstance(thread, WorkerThread)]


@pytest.mark.real
async def test_a_failing_handler_ends_the_consumer_and_skips_nothing(place: Where) -> None:
    """The batch is neither acknowledged nor passed over: the next member gets it."""
    topic, reader = await place.topic(), Reader()
    writer = Writer(place.bootstrap, topic)
    writer.send(additions(100, 40))
    async with consuming(place, topic, reader) as task:
        await until(lambda: reader.total() == 100)
        reader.fail = True
        writer.send(additions(100, 40, first=101))
        with pytest.raises(ConsumerFailed):
            await asyncio.wait_for(asyncio.shield(task), 20)
    reader.fail = False
    async with consuming(place, topic, reader):
        await until(lambda: reader.total() == 200)
    assert all(offsets == list(range(len(offsets))) for offsets in reader.seen.values())


@pytest.mark.real
async def test_a_partition_that_cannot_go_on_is_read_again_while_others_flow(place: Where) -> None:
    """Ruling 22 of the design: its batches are discarded, later it is read again from the stored offset."""
    topic, reader = await place.topic(), Reader()
    writer = Writer(place.bootstrap, topic)
    held = (topic.name, 2)
    reader.stuck = {held}
    async with consuming(place, topic, reader, reread_s=0.2):
        writer.send(additions(200, 40))
        expected = sum(1 for _ in additions(200, 40)) - len(_of_partition(topic, 2, 200))
        await until(lambda: reader.total() == expected)
        writer.send(additions(200, 40, first=201))
        await until(lambda: reader.total() == 400 - len(_of_partition(topic, 2, 400)))
        assert reader.seen[held] == []
        reader.stuck = set()
        await until(lambda: reader.total() == 400)
    assert all(offsets == list(range(len(offsets))) for offsets in reader.seen.values())


def _of_partition(topic: Topic, partition: int, count: int) -> list[int]:
    return [e.meta.position for e in additions(count, 40) if partition_of(e.meta.key, topic.partitions) == partition]


@pytest.mark.real
async def test_a_member_learns_where_the_topic_ends(place: Where) -> None:
    """What lies between the stored offset and the end is the lag."""
    topic, reader = await place.topic(), Reader()
    Writer(place.bootstrap, topic).send(additions(100, 40))
    app = FetchApp(place.bootstrap, f"{place.installation}.ends", [topic.name], reader.load_offsets, reader.handle)
    stop = asyncio.Event()
    task = asyncio.ensure_future(app.serve(stop))
    await until(lambda: reader.total() == 100)
    assert sum(app.ends().values()) == 100
    assert app._app.consumer._thread._ensure_consumer()._fetcher._fetch_max_wait_ms == 100
    assert app.assigned() == {(topic.name, partition) for partition in range(4)}
    stop.set()
    await task


@pytest.mark.real
async def test_two_members_share_the_partitions(place: Where) -> None:
    """Each partition has one member at a time; together they read all."""
    topic, reader = await place.topic(), Reader()
    writer = Writer(place.bootstrap, topic)
    async with consuming(place, topic, reader), consuming(place, topic, reader):
        for first in range(1, 1000, 100):
            writer.send(additions(100, 40, first=first))
        await until(lambda: reader.total() == 1000)
    assert all(offsets == list(range(len(offsets))) for offsets in reader.seen.values())


async def test_a_broker_that_cannot_be_reached_ends_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """`App.start` may never return by itself when the group cannot be joined: the process ends and is started again."""
    monkeypatch.setattr("kit.streams.faust_fetch.START_LIMIT_S", 0.5)
    reader = Reader()
    app = FetchApp("127.0.0.1:1", "nobody", ["t.t.events"], reader.load_offsets, reader.handle)
    with pytest.raises(ConsumerFailed):
        await app.serve(asyncio.Event())


async def test_many_small_fetches_never_make_faust_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Full buffers make Faust sleep for a whole second: what waits is bounded in records, not in fetches."""
    monkeypatch.setattr("kit.streams.faust_fetch.MOST_WAITING", 100)
    monkeypatch.setattr("kit.streams.faust_fetch.MOST_PER_CALL", 60)
    backlog = _Backlog()
    record: Record = RawMessage("t", 0, 0, None, None, [])
    for _ in range(100):
        await asyncio.wait_for(backlog.put([record]), 1)
    blocked = asyncio.ensure_future(backlog.put([record] * 50))
    await asyncio.wait({blocked}, timeout=0.05)
    assert not blocked.done()
    assert len(await backlog.take()) == 60
    await asyncio.wait_for(blocked, 1)
    assert [len(await backlog.take()), len(backlog._fetches)] == [90, 0]
