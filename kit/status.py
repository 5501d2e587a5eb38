"""Where a service stands: its log, its relay, its consumers; and when a whole installation is at rest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import asyncpg
import msgspec

CONSUMERS = """
select consumer, topic, partition, position, greatest(end_offset - next_offset, 0) as lag_events,
       case when end_offset > next_offset then coalesce(extract(epoch from clock_timestamp() - recorded_at)::float8, 0) else 0 end as lag_seconds,
       (select count(*) from parked p where p.consumer = c.consumer and p.topic = c.topic and p.partition = c.partition
           and p.state in ('parked', 'waiting')) as parked
  from checkpoint c order by consumer, topic, partition
"""
PUBLISHED = "select partition, position from relay_ledger where partition >= 0"
POLL_SECONDS = 0.05


class ConsumerPlace(msgspec.Struct, frozen=True, kw_only=True):
    """How far a consumer is in one partition: last position applied, events and seconds behind, messages parked."""

    consumer: str
    topic: str
    partition: int
    position: int
    lag_events: int
    lag_seconds: float
    parked: int

    @property
    def source(self) -> str:
        """The service whose topic it is."""
        return self.topic.split(".")[1]


class ViewState(msgspec.Struct, frozen=True, kw_only=True):
    """A set of tables of a view: live, or being built beside it."""

    view: str
    version: int
    state: str


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """One service. position: of its log (0 for the read side).  published: last position in each partition of its topic.

    relayed: everything up to it is in the topic.  sources: the services it reads.  pending: work that is due now (findings to look at).
    """

    service: str
    position: int = 0
    relayed: int = 0
    published: dict[int, int] = {}
    sources: list[str] = []
    consumers: list[ConsumerPlace] = []
    pending: int = 0
    refused: int = 0
    views: list[ViewState] = []

    def has_read(self, owners: Mapping[str, Status]) -> bool:
        """Every consumer has applied all that its sources have published."""
        places = {(place.consumer, place.source, place.partition): place.position for place in self.consumers}
        names = {place.consumer for place in self.consumers if place.source in self.sources} or {""}
        return all(
            places.get((name, source, partition), 0) >= position
            for name in names
            for source in self.sources
            for partition, position in owners[source].published.items()
        )


async def consumer_places(pool: asyncpg.Pool) -> list[ConsumerPlace]:
    """From the checkpoints of a database."""
    return [ConsumerPlace(**dict(row)) for row in await pool.fetch(CONSUMERS)]


async def view_states(pool: asyncpg.Pool) -> list[ViewState]:
    """The views' sets that are live or being built."""
    rows = await pool.fetch("select view, version, state from view_set where state in ('live', 'building') order by view, state")
    return [ViewState(**dict(row)) for row in rows]


async def published(pool: asyncpg.Pool) -> dict[int, int]:
    """From the relay's ledger: the last acknowledged position of each partition."""
    return {row["partition"]: row["position"] for row in await pool.fetch(PUBLISHED)}


async def relayed(pool: asyncpg.Pool) -> int:
    """From the relay's ledger: everything up to here is in the topic."""
    return await pool.fetchval("select coalesce(max(position), 0) from relay_ledger where partition = -1") or 0


async def refused(pool: asyncpg.Pool) -> int:
    """How many commands of reactions were refused without an event that answers."""
    return await pool.fetchval("select count(*) from reaction_outcome") or 0


def at_rest(statuses: Sequence[Status]) -> bool:
    """All that was stored is published, all that was published is applied, nothing is due."""
    owners = {status.service: status for status in statuses}
    return all(s.relayed >= s.position and s.pending == 0 and s.has_read(owners) for s in statuses)


async def settle(ask: Callable[[], Awaitable[Sequence[Status]]], *, timeout_seconds: float = 60.0) -> Sequence[Status]:
    """Return once every head is stable and every relay, reaction and view is there: twice in a row, with the same heads.

    Raises: TimeoutError.
    """
    before: dict[str, int] = {}
    async with asyncio.timeout(timeout_seconds):
        while True:
            statuses = await ask()
            heads = {status.service: status.position for status in statuses}
            if at_rest(statuses) and heads == before:
                return statuses
            before = heads if at_rest(statuses) else {}
            await asyncio.sleep(POLL_SECONDS)
