"""Applies what topics bring, each event exactly once, in the transaction that moves the checkpoint.

Messages are understood before the transaction, from where the consumer is believed to stand; the transaction then locks the
checkpoints and compares. When another worker or an operator was there in between, all is understood again from what is true now.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

import asyncpg
from tenacity import AsyncRetrying, retry_if_exception_type, wait_exponential_jitter

from contracts.envelope import NewerVersion, Recorded
from kit.errors import Retry
from kit.streams import checkpoint, parking
from kit.streams.chain import Fact, Hole, Parking, Record, Stretch
from kit.streams.checkpoint import Mark, Place
from kit.streams.codec import to_message
from kit.streams.topics import describe_topics, partition_of

log = logging.getLogger(__name__)
Apply = Callable[[Any, Sequence[Fact]], Awaitable[None]]
"""(connection inside the transaction, facts in order) -> done."""
Feed = Callable[[str, int, int], Awaitable[Sequence[Recorded]]]
"""(service, after, limit) -> the owner's events after a position, in order. Raises what it likes when the owner is down."""

FEED_PAGE = 1_000
FEED_PATIENCE_S = 10.0
PASSING = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.InsufficientResourcesError,
    asyncpg.CannotConnectNowError,
)
"""The database is away or asks to try again."""
REFUSED = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
"""The database refuses the content: of one message, when only one is left."""


class Moved(Exception):
    """Somebody else applied or settled something since the messages were understood."""


async def no_feed(service: str, after: int, limit: int) -> Sequence[Recorded]:
    """No owner can be asked: holes wait."""
    raise Retry(f"no feed of {service} after {after} ({limit})")


class Intake:
    """One consumer's way from messages to applied facts. `load_offsets` and `handle` are what a `FetchApp` needs.

    apply: writes facts inside the transaction of the checkpoint; Retry from it makes the partitions wait.
    """

    def __init__(self, pool: asyncpg.Pool, bootstrap: str, consumer: str, apply: Apply, feed: Feed = no_feed) -> None:
        self.pool, self.consumer = pool, consumer
        self._bootstrap, self._apply, self._feed = bootstrap, apply, feed
        self._marks: dict[Place, Mark] = {}
        self._blocked: dict[str, set[str]] = {}
        self._partitions: dict[str, int] = {}

    async def load_offsets(self, places: Collection[Place]) -> dict[Place, int]:
        """The next offset of each place; 0 for one never read and for a topic that was made anew."""
        topics = await describe_topics(self._bootstrap, {topic for topic, _ in places})
        self._partitions.update({name: topic.partitions for name, topic in topics.items()})
        await self._retrying(self._begin, {place: topics[place[0]].id for place in places})
        return {place: self._marks[place].next_offset for place in places}

    async def _begin(self, ids: Mapping[Place, str]) -> None:
        self._marks.update(await checkpoint.begin(self.pool, self.consumer, ids))
        self._blocked.update(await parking.blocked(self.pool, self.consumer, {topic for topic, _ in ids}))

    async def handle(self, records: Sequence[Record]) -> set[Place]:
        """Applies a batch; returns the places that must wait: a hole whose owner is down, an event of a newer program."""
        stuck: set[Place] = set()
        await self._retrying(self._handle, records, stuck)
        return stuck

    async def _retrying(self, work: Callable[..., Awaitable[None]], *arguments: Any) -> None:
        """The database is waited for; a batch is never given up."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(PASSING), wait=wait_exponential_jitter(multiplier=0.05, max=5), reraise=True
        ):
            with attempt:
                await work(*arguments)

    async def _handle(self, records: Sequence[Record], stuck: set[Place]) -> None:
        try:
            await self._understand_and_apply(records, stuck)
        except REFUSED as refused:
            if len(records) > 1:
                for record in records:  # one bad message must not hold up the others
                    await self._handle([record], stuck)
            else:
                await self._understand_and_apply(records, stuck, f"the database refused it ({refused.sqlstate})")
        except Retry as retry:
            log.warning("%s waits: %s", self.consumer, retry)
            stuck.update((record.topic, record.partition) for record in records)

    async def _understand_and_apply(self, records: Sequence[Record], stuck: set[Place], refusal: str | None = None) -> None:
        while True:
            stretches = [
                await self._understand(place, list(part), stuck)
                for place, part in groupby(sorted(records, key=_place), _place)
                if place not in stuck
            ]
            if refusal is not None:
                for stretch in stretches:
                    park_facts(stretch, refusal)
            try:
                await self._commit(stretches)
            except Moved:
                await self._reload({stretch.mark.place for stretch in stretches})
            else:
                return

    async def _understand(self, place: Place, records: Sequence[Record], stuck: set[Place]) -> Stretch:
        """What the records mean, up to what cannot be passed now."""
        stretch = Stretch(self._marks[place], set(self._blocked[place[0]]))
        for record in records:
            try:
                await self._take(stretch, record)
            except NewerVersion as newer:
                log.warning("%s/%d waits for a newer program: %s", *place, newer)
                stuck.add(place)
                break
            except Hole as hole:
                log.error("%s/%d: %s", *place, hole)  # noqa: TRY400 (the place says it all)
                stuck.add(place)
                break
        return stretch

    async def _take(self, stretch: Stretch, record: Record) -> None:
        try:
            stretch.take(record)
        except Hole as hole:
            await self._heal(stretch, hole)
            stretch.take(record)

    async def _heal(self, stretch: Stretch, hole: Hole) -> None:
        """Takes what is missing from the owner's feed. Raises the hole when the owner cannot give it now."""
        topic, partition = stretch.mark.place
        after = hole.after
        while after < hole.upto:
            page = await self._ask_owner(topic.split(".")[1], after, hole)
            for event in page:
                meta = event.meta
                if meta.position <= hole.upto and partition_of(meta.key, self._partitions[topic]) == partition:
                    stretch.take_healed(event)
            after = page[-1].meta.position
        if stretch.mark.position != hole.upto:
            raise hole
        log.warning("%s/%d: positions after %d up to %d came from the owner's feed", topic, partition, hole.after, hole.upto)

    async def _ask_owner(self, service: str, after: int, hole: Hole) -> Sequence[Recorded]:
        try:
            page = await asyncio.wait_for(self._feed(service, after, FEED_PAGE), FEED_PATIENCE_S)
        except Exception as error:
            raise hole from error
        if not page or page[-1].meta.position <= after:
            raise hole
        return page

    async def _commit(self, stretches: Sequence[Stretch]) -> None:
        """One transaction: lock and compare, apply, park, move on."""
        before = {stretch.mark.place: self._marks[stretch.mark.place] for stretch in stretches}
        topics = {topic for topic, _ in before}
        async with self.pool.acquire() as connection, connection.transaction():
            locked = await checkpoint.lock(connection, self.consumer, before)
            blocked = await parking.blocked(connection, self.consumer, topics)
            if locked != before or any(blocked[topic] != self._blocked[topic] for topic in topics):
                raise Moved
            facts = [fact for stretch in stretches for fact in stretch.facts]
            if facts:
                await self._apply(connection, facts)
            await parking.park(connection, self.consumer, [one for stretch in stretches for one in stretch.parkings])
            await checkpoint.advance(connection, self.consumer, [stretch.mark for stretch in stretches])
        for stretch in stretches:
            self._marks[stretch.mark.place] = stretch.mark
            self._blocked[stretch.mark.topic] |= {one.key for one in stretch.parkings if one.position}

    async def _reload(self, places: Collection[Place]) -> None:
        self._marks.update({place: mark for place, mark in (await checkpoint.stand(self.pool, self.consumer)).items() if place in places})
        self._blocked.update(await parking.blocked(self.pool, self.consumer, {topic for topic, _ in places}))


def park_facts(stretch: Stretch, reason: str) -> None:
    """The stretch's events are parked instead of applied."""
    for fact in stretch.facts:
        meta = fact.recorded.meta
        message = to_message(fact.recorded, 0)
        parts = (message.key, message.value, message.headers)
        stretch.parkings.append(
            Parking(
                stretch.mark.topic, meta.partition, meta.key, meta.position, stretch.mark.next_offset - 1, meta.id, "parked", reason, parts
            )
        )
    stretch.facts = []


def _place(record: Record) -> Place:
    return record.topic, record.partition
