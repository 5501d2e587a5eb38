"""The copies of the log against the log: what a concurrent reader saw, the topic, the journal and the rows of the read side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import asyncpg
from confluent_kafka import Consumer, TopicPartition

from contracts.envelope import Recorded
from kit.errors import Unreadable
from kit.journal import sets
from kit.store.postgres import PgStore
from kit.streams.codec import link_of
from kit.streams.topics import partition_of
from kit.view import View
from tests.faults.checker import Contents
from tests.torture.service import VIEWS
from tests.torture.tail import what_it_saw
from tests.torture.world import PARTITIONS, World


def tail(contents: Contents, world: World) -> Iterator[str]:
    """A reader that followed all the time saw each event once, in commit order, and missed none."""
    seen = 0
    for position, event in what_it_saw(world):
        if position != seen + 1:
            yield f"the reader saw position {position} after {seen}"
        if position > len(contents.events) or str(contents.events[position - 1]["id"]) != event:
            yield f"the reader saw {event} at position {position}, where it is not"
        seen = position
    if seen != len(contents.events):
        yield f"the reader saw {seen} of {len(contents.events)} positions"


@dataclass
class Read:
    """A partition as a consumer reads it that knows nothing but the chain. repeats, early, strangers: messages it dropped."""

    position: int = 0
    ids: dict[int, str] = field(default_factory=dict)
    repeats: int = 0
    early: int = 0
    strangers: int = 0

    def take(self, headers: Any) -> None:
        try:
            position, previous = link_of(headers)
        except Unreadable:
            self.strangers += 1
            return
        if position <= self.position:
            self.repeats += 1
        elif previous != self.position:
            self.early += 1  # ahead of what is missing; it must come once more
        else:
            self.position = position
            self.ids[position] = dict(headers)["ce_id"].decode()


async def read_topic(world: World) -> dict[int, Read]:
    """Every partition from its beginning to its end."""
    return await asyncio.to_thread(_read_topic, world)


def _read_topic(world: World) -> dict[int, Read]:
    consumer = Consumer({"bootstrap.servers": world.bootstrap, "group.id": f"check-{uuid4()}", "enable.auto.commit": False})
    places = [TopicPartition(world.topic, partition, 0) for partition in range(PARTITIONS)]
    left = {place.partition: consumer.get_watermark_offsets(place, timeout=10)[1] for place in places}
    found = {partition: Read() for partition in left}
    consumer.assign(places)
    while any(left.values()):
        for message in consumer.consume(10_000, 1.0):
            assert not message.error(), message.error()
            partition: Any = message.partition()
            found[partition].take(message.headers())
            left[partition] -= 1
    consumer.close()
    return found


def topic(contents: Contents, read: dict[int, Read]) -> Iterator[str]:
    """Without what a consumer drops, each partition holds the store's events of its keys, in order and chained without a hole."""
    expected: dict[int, dict[int, str]] = {partition: {} for partition in range(PARTITIONS)}
    for row in contents.events:
        expected[partition_of(row["key"], PARTITIONS)][row["position"]] = str(row["id"])
    for partition, wanted in expected.items():
        if list(read[partition].ids.items()) != list(wanted.items()):
            missing = sorted(wanted.keys() - read[partition].ids.keys())
            yield f"partition {partition}: {len(missing)} of {len(wanted)} events do not come in order, first {missing[:3]}"


async def journal(contents: Contents, world: World, strangers: int) -> AsyncIterator[str]:
    """The journal holds every event once, in its partition; parked is what a stranger wrote, once each, and nothing else."""
    async with asyncpg.create_pool(world.owner_reader, min_size=1, max_size=1) as pool:
        rows = await pool.fetch("select position, event_id, partition, stream, version from journal order by position")
        parked = await pool.fetch("select position, reason from parked")
    if len(rows) != len(contents.events):
        yield f"{len(rows)} rows for {len(contents.events)} events"
    for row, event in zip(rows, contents.events, strict=False):
        partition = partition_of(event["key"], PARTITIONS)
        if tuple(row) != (event["position"], event["id"], partition, event["stream"], event["version"]):
            yield f"the journal has {tuple(row)} where the log has position {event['position']} of {event['stream']}"
            break
    for row in parked:
        if row["position"]:
            yield f"position {row['position']} is parked: {row['reason']}"
    if len(parked) < strangers:
        yield f"{len(parked)} messages are parked, {strangers} of strangers were written"


async def rows(world: World) -> AsyncIterator[str]:
    """The rows of every view are those of a plain single-threaded fold of the log."""
    folded: dict[str, dict[str, Any]] = {view.name: {} for view in VIEWS}
    async for page in _pages(world):
        told = [(event.event(), event.meta) for event in page]
        for view in VIEWS:
            view.fold(told, folded[view.name])
    async with asyncpg.create_pool(world.owner_reader, min_size=1, max_size=1) as pool:
        for view in VIEWS:
            live, plain = await _live(pool, view), folded[view.name]
            for key in live.keys() | plain.keys():
                if live.get(key) != plain.get(key):
                    yield f"{view.name} {key}: the read side shows {live.get(key)}, the log says {plain.get(key)}"


async def _pages(world: World) -> AsyncIterator[Sequence[Recorded]]:
    store, position = await PgStore(world.owner_store, world.source).open(), 0
    while page := await store.read(position, 5_000):
        yield page
        position = page[-1].meta.position
    await store.close()


async def _live(pool: asyncpg.Pool, view: View[Any]) -> dict[str, Any]:
    (target,) = await sets.live(pool, [view])
    found = await pool.fetch(f'select key, row::text as row from "{target.table}" where row is not null')
    return {row["key"]: target.decoder.decode(row["row"]) for row in found}
