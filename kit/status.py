"""Where a service stands: its log, its relay, its consumers; and when a whole installation is at rest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from kit.simulation import SimulatedClock
from kit.streams.ledger import WHOLE

CONSUMERS = """
select consumer, topic, partition, position, greatest(end_offset - next_offset, 0) as lag_events,
       case when end_offset > next_offset then coalesce(extract(epoch from clock_timestamp() - recorded_at)::float8, 0) else 0 end as lag_seconds,
       (select count(*) from parked p where p.consumer = c.consumer and p.topic = c.topic and p.partition = c.partition
           and p.state in ('parked', 'waiting')) as parked
  from checkpoint c order by consumer, topic, partition
"""
LOG = """
select (select coalesce(max(position), 0) from events) as position, (select min(due) from timer) as next_due,
       (select count(*) from timer where due <= $1) as pending,
       (select json_object_agg(partition, position)::text from relay_ledger) as ledger, ({refused}) as refused, ({consumers}) as consumers
"""
REACTS = {
    "refused": "select count(*) from reaction_outcome",
    "consumers": f"select json_agg(one)::text from ({CONSUMERS}) one",
}
REACTS_TO_NOBODY = {"refused": "0", "consumers": "null::text"}
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

    relayed: everything up to it is in the topic.  sources: the services it reads.  pending: work that is due now (findings, timers).
    next_due: when the next timer is due.
    """

    service: str
    position: int = 0
    relayed: int = 0
    published: dict[int, int] = {}
    sources: list[str] = []
    consumers: list[ConsumerPlace] = []
    pending: int = 0
    next_due: datetime | None = None
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


async def log_status(pool: asyncpg.Pool, service: str, until: datetime | None, *, sources: Sequence[str], reacts: bool) -> Status:
    """A service that takes commands. until: up to when deadlines act here; None: they do not.

    All as of one moment: whatever led to an applied position or to a timer's end was stored before it, so it is seen too.
    """
    row = await pool.fetchrow(LOG.format(**(REACTS if reacts else REACTS_TO_NOBODY)), until)
    ledger: dict[int, int] = {int(partition): position for partition, position in msgspec.json.decode(row["ledger"] or "{}").items()}
    return Status(
        service=service,
        position=row["position"],
        relayed=ledger.pop(WHOLE, 0),
        published=ledger,
        sources=list(sources),
        consumers=msgspec.json.decode(row["consumers"] or "[]", type=list[ConsumerPlace]),
        pending=row["pending"],
        next_due=row["next_due"],
        refused=row["refused"],
    )


def at_rest(statuses: Sequence[Status]) -> bool:
    """All that was stored is published, all that was published is applied, nothing is due."""
    owners = {status.service: status for status in statuses}
    return all(s.relayed >= s.position and s.pending == 0 and s.has_read(owners) for s in statuses)


async def settle(
    ask: Callable[[], Awaitable[Sequence[Status]]], *, timeout_seconds: float = 60.0, poll_seconds: float = POLL_SECONDS
) -> Sequence[Status]:
    """Return once every relay, reaction, deadline and view is where the logs are, and nobody gives commands.

    One look is enough. Take the first event written after its own service was looked at: what led to it is older, so it lay in the log of
    its service when that was looked at, was published, and was applied before the reacting service's log was looked at: no such event.
    Raises: TimeoutError, which says what is not at rest.
    """
    statuses: Sequence[Status] = ()
    try:
        async with asyncio.timeout(timeout_seconds):
            while True:
                statuses = await ask()
                if at_rest(statuses):
                    return statuses
                await asyncio.sleep(poll_seconds)
    except TimeoutError:
        raise TimeoutError(f"not at rest after {timeout_seconds:.0f} s: {'; '.join(unrest(statuses)) or 'no answer'}") from None


def unrest(statuses: Sequence[Status]) -> list[str]:
    """What keeps an installation from being at rest, in words."""
    owners = {status.service: status for status in statuses}
    reasons = []
    for status in statuses:
        if status.relayed < status.position:
            reasons.append(f"{status.service} has {status.position - status.relayed} events that are not in its topic")
        if status.pending:
            reasons.append(f"{status.service} has {status.pending} due timers or findings")
        if not status.has_read(owners):
            reasons.append(f"{status.service} has not applied all that others published")
    return reasons


async def advance(
    clock: SimulatedClock,
    to: datetime,
    ask: Callable[[], Awaitable[Sequence[Status]]],
    told: Callable[[datetime], None] = lambda _due: None,
    *,
    timeout_seconds: float = 60.0,
) -> Sequence[Status]:
    """The simulated clock stands at `to`, and every deadline up to then has acted, one instant after the other, with all that followed.

    told: hears each instant at which deadlines act.  Interrupted, it stands where it was; calling it again goes on.
    Raises: TimeoutError, CannotTurnBack.
    """
    while True:
        statuses = await settle(ask, timeout_seconds=timeout_seconds)
        due = min((status.next_due for status in statuses if status.next_due is not None), default=None)
        if due is None or due > to:
            break
        told(due)
        clock.move(max(due, clock.now()), max(due, clock.deadlines()))
    clock.move(to)
    return await settle(ask, timeout_seconds=timeout_seconds)
