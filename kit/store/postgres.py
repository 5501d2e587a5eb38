"""The event store on PostgreSQL. One connection writes, a pool reads, one listens; the rest is in `append.sql`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any, TypeVar

import asyncpg
import msgspec
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_random_exponential

from contracts.envelope import Meta, Recorded
from kit.clock import Clock
from kit.errors import OutcomeUnknown, Retry
from kit.pools import LOOK_UPS, pool_of
from kit.store.envelope import StoredMeta
from kit.store.model import Append, GroupResult, Head, Verdict, VerdictKind
from kit.store.parameters import NotACell, columns

COLUMNS = "position, id, stream, version, type, schema_version, key, recorded_at, occurred_at, effective_from, data, meta"
REFUSED = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, asyncpg.ProgramLimitExceededError)
"""The append's own fault: it holds what PostgreSQL cannot keep. Nothing else may become a verdict: a refusal is final for a reaction."""
LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""Anything else: the connection broke or the server is in trouble (crash, no space, no grant); what was under way may have been committed.

`InternalClientError`: a backend that ends between two statements leaves asyncpg in between [seen under load].
"""
HOLDS_LOCK_AT_MOST = "2s"
"""A process that freezes inside a transaction with the order lock keeps the others waiting no longer (ruling 16 of the design)."""
WRITER_SETTINGS = {
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "idle_in_transaction_session_timeout": HOLDS_LOCK_AT_MOST,
}
RECONNECT_SECONDS = 8.0
LOCK = "select pg_advisory_xact_lock(7207)"
BULK_LOCK = "select pg_advisory_lock(7208)"
BULK_FREE = "select pg_advisory_unlock(7208)"
APPEND = f"select * from append_group({', '.join(f'${n}' for n in range(1, 33))})"
KINDS = tuple(VerdictKind)
_meta = msgspec.json.Decoder(StoredMeta)

T = TypeVar("T")
Agreed = Callable[[Any], Awaitable[bool]]


class NotCompared(Retry):
    """The store may have been restored to an earlier time: no append before the relay has compared it with its topic (ruling 7)."""


class PgStore:
    """One service's log. `open` connects; `close` ends everything."""

    def __init__(self, dsn: str, source: str, agreed: Agreed | None = None, clock: Clock | None = None) -> None:
        """agreed: asked on each connection that would write, whether store and topic were found to agree; None: nobody asks.

        clock: of a simulation, which then tells when something was recorded; otherwise the database does, under the order lock.
        """
        self.dsn = dsn
        self.source = source
        self._agreed = agreed
        self._clock = clock if clock is not None and clock.simulated else None
        self._pool: asyncpg.Pool | None = None
        self._writer: asyncpg.Connection | None = None
        self._bulk: asyncpg.Connection | None = None
        self._writing = asyncio.Lock()
        self._importing = asyncio.Lock()
        self._closed = asyncio.Event()

    async def open(self) -> PgStore:
        """Connect the readers; the writer connects at the first append."""
        self._pool = await pool_of(self.dsn, most=6, command_timeout=30, settings=LOOK_UPS)
        return self

    async def close(self) -> None:
        """End every connection; `changes()` ends too."""
        self._closed.set()
        if self._bulk is not None:
            self._bulk.terminate()
        if self._writer is not None:
            await self._writer.close()
        if self._pool is not None:
            await self._pool.close()

    @property
    def pool(self) -> asyncpg.Pool:
        """The readers' connections."""
        if self._pool is None:
            raise RuntimeError("the store is not open")
        return self._pool

    async def append(self, appends: Sequence[Append]) -> GroupResult:
        """As `EventStore.append`. A lost connection is made again and the group repeated: the order lock makes the old one end first,
        and each key then tells whether its append was already recorded. Raises OutcomeUnknown when that takes too long.
        """
        try:
            arrays = columns(appends)
            return await self._patiently(lambda: self._group(arrays))
        except (*REFUSED, NotACell) as error:
            return await self._lone(error) if len(appends) == 1 else await self._one_by_one(appends)
        except LOST as lost:
            raise OutcomeUnknown("the database did not answer in time; repeat with the same key") from lost

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """What the call gives, tried again while the database is in passing trouble. Raises what came of the last try."""
        try:
            return await call()
        except LOST as error:
            if not self._passes(error):
                raise
        retrying = AsyncRetrying(
            retry=retry_if_exception(self._passes),
            stop=stop_after_delay(RECONNECT_SECONDS),
            wait=wait_random_exponential(multiplier=0.05, max=0.5),
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                return await call()
        raise AssertionError("unreachable")

    def _passes(self, error: BaseException) -> bool:
        return isinstance(error, LOST) and not isinstance(error, REFUSED) and not self._closed.is_set()

    async def _lone(self, error: asyncpg.PostgresError | NotACell) -> GroupResult:
        """A single append that the database refused by itself."""
        head = (await self.head()).position
        if isinstance(error, NotACell):
            return GroupResult([Verdict(VerdictKind.INVALID, detail="unit separator")], head, head)
        if isinstance(error, asyncpg.UniqueViolationError):
            return GroupResult([Verdict(VerdictKind.CONFLICT, detail=error.table_name or "")], head, head)
        return GroupResult([Verdict(VerdictKind.INVALID, detail=f"sqlstate {error.sqlstate}")], head, head)

    async def _one_by_one(self, appends: Sequence[Append]) -> GroupResult:
        """One bad neighbour must not take the group down (ruling 15 of the design): each is tried by itself, and falls with whom it rests on."""
        results: list[GroupResult] = []
        verdicts: list[Verdict] = []
        fallen: set[str] = set()
        for append in appends:
            if any(read.stream in fallen for read in append.reads):
                verdicts.append(Verdict(VerdictKind.STALE))
            else:
                results.append(await self.append([append]))
                verdicts += results[-1].verdicts
            if verdicts[-1].kind is not VerdictKind.OK:
                fallen.update(event.stream for event in append.events)
        return GroupResult(verdicts, results[0].base, results[-1].head)

    async def _group(self, arrays: list[Any]) -> GroupResult:
        async with self._writing:
            writer = await self._connected()
            try:
                # Nothing may cancel a COMMIT under way: a cancelled caller leaves the call to finish by itself.
                row = await asyncio.shield(writer.fetchrow(APPEND, *arrays, self._now(), timeout=None))
            except REFUSED:
                raise
            except LOST:
                writer.terminate()
                raise
        at = row["at"]
        verdicts = [
            Verdict(KINDS[kind], position, count, at, held)
            for kind, position, count, held in zip(row["verdict"], row["pos"], row["n"], row["detail"], strict=True)
        ]
        return GroupResult(verdicts, row["base"], row["last"])

    def _now(self) -> datetime | None:
        return self._clock.now() if self._clock else None

    async def _connected(self) -> asyncpg.Connection:
        if self._writer is None or self._writer.is_closed():
            connection = await asyncpg.connect(self.dsn, server_settings=WRITER_SETTINGS, timeout=5)
            if self._agreed is not None and not await self._agreed(connection):
                await connection.close()
                raise NotCompared("the relay has not compared this store with its topic yet")
            self._writer = connection
        return self._writer

    async def _fetch(self, query: str, *values: Any) -> list[Any]:
        """Rows as committed now. Raises Retry when the database is in trouble for long."""
        try:
            rows: list[Any] = await self._patiently(lambda: self.pool.fetch(query, *values))
        except LOST as lost:
            raise Retry("the database did not answer in time") from lost
        return rows

    async def load(self, streams: Sequence[str]) -> dict[str, list[Recorded]]:
        rows = await self._fetch(f"select {COLUMNS} from events where stream = any($1) order by stream, version", list(streams))
        found: dict[str, list[Recorded]] = {stream: [] for stream in streams}
        for row in rows:
            found[row["stream"]].append(recorded_row(row, self.source))
        return found

    async def read(self, after: int, limit: int) -> list[Recorded]:
        rows = await self._fetch(f"select {COLUMNS} from events where position > $1 order by position limit $2", after, limit)
        return [recorded_row(row, self.source) for row in rows]

    async def answer(self, key: str) -> tuple[str | None, list[Recorded]] | None:
        found = await self._fetch("select body, position, count from command_key where key = $1", key)
        if not found:
            return None
        known = found[0]
        return known["body"] and known["body"].hex, (await self.read(known["position"] - 1, known["count"]))

    async def subjects(self, subject: str) -> list[str]:
        rows = await self._fetch("select stream from subject where subject = $1 order by position, stream", subject)
        return [row["stream"] for row in rows]

    async def holder(self, kind: str, key: str) -> str | None:
        rows = await self._fetch("select stream from claim where kind = $1 and key = $2", kind, key)
        return rows[0]["stream"] if rows else None

    async def due(self, until: datetime, limit: int) -> list[tuple[str, str, datetime]]:
        rows = await self._fetch("select stream, name, due from timer where due <= $1 order by due, stream, name limit $2", until, limit)
        return [(row["stream"], row["name"], row["due"]) for row in rows]

    async def next_due(self) -> datetime | None:
        rows = await self._fetch("select min(due) as due from timer")
        due: datetime | None = rows[0]["due"]
        return due

    async def head(self) -> Head:
        """As `EventStore.head`: a group without appends, so that the lock is taken and freed inside one statement.

        A transaction of several would keep it for ever if this process froze between parsing and binding one: for PostgreSQL that is
        "active", which no time limit ends [seen].
        """
        newest = (await self._fetch(APPEND, *columns([]), self._now()))[0]["base"]
        rows = await self._fetch("select position, recorded_at from events where position = $1", newest)
        return Head(rows[0]["position"], rows[0]["recorded_at"]) if rows else Head(0, None)

    @asynccontextmanager
    async def bulk_turn(self) -> AsyncIterator[None]:
        """As `EventStore.bulk_turn`. The connection is kept for the next import; where a turn does not end in order, it ends with it."""
        async with self._importing:
            connection = self._bulk
            if connection is None or connection.is_closed():
                connection = await asyncpg.connect(self.dsn, timeout=5, server_settings={"idle_session_timeout": "0"})
            self._bulk = None
            try:
                await connection.execute(BULK_LOCK, timeout=None)
                yield
                await connection.execute(BULK_FREE)
                self._bulk = connection
            finally:
                if self._bulk is None:
                    connection.terminate()

    async def changes(self) -> AsyncIterator[int]:
        """As `EventStore.changes`; a lost connection is made again, and polling goes on meanwhile."""
        announced = asyncio.Event()
        newest = 0
        listener: asyncpg.Connection | None = None

        def heard(_connection: Any, _pid: int, _channel: str, position: Any) -> None:
            nonlocal newest
            newest = max(newest, int(position))
            announced.set()

        try:
            while not self._closed.is_set():
                with suppress(*LOST):  # the next turn tries again; polling below does not need the listener
                    if listener is None or listener.is_closed():
                        listener = await asyncpg.connect(self.dsn, timeout=5)
                        await listener.add_listener("events", heard)
                head: int | None = None
                with suppress(TimeoutError):
                    await asyncio.wait_for(announced.wait(), 0.5)
                    head = newest
                announced.clear()
                if head is None:
                    with suppress(*LOST):
                        head = await self.pool.fetchval("select coalesce(max(position), 0) from events")
                if head is not None:
                    yield head
        finally:
            if listener is not None:
                listener.terminate()


def recorded_row(row: Any, source: str) -> Recorded:
    """A row of the log as an event of a source."""
    meta = Meta(
        id=str(row["id"]),
        source=source,
        position=row["position"],
        stream=row["stream"],
        version=row["version"],
        type=row["type"],
        schema_version=row["schema_version"],
        key=row["key"],
        recorded_at=row["recorded_at"],
        occurred_at=row["occurred_at"],
        effective_from=row["effective_from"],
        **msgspec.structs.asdict(_meta.decode(row["meta"])),
    )
    return Recorded(meta=meta, data=row["data"].encode())
