"""Reactions' consumption: each event handed over in order, from the reaction's activation on, and what goes wrong has its place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec
import pytest

from contracts.envelope import Recorded
from kit.errors import Retry, Unreadable
from kit.migrate import migrate
from kit.streams import parking
from kit.streams.faust_fetch import ConsumerFailed
from kit.streams.reactor import Outcomes, Reactor, outcomes
from kit.streams.topics import Topic
from tests.kit.streams.places import Place
from tests.kit.streams.producing import Writer
from tests.kit.streams.toy import CounterAdded, CounterId, additions, recorded

pytestmark = pytest.mark.real


@pytest.fixture
async def pool(place: Place) -> AsyncIterator[asyncpg.Pool]:
    await migrate(place.dsn, ["reader"])
    async with asyncpg.create_pool(place.dsn, min_size=1, max_size=6) as pool:
        yield pool


@dataclass(frozen=True)
class Named:
    name: str


class Service:
    """Remembers what its reactions were told; a test tells it how to answer."""

    def __init__(self) -> None:
        self.seen: list[Recorded] = []
        self.answer: Callable[[Recorded, Outcomes], Awaitable[None]] = self.nothing

    def make(self, told: Outcomes) -> Callable[[Recorded], Awaitable[None]]:
        async def handle(event: Recorded) -> None:
            await self.answer(event, told)
            self.seen.append(event)

        return handle

    def positions(self) -> list[int]:
        return sorted({event.meta.position for event in self.seen})

    async def nothing(self, _event: Recorded, _told: Outcomes) -> None:
        return


@asynccontextmanager
async def reacting(place: Place, pool: asyncpg.Pool, topic: Topic, service: Service, *reactions: str) -> AsyncIterator[Reactor]:
    reactor = Reactor(pool, place.bootstrap, "reader", reactions or ("first",), service.make)
    stop = asyncio.Event()
    task = asyncio.ensure_future(reactor.run(stop, [topic.name], f"{place.installation}.reader", reread_s=0.2))
    try:
        yield reactor
    finally:
        stop.set()
        await asyncio.wait({task}, timeout=20)
    task.result()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await condition():  # noqa: ASYNC110 (a condition of the database)
            await asyncio.sleep(0.02)


async def applied(pool: asyncpg.Pool, messages: int) -> None:
    """The checkpoints have passed so many messages."""

    async def there() -> bool:
        read: int = await pool.fetchval("select coalesce(sum(next_offset), 0) from checkpoint")
        return read == messages

    await until(there)


def here(place: Place, *events: Recorded) -> list[Recorded]:
    return [Recorded(meta=msgspec.structs.replace(one.meta, source=place.source()), data=one.data) for one in events]


def added(place: Place, position: int, counter: str, **meta: Any) -> Recorded:
    return here(place, recorded(CounterAdded(counter_id=CounterId(counter), amount=1), position, **meta))[0]


async def test_every_event_is_told_in_order_of_its_key(place: Place, pool: asyncpg.Pool) -> None:
    """A fresh installation: from the first event on."""
    topic, service = await place.topic(), Service()
    Writer(place.bootstrap, topic).send(here(place, *additions(300, 20)))
    async with reacting(place, pool, topic, service):
        await applied(pool, 300)
    assert service.positions() == list(range(1, 301))
    for key in {event.meta.key for event in service.seen}:
        told = [event.meta.position for event in service.seen if event.meta.key == key]
        assert told == sorted(told)


async def test_a_reaction_added_later_is_silent_about_the_years_before(place: Place, pool: asyncpg.Pool) -> None:
    """Ruling 14 of the design, T: add one after 1,000 events: silence."""
    topic, service = await place.topic(), Service()
    writer, spoke = Writer(place.bootstrap, topic), list[tuple[str, int]]()

    async def answer(event: Recorded, told: Outcomes) -> None:
        spoke.extend((name, event.meta.position) for name in ("first", "later") if told.speaks(Named(name), event.meta))

    writer.send(here(place, *additions(1000, 20)))
    async with reacting(place, pool, topic, service):
        await applied(pool, 1000)
    service.answer = answer
    writer.send(here(place, *additions(20, 20, first=1001)))
    async with reacting(place, pool, topic, service, "first", "later"):
        await applied(pool, 1020)
        writer.send(here(place, *additions(20, 20, first=1021)))
        await applied(pool, 1040)
    assert sorted(position for name, position in spoke if name == "first") == list(range(1001, 1041))
    assert sorted(position for name, position in spoke if name == "later") == list(range(1021, 1041))


async def test_passing_trouble_holds_the_partition_and_loses_nothing(place: Place, pool: asyncpg.Pool) -> None:
    """The same event is told again until it is taken; nothing behind it in its partition is told before."""
    topic, service, fails = await place.topic(), Service(), 3

    async def answer(event: Recorded, told: Outcomes) -> None:
        nonlocal fails
        if event.meta.position == 30 and fails:
            fails -= 1
            raise Retry("the own database is away")

    service.answer = answer
    Writer(place.bootstrap, topic).send(here(place, *additions(100, 20)))
    async with reacting(place, pool, topic, service):
        await applied(pool, 100)
        await until(lambda: _true(len(service.positions()) == 100))
    assert fails == 0
    assert await parking.parked(pool) == []


async def _true(value: bool) -> bool:
    return value


async def test_what_a_reaction_cannot_take_parks_its_key_only(place: Place, pool: asyncpg.Pool) -> None:
    """Unreadable or too many reactions in a chain: parked with its reason; retried in order when it can be taken."""
    topic, service, mended = await place.topic(), Service(), False

    async def answer(event: Recorded, told: Outcomes) -> None:
        if event.meta.position == 2 and not mended:
            raise Unreadable("more than 16 reactions in a chain")

    service.answer = answer
    events = [added(place, 1, "a"), added(place, 2, "a", hops=17), added(place, 3, "a"), added(place, 4, "b")]
    Writer(place.bootstrap, topic).send(events)
    async with reacting(place, pool, topic, service) as reactor:
        await applied(pool, 4)
        await until(lambda: _true(service.positions() == [1, 4]))

        async def two() -> bool:
            return len(await parking.parked(pool)) == 2

        await until(two)
        first, behind = await parking.parked(pool)
        assert (first.position, first.reason, behind.position) == (2, "more than 16 reactions in a chain", 3)
        mended = True
        assert await reactor.intake.retry(first.id, "operator") == 2
    assert [event.meta.position for event in service.seen if event.meta.key == "counter/a"] == [1, 2, 3]
    assert await parking.parked(pool) == []


async def test_a_refused_command_is_listed_once_and_parks_nothing(place: Place, pool: asyncpg.Pool) -> None:
    """Ruling 13 of the design: `status` lists it, the first answer stays."""
    topic, service = await place.topic(), Service()

    async def answer(event: Recorded, told: Outcomes) -> None:
        await told(event.meta, Named("first"), "account/1", "already_closed")
        await told(event.meta, Named("first"), "account/1", "another_code")

    service.answer = answer
    Writer(place.bootstrap, topic).send([added(place, 1, "a")])
    async with reacting(place, pool, topic, service):
        await applied(pool, 1)
    (one,) = await outcomes(pool)
    assert (one["event_id"], one["target"], one["code"]) == (service.seen[0].meta.id, "account/1", "already_closed")
    assert await parking.parked(pool) == []


async def test_a_worker_that_dies_before_its_checkpoint_tells_again(place: Place, pool: asyncpg.Pool) -> None:
    """Redelivery, never loss: the commands' keys make it harmless."""
    topic, service = await place.topic(), Service()
    Writer(place.bootstrap, topic).send(here(place, *additions(50, 20)))

    async def answer(_event: Recorded, _told: Outcomes) -> None:
        if len(service.seen) == 25:
            raise RuntimeError("killed")

    service.answer = answer
    with pytest.raises(ConsumerFailed):
        async with reacting(place, pool, topic, service):
            await until(lambda: _true(len(service.seen) == 25))
    service.answer = service.nothing
    async with reacting(place, pool, topic, service):
        await applied(pool, 50)
    assert service.positions() == list(range(1, 51))
    assert len(service.seen) > 50
