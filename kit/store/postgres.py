"""The event store on PostgreSQL. One connection writes, a pool reads, one listens; the rest is in `append.sql`."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from contracts.envelope import Meta, Recorded
from kit.errors import OutcomeUnknown, Retry
from kit.store.envelope import StoredMeta
from kit.store.model import Append, GroupResult, Head, Verdict, VerdictKind
from kit.store.parameters import columns

COLUMNS = "position, id, stream, version, type, schema_version, key, recorded_at, occurred_at, effective_from, data, meta"
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    OSError,
    ssl.SSLError,
)
"""The connection broke: what was under way may or may not have been committed."""
WRITER_SETTINGS = {
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "idle_in_transaction_session_timeout": "2s",
}
RECONNECT_SECONDS = 8.0
LOCK = "select pg_advisory_xact_lock(7207)"
APPEND = f"select * from append_group({', '.join(f'${n}' for n in range(1, 27))})"
_meta = msgspec.json.Decoder(StoredMeta)


Agreed = Callable[[Any], Awaitable[bool]]


class NotCompared(Retry):
    """The store may have been restored to an earlier time: no append before the relay has compared it with its topic (ruling 7)."""


class PgStore:
    """One service's log. `open` connects; `close` ends everything."""

    def __init__(self, dsn: str, source: str, agreed: Agreed | None = None) -> None:
        """agreed: asked on each connection that would write, whether store and topic were found to agree; None: nobody asks."""
        self.dsn = dsn
        self.source = source
        self._agreed = agreed
        self._pool: asyncpg.Pool | None = None
        self._writer: asyncpg.Connection | None = None
        self._closed = asyncio.Event()

    async def open(self) -> PgStore:
        """Connect the readers; the writer connects at the first append."""
        self._pool = await asyncpg.create_pool(self.dsn, min_size=1, max_size=6, command_timeout=30)
        return self

    async def close(self) -> None:
        """End every connection; `changes()` ends too."""
        self._closed.set()
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
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(LOST),
            stop=stop_after_delay(RECONNECT_SECONDS),
            wait=wait_random_exponential(multiplier=0.05, max=0.5),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    return await self._append(appends)
        except LOST as lost:
            raise OutcomeUnknown("the database did not answer in time; repeat with the same key") from lost
        raise AssertionError("unreachable")

    async def _append(self, appends: Sequence[Append]) -> GroupResult:
        try:
            return await self._group(appends)
        except LOST:
            self._writer = None
            raise
        except asyncpg.PostgresError as error:
            if len(appends) == 1:
                return await self._lone(error)
            return await self._one_by_one(appends)

    async def _lone(self, error: asyncpg.PostgresError) -> GroupResult:
        """A single append that the database refused by itself."""
        head = (await self.head()).position
        if isinstance(error, asyncpg.UniqueViolationError):
            return GroupResult([Verdict(VerdictKind.CONFLICT, detail=error.table_name or "")], head, head)
        return GroupResult([Verdict(VerdictKind.INVALID, detail=f"sqlstate {error.sqlstate}")], head, head)

    async def _one_by_one(self, appends: Sequence[Append]) -> GroupResult:
        """One bad neighbour must not take the group down (ruling 15 of the design): each is tried by itself."""
        results = [await self._append([append]) for append in appends]
        return GroupResult([result.verdicts[0] for result in results], results[0].base, results[-1].head)

    async def _group(self, appends: Sequence[Append]) -> GroupResult:
        writer = await self._connected()
        # Nothing may cancel a COMMIT under way: a cancelled caller leaves the call to finish by itself.
        row = await asyncio.shield(writer.fetchrow(APPEND, *columns(appends), timeout=None))
        verdicts = [
            Verdict(VerdictKind(kind), position, count, row["at"], held)
            for kind, position, count, held in zip(row["verdict"], row["pos"], row["n"], row["detail"], strict=True)
        ]
        return GroupResult(verdicts, row["base"], row["last"])

    async def _connected(self) -> asyncpg.Connection:
        if self._writer is None or self._writer.is_closed():
            connection = await asyncpg.connect(self.dsn, server_settings=WRITER_SETTINGS, timeout=5)
            if self._agreed is not None and not await self._agreed(connection):
                await connection.close()
                raise NotCompared("the relay has not compared this store with its topic yet")
            self._writer = connection
        return self._writer

    async def load(self, streams: Sequence[str]) -> dict[str, list[Recorded]]:
        rows = await self.pool.fetch(f"select {COLUMNS} from events where stream = any($1) order by stream, version", list(streams))
        found: dict[str, list[Recorded]] = {stream: [] for stream in streams}
        for row in rows:
            found[row["stream"]].append(recorded_row(row, self.source))
        return found

    async def read(self, after: int, limit: int) -> list[Recorded]:
        rows = await self.pool.fetch(f"select {COLUMNS} from events where position > $1 order by position limit $2", after, limit)
        return [recorded_row(row, self.source) for row in rows]

    async def answer(self, key: str) -> tuple[str | None, list[Recorded]] | None:
        known = await self.pool.fetchrow("select body, position, count from command_key where key = $1", key)
        if known is None:
            return None
        return known["body"] and known["body"].hex, (await self.read(known["position"] - 1, known["count"]))

    async def subjects(self, subject: str) -> list[str]:
        rows = await self.pool.fetch("select stream from subject where subject = $1 order by position, stream", subject)
        return [row["stream"] for row in rows]

    async def holder(self, kind: str, key: str) -> str | None:
        found: str | None = await self.pool.fetchval("select stream from claim where kind = $1 and key = $2", kind, key)
        return found

    async def due(self, until: datetime, limit: int) -> list[tuple[str, str, datetime]]:
        rows = await self.pool.fetch("select stream, name, due from timer where due <= $1 order by due limit $2", until, limit)
        return [(row["stream"], row["name"], row["due"]) for row in rows]

    async def head(self) -> Head:
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(LOCK)
            row = await connection.fetchrow("select position, recorded_at from events order by position desc limit 1")
        return Head(row["position"], row["recorded_at"]) if row else Head(0, None)

    async def changes(self) -> AsyncIterator[int]:
        """As `EventStore.changes`; a lost connection is made again, and polling goes on meanwhile."""
        announced: asyncio.Queue[int] = asyncio.Queue()
        listener: asyncpg.Connection | None = None
        while not self._closed.is_set():
            with suppress(*LOST):  # the next turn tries again; polling below does not need the listener
                if listener is None or listener.is_closed():
                    listener = await asyncpg.connect(self.dsn, timeout=5)
                    await listener.add_listener("events", lambda *args: announced.put_nowait(int(args[3])))
            with suppress(TimeoutError):
                await asyncio.wait_for(announced.get(), 0.5)
            while not announced.empty():
                announced.get_nowait()
            with suppress(*LOST):
                yield await self.pool.fetchval("select coalesce(max(position), 0) from events")
        if listener is not None:
            await listener.close()


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
