"""What the relay knows to be in the topic, kept beside the store, and the lock that makes it the only relay of its service."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import asyncpg

WHOLE = -1  # the ledger row for the topic as a whole: every event up to its position was acknowledged
VERIFIED = -2  # the ledger row that names the server, timeline and database on which store and topic were found to agree
IDENTITY = (
    "(select system_identifier from pg_control_system()) || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) "
    "|| '/' || (select oid from pg_database where datname = current_database())"
)
PROBE_S = 2.0  # a lock connection that stays silent this long is lost


class LostLock(Exception):
    """The connection that held the relay's lock is gone: another relay may be at work, this one must end."""


class Ledger:
    """The relay's session: holds the advisory lock, reads and writes `relay_ledger`. No connection pooler may stand between.

    Used as a context manager; every statement also proves that the lock is still held, since both live in one session.
    """

    def __init__(self, dsn: str, source: str, *, retry_s: float = 0.2) -> None:
        self._dsn, self._retry_s = dsn, retry_s
        self._lock_id = zlib.crc32(b"relay:" + source.encode())
        self._one_at_a_time = asyncio.Lock()
        self._session: asyncpg.Connection | None = None

    async def __aenter__(self) -> Self:
        """Waits, as a standby does, until the lock is ours. A lost ledger write costs a resend, so it need not reach the disk."""
        session = await asyncpg.connect(self._dsn, server_settings={"synchronous_commit": "off", "application_name": "relay"})
        try:
            while not await session.fetchval("select pg_try_advisory_lock($1)", self._lock_id, timeout=PROBE_S):  # noqa: ASYNC110 (nothing here to await)
                await asyncio.sleep(self._retry_s)
        except BaseException:
            session.terminate()
            raise
        self._session = session
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """The session ends, and the lock with it."""
        session, self._session = self._session, None
        if session is not None:
            session.terminate()

    async def head(self) -> int:
        """The store's newest position; the answer proves that the lock is held. Raises LostLock."""
        newest: int = (await self._ask("select coalesce(max(position), 0) as newest from events"))[0]["newest"]
        return newest

    async def load(self) -> tuple[str | None, dict[int, int]]:
        """The topic's id (None: nothing was ever sent) and the last acknowledged position by partition (`WHOLE`: of all)."""
        rows = await self._ask(f"select topic_id, partition, position from relay_ledger where partition > {VERIFIED}")
        return (rows[0]["topic_id"] if rows else None), {row["partition"]: row["position"] for row in rows}

    async def restart(self, topic_id: str, partitions: int) -> None:
        """The topic is another one: nothing is known to be in it."""
        await self.save(topic_id, dict.fromkeys([WHOLE, *range(partitions)], 0))

    async def save(self, topic_id: str, positions: Mapping[int, int]) -> None:
        """These positions were acknowledged. Raises LostLock."""
        await self._ask(
            "insert into relay_ledger(partition, topic_id, position) select p, $1, n from unnest($2::int[], $3::bigint[]) x(p, n) "
            "on conflict (partition) do update set topic_id = excluded.topic_id, position = excluded.position",
            topic_id,
            list(positions),
            list(positions.values()),
        )

    async def verified(self, *, agree: bool) -> None:
        """Store and topic were compared on the database as it is now: they agree, or appends must be refused."""
        if agree:
            await self._ask(
                f"insert into relay_ledger(partition, topic_id, position) values ({VERIFIED}, {IDENTITY}, 0) "
                "on conflict (partition) do update set topic_id = excluded.topic_id"
            )
        else:
            await self._ask(f"delete from relay_ledger where partition = {VERIFIED}")

    async def _ask(self, statement: str, *values: object) -> list[asyncpg.Record]:
        async with self._one_at_a_time:
            if self._session is None:
                raise LostLock("the session is closed")
            try:
                rows: list[asyncpg.Record] = await self._session.fetch(statement, *values, timeout=PROBE_S)
            except (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError) as error:
                raise LostLock("the connection that held the lock is gone") from error
            return rows


async def is_verified(database: Any) -> bool:
    """Whether a relay has compared store and topic on this server and timeline (ruling 7 of the design: until then appends answer 503).

    database: a pool or connection of the store; a plain role may ask.
    """
    agree: bool = await database.fetchval(f"select exists(select from relay_ledger where partition = {VERIFIED} and topic_id = {IDENTITY})")
    return agree
