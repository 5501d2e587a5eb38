"""How the read API reads: rows of live views, the history behind them, how fresh both are, and waiting for a position."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import asyncpg

from contracts.envelope import Recorded
from kit.errors import Retry
from kit.journal import entries, sets
from kit.journal.arrivals import CONSUMER, Arrivals
from kit.journal.columns import as_text
from kit.streams.topics import source_of, topic_of
from kit.view import Row, View

R = TypeVar("R", bound=Row)
TOKEN = re.compile(r"^(?P<service>[a-z][a-z0-9-]*)/(?P<partition>\d{1,9}):(?P<position>\d{1,18})$")
RETRY_AFTER_S = 1


class NotYet(Retry):
    """The views do not hold the position yet; the same read may succeed after `retry_after` seconds."""

    def __init__(self, token: str, retry_after: int = RETRY_AFTER_S) -> None:
        super().__init__(f"not there yet: {token}")
        self.retry_after = retry_after


class NoToken(ValueError):
    """The text is not a position token (`service/partition:position[,…]`)."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far one partition of one source is read. lag: events known to lie beyond it when a worker last looked (`seen_at`)."""

    source: str
    partition: int
    position: int
    recorded_at: datetime | None
    lag: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh an answer is. incomplete: something of the keys it rests on is parked (of any key, where none were given)."""

    places: Sequence[Place]
    incomplete: bool
    parked: int


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order of their keys. cursor: given back, it brings the next page; None: this was the last."""

    rows: Sequence[Any]
    cursor: str | None


class Snapshot:
    """Rows of live views as of one moment: what several queries give belongs together, and a switch in between changes nothing."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def get(self, view: View[R], key: str) -> R | None:
        """One row by its key."""
        found = await self.select(view, "key = $1", "", key)
        return found[0] if found else None

    async def rows(self, view: View[R], **where: Any) -> list[R]:
        """The rows whose indexed fields have these values, by key. A list of values: any of them.

        A field that holds a list matches when it contains the value.
        """
        condition, values = _condition(view, where)
        return await self.select(view, condition, "order by key", *values)

    async def counts(self, view: View[Any], by: str, **where: Any) -> dict[str, int]:
        """How many of the rows that `rows` would give have each value of an indexed field (as text): counted, not read.

        Rows without a value are not counted. Raises ValueError for a field that holds a list.
        """
        _check_indexed(view, by)
        if sets.columns_of(view)[by].endswith("[]"):
            raise ValueError(f"view {view.name}: {by} holds lists")
        condition, values = _condition(view, where)
        (target,) = await sets.live(self._connection, [view])
        found = await self._connection.fetch(
            f'select "{by}"::text as value, count(*) as rows from "{target.table}" '
            f'where row is not null and "{by}" is not null and {condition} group by 1 order by 1',
            *values,
        )
        return {row["value"]: row["rows"] for row in found}

    async def select(self, view: View[Any], condition: str, rest: str, *values: Any, with_keys: bool = False) -> list[Any]:
        """Rows of the view's live set, with their keys if asked."""
        (target,) = await sets.live(self._connection, [view])
        statement = f'select key, row::text as row from "{target.table}" where row is not null and {condition} {rest}'
        found = await self._connection.fetch(statement, *values)
        decode = target.decoder.decode
        return [(row["key"], decode(row["row"])) if with_keys else decode(row["row"]) for row in found]


class Views:
    """The read side's store for readers. A context manager: it listens for news on a connection of its own.

    follows: names of views that fold behind the journal, whom a waiting reader waits for too.
    """

    def __init__(self, pool: asyncpg.Pool, dsn: str, installation: str, follows: Collection[str] = ()) -> None:
        self._pool, self._installation, self._follows = pool, installation, list(follows)
        self._arrivals = Arrivals(dsn)

    async def __aenter__(self) -> Self:
        await self._arrivals.__aenter__()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._arrivals.__aexit__(kind, error, trace)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """Several reads of one moment."""
        async with self._pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            yield Snapshot(connection)

    async def get(self, view: View[R], key: str) -> R | None:
        """One row by its key."""
        async with self.snapshot() as now:
            return await now.get(view, key)

    async def rows(self, view: View[R], **where: Any) -> list[R]:
        """The rows whose indexed fields have these values, by key."""
        async with self.snapshot() as now:
            return await now.rows(view, **where)

    async def counts(self, view: View[Any], by: str, **where: Any) -> dict[str, int]:
        """How many rows have each value of an indexed field, counted where they lie."""
        async with self.snapshot() as now:
            return await now.counts(view, by, **where)

    async def page(self, view: View[R], *, limit: int, cursor: str | None = None, **where: Any) -> Page:
        """As `rows`, a page at a time."""
        condition, values = _condition(view, where)
        after = f"key > ${len(values) + 1}"
        rest = f"order by key limit {int(limit) + 1}"
        async with self.snapshot() as now:
            found = await now.select(view, f"{condition} and {after}", rest, *values, cursor or "", with_keys=True)
        shown = found[:limit]
        return Page([row for _, row in shown], shown[-1][0] if len(found) > limit else None)

    async def history(self, keys: Sequence[str], known_at: datetime | None = None) -> list[Recorded]:
        """The events of some Kafka keys by (recorded_at, source, partition, position), as known at an instant."""
        return await entries.history(self._pool, keys, known_at)

    async def event(self, event_id: str) -> Recorded | None:
        """One event."""
        return await entries.by_id(self._pool, event_id)

    async def effects(self, event_id: str) -> list[Recorded]:
        """The events that an event caused."""
        return await entries.effects(self._pool, event_id)

    async def freshness(self, keys: Collection[str] = ()) -> Freshness:
        """How far the journal is, and whether something of these Kafka keys is parked, for it or for a view."""
        rows = await self._pool.fetch(
            "select topic, partition, position, recorded_at, greatest(end_offset - next_offset, 0) as lag, updated_at "
            "from checkpoint where consumer = $1 order by topic, partition",
            CONSUMER,
        )
        parked: int = await self._pool.fetchval(
            "select count(*) from parked where state in ('parked', 'waiting') and position > 0 "
            "and (consumer = $1 or set_id in (select id from view_set where state = 'live')) and (key = any($2) or cardinality($2) = 0)",
            CONSUMER,
            list(keys),
        )
        places = [Place(source_of(row[0]), *tuple(row)[1:]) for row in rows]
        return Freshness(places, parked > 0, parked)

    async def wait_for(self, token: str, timeout_s: float) -> None:
        """Return once the views hold what the token names. Raises NotYet after the time, NoToken for a text that is none."""
        wanted = parse_token(token)
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    seen = self._arrivals.count
                    if await self._hold(wanted):
                        return
                    await self._arrivals.after(seen)
        except TimeoutError:
            raise NotYet(token) from None

    async def _hold(self, wanted: Mapping[tuple[str, int], int]) -> bool:
        topics = [topic_of(self._installation, service) for service, _ in wanted]
        missing = await self._pool.fetchval(
            "select count(*) from unnest($1::text[], $2::text[], $3::int[], $4::bigint[]) x(topic, source, partition, position) "
            "where not exists (select from checkpoint c where c.consumer = $5 and c.topic = x.topic and c.partition = x.partition "
            "  and c.position >= x.position) "
            "or exists (select from view_set s where s.state = 'live' and s.view = any($6) and not exists (select from view_progress p "
            "  where p.set_id = s.id and p.source = x.source and p.partition = x.partition and p.position >= x.position))",
            *(topics, [source_of(topic) for topic in topics], [partition for _, partition in wanted], list(wanted.values())),
            *(CONSUMER, self._follows),
        )
        return not missing


def parse_token(token: str) -> dict[tuple[str, int], int]:
    """(service, partition) -> position. Raises NoToken."""
    wanted: dict[tuple[str, int], int] = {}
    for part in token.split(","):
        match = TOKEN.match(part.strip())
        if match is None:
            raise NoToken("a position token is service/partition:position[,…]")
        place = match["service"], int(match["partition"])
        wanted[place] = max(wanted.get(place, 0), int(match["position"]))
    return wanted


def _condition(view: View[Any], where: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Equality on indexed fields. Raises ValueError for a field that is not indexed: it would read the whole table."""
    _check_indexed(view, *where)
    kinds = sets.columns_of(view)
    parts, values = ["true"], []
    for name, value in where.items():
        if value is None:
            parts.append(f'"{name}" is null')
            continue
        several = isinstance(value, list | tuple | set | frozenset)
        values.append([as_text(one) for one in value] if several else as_text(value))
        parts.append((_any_of if several else _equals)(f'"{name}"', kinds[name], f"${len(values)}"))
    return " and ".join(parts), values


def _check_indexed(view: View[Any], *names: str) -> None:
    unknown = set(names) - set(view.index)
    if unknown:
        raise ValueError(f"view {view.name} has no index on {sorted(unknown)}")


def _equals(column: str, kind: str, given: str) -> str:
    return f"{column} @> array[{given}::text]::{kind}" if kind.endswith("[]") else f"{column} = {given}::text::{kind}"


def _any_of(column: str, kind: str, given: str) -> str:
    """A subquery, which is joined: `= any(…)` of a cast list is searched from its beginning for every row."""
    if kind.endswith("[]"):
        return f"{column} && {given}::text[]::{kind}"
    return f"{column} in (select one::{kind} from unnest({given}::text[]) one)"
