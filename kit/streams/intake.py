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
from kit.errors import Retry, Unreadable
from kit.streams import checkpoint, parking
from kit.streams.chain import Fact, Hole, Record, Stretch, fact_of
from kit.streams.checkpoint import Mark, Place
from kit.streams.parking import ParkedMessage
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
    """One consumer's way from messages to applied facts; `consume` gives it the messages.

    apply: writes facts inside the transaction of the checkpoint; Retry from it makes the partitions wait.
    apply_late: the same for facts that were parked and come after younger ones of their partition.
    """

    def __init__(
        self, pool: asyncpg.Pool, bootstrap: str, consumer: str, apply: Apply, feed: Feed = no_feed, apply_late: Apply | None = None
    ) -> None:
        self.pool, self.consumer = pool, consumer
        self.bootstrap, self._apply, self._feed = bootstrap, apply, feed
        self._apply_late = apply_late or apply
        self._marks: dict[Place, Mark] = {}
        self._blocked: dict[str, set[str]] = {}
        self._partitions: dict[str, int] = {}
        self._one_at_a_time = asyncio.Lock()  # a new assignment must not bring back marks that a batch is just moving

    async def load_offsets(self, places: Collection[Place]) -> dict[Place, int]:
        """The next offset of each place; 0 for one never read and for a topic that was made anew."""
        topics = await describe_topics(self.bootstrap, {topic for topic, _ in places})
        self._partitions.update({name: topic.partitions for name, topic in topics.items()})
        async with self._one_at_a_time:
            await self._retrying(self._begin, {place: topics[place[0]].id for place in places})
        return {place: self._marks[place].next_offset for place in places}

    async def _begin(self, ids: Mapping[Place, str]) -> None:
        self._marks.update(await checkpoint.begin(self.pool, self.consumer, ids))
        self._blocked.update(await parking.blocked(self.pool, self.consumer, {topic for topic, _ in ids}))

    async def handle(self, records: Sequence[Record]) -> set[Place]:
        """Applies a batch; returns the places that must wait: a hole whose owner is down, an event of a newer program."""
        stuck: set[Place] = set()
        async with self._one_at_a_time:
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
            stretches = await self._understand_all(records, stuck)
            if refusal is not None:
                for stretch in stretches:
                    stretch.park_facts(0, refusal)
            try:
                await self._commit(stretches)
            except Moved:
                await self._reload({stretch.mark.place for stretch in stretches})
            else:
                return

    async def _understand_all(self, records: Sequence[Record], stuck: set[Place]) -> list[Stretch]:
        """The partitions side by side; what is written here waits for nobody, but a reaction or an owner may take its time."""
        parts = [(place, list(part)) for place, part in groupby(sorted(records, key=_place), _place) if place not in stuck]
        done = await asyncio.gather(*(self._understand(place, part, stuck) for place, part in parts), return_exceptions=True)
        for outcome in done:
            if isinstance(outcome, BaseException):
                raise outcome
        return [outcome for outcome in done if isinstance(outcome, Stretch)]

    async def _understand(self, place: Place, records: Sequence[Record], stuck: set[Place]) -> Stretch:
        """What the records mean, up to what cannot be passed now."""
        stretch = Stretch(self._marks[place], set(self._blocked[place[0]]))
        for record in records:
            try:
                await self._take(stretch, record)
            except (NewerVersion, Retry) as reason:
                log.warning("%s/%d waits: %s", *place, reason)
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

    async def retry(self, parked_id: int, actor: str) -> int:
        """What is parked and waits for the message's key is applied in order, until one fails again. Returns how many were applied.

        Raises LookupError when nothing is parked under the id; Retry and NewerVersion as applying does.
        """
        one = await parking.find(self.pool, parked_id)
        applied = 0
        while await self._retry_first(one, actor):
            applied += 1
        return applied

    async def skip(self, parked_id: int, actor: str, reason: str) -> int:
        """The message is stepped over, for ever and by every rebuild; what waits behind it is applied. Returns how many were.

        Raises LookupError; ValueError when another message of its key stands before it.
        """
        one = await parking.find(self.pool, parked_id)
        async with self.pool.acquire() as connection, connection.transaction():
            await checkpoint.lock(connection, self.consumer, [(one.topic, one.partition)])
            waiting = await parking.queue(connection, self.consumer, one.topic, one.key)
            if one.position and waiting[0][0].id != parked_id:
                raise ValueError(f"{waiting[0][0].id} stands before it")
            await parking.settle(connection, parked_id, "skipped", actor, reason)
        return await self.retry(waiting[1][0].id, actor) if one.position and len(waiting) > 1 else 0

    async def _retry_first(self, one: ParkedMessage, actor: str) -> bool:
        """The first of the key's queue is applied and settled; False when there is none or it failed again."""
        waiting = await parking.queue(self.pool, self.consumer, one.topic, one.key)
        if not waiting:
            return False
        first, message = waiting[0]
        try:
            fact = fact_of(message)
            await self._before_late(fact)
            await self._settle(first, fact, actor)
        except (Unreadable, *REFUSED) as error:
            reason = str(error) if isinstance(error, Unreadable) else f"the database refused it ({error.sqlstate})"
            await parking.fail_again(self.pool, first.id, reason)
            return False
        return True

    async def _before_late(self, fact: Fact) -> None:
        """What happens to a parked fact before its transaction."""

    async def _settle(self, first: ParkedMessage, fact: Fact, actor: str) -> None:
        """Under the lock that live applying holds, so nothing of the key can pass meanwhile."""
        async with self.pool.acquire() as connection, connection.transaction():
            await checkpoint.lock(connection, self.consumer, [(first.topic, first.partition)])
            still = await connection.fetchval("select state in ('parked', 'waiting') from parked where id = $1", first.id)
            if still:
                await self._apply_late(connection, [fact])
                await parking.settle(connection, first.id, "applied", actor, "retried")


def _place(record: Record) -> Place:
    return record.topic, record.partition
