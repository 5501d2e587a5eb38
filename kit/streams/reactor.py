"""Reads other services' topics and lets a service's reactions answer, event by event, in order within a Kafka key.

What a reaction does is committed by the reaction's own commands, whose keys make redelivery harmless; the checkpoint follows after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Any, Protocol

import asyncpg

from contracts.envelope import Meta, NewerVersion, Recorded
from kit.errors import Retry, Unreadable
from kit.streams.activation import Activation
from kit.streams.chain import Fact, Record, Stretch
from kit.streams.checkpoint import Place
from kit.streams.consume import consume
from kit.streams.intake import Feed, Intake, no_feed

PER_CHECKPOINT = 200  # a worker that dies repeats at most so many events


class Named(Protocol):
    """A reaction, as far as this module is concerned."""

    @property
    def name(self) -> str: ...


class Outcomes:
    """What a reaction's handler may ask and tell. Called when a command was refused: the refusal is listed, nothing is parked."""

    def __init__(self, pool: asyncpg.Pool, activation: Activation) -> None:
        self._pool, self._activation = pool, activation

    async def __call__(self, cause: Meta, reaction: Named, target: str, code: str) -> None:
        """The command for `target` was refused with this code. Told again after a redelivery, the first answer stays."""
        await self._pool.execute(
            "insert into reaction_outcome(event_id, reaction, target, code) values ($1, $2, $3, $4) on conflict do nothing",
            *(cause.id, reaction.name, target, code),
        )

    def speaks(self, reaction: Named, cause: Meta) -> bool:
        """Whether the event comes after the reaction's activation position; about earlier ones it is silent."""
        return self._activation.speaks(reaction.name, cause)


Handle = Callable[[Recorded], Awaitable[None]]
"""Raises Unreadable (park), NewerVersion (the partition waits), Retry (passing trouble: the partition is read again later)."""


class Reactor:
    """One service's reactions to other services' events.

    consumer: the name its checkpoints and parked messages are kept under.  make: given the outcomes, the handler of an event.
    """

    def __init__(
        self,
        pool: asyncpg.Pool,
        bootstrap: str,
        consumer: str,
        reactions: Iterable[str],
        make: Callable[[Outcomes], Handle],
        *,
        feed: Feed = no_feed,
    ) -> None:
        self.consumer = consumer
        self._activation = Activation(pool, bootstrap, consumer, reactions)
        self._handle = make(Outcomes(pool, self._activation))
        self.intake = _Reacting(pool, bootstrap, consumer, self._react, feed)

    async def run(self, stop: asyncio.Event, topics: Iterable[str], group: str, **settings: Any) -> None:
        """Reacts until `stop`. Raises ConsumerFailed: the process ends and begins again from the checkpoints."""
        wanted = sorted(topics)
        await self._activation.settle(wanted)
        await consume(self.intake, stop, wanted, group, **settings)

    async def _react(self, recorded: Recorded) -> None:
        if self._activation.any_speaks(recorded.meta):
            await self._handle(recorded)


class _Reacting(Intake):
    """Reacts while it understands the messages; the transaction only moves the checkpoint and parks."""

    def __init__(self, pool: asyncpg.Pool, bootstrap: str, consumer: str, react: Handle, feed: Feed) -> None:
        super().__init__(pool, bootstrap, consumer, _nothing, feed)
        self._react = react

    async def handle(self, records: Sequence[Record]) -> set[Place]:
        stuck: set[Place] = set()
        for first in range(0, len(records), PER_CHECKPOINT):
            part = [one for one in records[first : first + PER_CHECKPOINT] if (one.topic, one.partition) not in stuck]
            stuck |= await super().handle(part) if part else set()
        return stuck

    async def _before_late(self, fact: Fact) -> None:
        await self._react(fact.recorded)

    async def _take(self, stretch: Stretch, record: Record) -> None:
        before, parked, known = stretch.mark, len(stretch.parkings), len(stretch.facts)
        await super()._take(stretch, record)
        try:
            await self._react_to(stretch, known)
        except (Retry, NewerVersion):
            stretch.mark = before
            del stretch.facts[known:], stretch.parkings[parked:]
            raise

    async def _react_to(self, stretch: Stretch, first: int) -> None:
        """An event that cannot be reacted to parks its key."""
        for number in range(first, len(stretch.facts)):
            try:
                await self._react(stretch.facts[number].recorded)
            except Unreadable as unreadable:
                stretch.park_facts(number, str(unreadable))
                return


async def _nothing(_connection: Any, _facts: Collection[Fact]) -> None:
    """The reactions' own commands wrote all there is to write."""


async def outcomes(pool: asyncpg.Pool, limit: int = 200) -> list[dict[str, Any]]:
    """Refused commands of reactions, newest first: event_id, reaction, target, code, at."""
    rows = await pool.fetch("select event_id, reaction, target, code, at from reaction_outcome order by at desc limit $1", limit)
    return [{**dict(row), "event_id": str(row["event_id"])} for row in rows]
