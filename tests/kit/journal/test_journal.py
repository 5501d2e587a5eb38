"""The journal on real PostgreSQL and Kafka: every event once, with its views' rows, whatever the topic brings."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import asyncpg
import msgspec
import pytest

from contracts.envelope import Recorded
from kit.journal import entries, sets
from kit.journal.intake import Journal
from kit.streams import parking
from kit.streams.topics import partition_of
from tests.kit.journal.living import journaled, journaling, reaches, rows, until
from tests.kit.journal.toy_views import totals
from tests.kit.streams.places import Place, delete_topic
from tests.kit.streams.producing import Writer
from tests.kit.streams.toy import CounterAdded, CounterClosed, CounterId, additions, recorded

pytestmark = pytest.mark.real


def here(place: Place, events: Any) -> list[Recorded]:
    """The events as this installation's source says them."""
    return [
        Recorded(meta=msgspec.structs.replace(event.meta, source=f"/minsheng/{place.installation}/{event.meta.service}"), data=event.data)
        for event in events
    ]


def added(place: Place, position: int, counter: str, amount: int = 1, **meta: Any) -> Recorded:
    return here(place, [recorded(CounterAdded(counter_id=CounterId(counter), amount=amount), position, **meta)])[0]


async def test_every_event_is_in_the_journal_and_in_its_row(place: Place, pool: asyncpg.Pool) -> None:
    """What came is kept as it came; the row stands in the same transaction; keys of households are due for their findings."""
    topic, view = await place.topic(), totals()
    assert await sets.prepare(pool, [view]) == []
    events = here(place, additions(300, 20))
    events.append(here(place, [recorded(CounterClosed(counter_id=CounterId("k3")), 301, key="counter/k3", hops=2)])[0])
    events.append(here(place, [recorded(CounterAdded(counter_id=CounterId("k99"), amount=7), 302, key="h-1", causation_id="c-1")])[0])
    async with journaling(place, pool, [view], topic):
        Writer(place.bootstrap, topic).send(events)
        await reaches(pool, 302)
        found = {event.meta.position: event for event in await entries.history(pool, [event.meta.key for event in events])}
    for event in events:
        kept = found[event.meta.position]
        assert kept.data == event.data
        assert kept.meta == placed(event, partition_of(event.meta.key, 4))
    shown = await rows(pool)
    assert "k3" not in shown
    assert shown["k5"]["total"] == 15
    assert [row["key"] for row in await pool.fetch("select key from dirty")] == ["h-1"]
    assert [event.meta.position for event in await entries.effects(pool, "c-1")] == [302]


def placed(event: Recorded, partition: int) -> Any:
    return msgspec.structs.replace(event.meta, partition=partition)


async def test_repeats_change_nothing(place: Place, pool: asyncpg.Pool) -> None:
    """The relay sends again from an earlier point: older positions are dropped, in the journal and in the rows."""
    topic, view = await place.topic(), totals()
    await sets.prepare(pool, [view])
    events = here(place, additions(200, 20))
    async with journaling(place, pool, [view], topic):
        Writer(place.bootstrap, topic).send(events)
        Writer(place.bootstrap, topic).send(events)
        writer = Writer(place.bootstrap, topic)
        writer.send(here(place, additions(220, 20)))
        await reaches(pool, 220)
    assert sum(row["total"] for row in (await rows(pool)).values()) == 220


async def test_a_hole_heals_from_the_owners_feed(place: Place, pool: asyncpg.Pool) -> None:
    """Ruling 22 of the design: a broken link is healed from the owner, in order, and the chain goes on."""
    topic, view = await place.topic(), totals()
    await sets.prepare(pool, [view])
    events = here(place, additions(300, 20))
    asked: list[tuple[str, int]] = []

    async def feed(service: str, after: int, limit: int) -> Sequence[Recorded]:
        asked.append((service, after))
        return events[after : after + min(limit, 50)]

    async with journaling(place, pool, [view], topic, feed=feed):
        Writer(place.bootstrap, topic).send(events, lost=range(100, 190))
        await reaches(pool, 300)
    assert asked
    assert {service for service, _ in asked} == {"toy"}
    assert all(row["total"] == 15 for row in (await rows(pool)).values())


async def test_a_hole_whose_owner_is_down_holds_only_its_partition(place: Place, pool: asyncpg.Pool) -> None:
    """Ruling 22 of the design: its batches are discarded and read again later; the others go on; it is never stepped over."""
    topic, view = await place.topic(), totals()
    await sets.prepare(pool, [view])
    events = here(place, additions(200, 20))
    held = partition_of("counter/k1", topic.partitions)
    lost = [event.meta.position for event in events if event.meta.key == "counter/k1"][3]
    others = sum(1 for event in events if partition_of(event.meta.key, topic.partitions) != held)
    before = sum(1 for event in events if partition_of(event.meta.key, topic.partitions) == held and event.meta.position < lost)
    down = True

    async def feed(service: str, after: int, limit: int) -> Sequence[Recorded]:
        if down:
            raise ConnectionRefusedError(service)
        return events[after : after + limit]

    async with journaling(place, pool, [view], topic, feed=feed):
        Writer(place.bootstrap, topic).send(events, lost=[lost])
        await reaches(pool, others + before)
        down = False
        await reaches(pool, 200)
    assert all(row["total"] == 10 for row in (await rows(pool)).values())


async def test_a_message_that_cannot_be_read_parks_its_key_only(place: Place, pool: asyncpg.Pool) -> None:
    """Ruling 21 of the design: all others flow, what follows of its key waits in order."""
    topic, view = await place.topic(), totals()
    await sets.prepare(pool, [view])
    writer = Writer(place.bootstrap, topic)
    async with journaling(place, pool, [view], topic):
        writer.send(here(place, additions(20, 20)))
        writer.send_broken(added(place, 21, "k1"), b'{"counter_id":"k1","amount":"secret"}')
        writer.send([added(place, 22, "k2"), added(place, 23, "k1")])
        writer.send_raw(0, b"junk", b"junk")
        await reaches(pool, 21)

        async def three() -> bool:
            return len(await parking.parked(pool)) == 3

        await until(three)
    assert [(one.key, one.position, one.state) for one in await parking.parked(pool) if one.position] == [
        ("counter/k1", 21, "parked"),
        ("counter/k1", 23, "waiting"),
    ]
    assert all("secret" not in one.reason for one in await parking.parked(pool))
    assert (await rows(pool))["k2"]["total"] == 2


async def test_an_event_that_a_view_cannot_fold_parks_its_key_for_that_view_only(place: Place, pool: asyncpg.Pool) -> None:
    """Ruling 21 of the design: parked by (topic, Kafka key) per view; the journal and other views have it."""
    topic = await place.topic()

    def evolve(row: Any, event: Any, meta: Any) -> Any:
        if event.amount == 13:
            raise ZeroDivisionError("of 420106194912085527")
        return totals().evolve(row, event, meta)

    views = [totals(), totals(name="careful", evolve=evolve)]
    await sets.prepare(pool, views)
    async with journaling(place, pool, views, topic):
        Writer(place.bootstrap, topic).send(
            [added(place, 1, "k1"), added(place, 2, "k1", 13), added(place, 3, "k1"), added(place, 4, "k2")]
        )
        await reaches(pool, 4)
    assert (await rows(pool))["k1"]["total"] == 15
    assert {key: row["total"] for key, row in (await rows(pool, "careful")).items()} == {"k1": 1, "k2": 1}
    (one,) = await parking.parked(pool)
    assert (one.consumer, one.key, one.position, one.reason) == ("view/careful", "counter/k1", 2, "careful failed with ZeroDivisionError")


async def test_a_topic_made_anew_is_read_from_its_start_and_adds_nothing_twice(place: Place, pool: asyncpg.Pool) -> None:
    """Another topic id: from its start, dropping what is known; never a jump."""
    topic, view = await place.topic(), totals()
    await sets.prepare(pool, [view])
    async with journaling(place, pool, [view], topic):
        Writer(place.bootstrap, topic).send(here(place, additions(100, 20)))
        await reaches(pool, 100)
    await delete_topic(place.bootstrap, topic.name)
    again = await place.topic()
    Writer(place.bootstrap, again).send(here(place, additions(150, 20)))
    async with journaling(place, pool, [view], again):
        await reaches(pool, 150)
    assert sum(row["total"] for row in (await rows(pool)).values()) == 150


async def test_an_event_of_a_newer_program_makes_its_partition_wait(place: Place, pool: asyncpg.Pool) -> None:
    """Ruling 12 of the design: nothing is parked, other partitions go on."""
    topic, view = await place.topic(), totals()
    await sets.prepare(pool, [view])
    newer = partition_of("counter/k1", topic.partitions)
    other = next(f"k{n}" for n in range(2, 50) if partition_of(f"counter/k{n}", topic.partitions) != newer)
    async with journaling(place, pool, [view], topic):
        writer = Writer(place.bootstrap, topic)
        writer.send([added(place, 1, "k1"), added(place, 2, "k1", schema_version=3), added(place, 3, "k1"), added(place, 4, other)])
        await reaches(pool, 2)
        await asyncio.sleep(0.5)
        assert await journaled(pool) == 2
    assert await parking.parked(pool) == []


async def test_two_workers_that_own_one_partition_for_a_moment_apply_it_once(place: Place, pool: asyncpg.Pool) -> None:
    """The checkpoint's lock: two groups read all partitions side by side into one journal."""
    topic, view = await place.topic(), totals()
    await sets.prepare(pool, [view])
    twin = Place(place.dsn, place.bootstrap, place.installation)
    async with journaling(place, pool, [view], topic), _another_group(twin, pool, view, topic):
        writer = Writer(place.bootstrap, topic)
        for first in range(1, 2001, 100):
            writer.send(here(place, additions(100, 20, first=first)))
        await reaches(pool, 2000)
    assert all(row["total"] == 100 for row in (await rows(pool)).values())


def _another_group(place: Place, pool: asyncpg.Pool, view: Any, topic: Any) -> Any:
    """The same consumer, but Kafka believes it to be another group: it gets all partitions too."""

    @contextlib.asynccontextmanager
    async def run() -> Any:
        stop = asyncio.Event()
        task = asyncio.ensure_future(Journal(pool, place.bootstrap, [view]).run(stop, [topic.name], f"{place.installation}.twin"))
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait({task}, timeout=20)

    return run()


async def test_a_row_has_one_feeder_even_after_it_is_gone(place: Place, pool: asyncpg.Pool) -> None:
    """Ruling 3 of the design: one (topic, Kafka key) per row; a second is refused, whichever comes first and whether or not the row still stands."""
    topic, view = await place.topic(), totals()
    await sets.prepare(pool, [view])
    async with journaling(place, pool, [view], topic):
        home = partition_of("counter/k1", topic.partitions)
        other = next(f"counter/k{n}" for n in range(2, 50) if partition_of(f"counter/k{n}", topic.partitions) == home)
        closed = here(place, [recorded(CounterClosed(counter_id=CounterId("k1")), 2, key="counter/k1")])
        Writer(place.bootstrap, topic).send([added(place, 1, "k1"), *closed, added(place, 3, "k1", key=other), added(place, 4, "k1")])
        await reaches(pool, 4)
    assert (await rows(pool))["k1"]["last_position"] == 4
    (one,) = await parking.parked(pool)
    assert (one.key, one.position, one.reason) == (other, 3, "totals: the row is fed by another topic and key")
