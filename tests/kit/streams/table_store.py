"""The reading half of an event store over its `events` table; tests write the rows themselves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from datetime import datetime

import asyncpg

from contracts.envelope import Meta, Recorded
from tests.kit.streams.toy import as_store_row


class TableStore:
    """`read` and `changes` as the relay needs them."""

    def __init__(self, pool: asyncpg.Pool, source: str) -> None:
        self.source, self._pool = source, pool
        self._written = asyncio.Event()

    async def write(self, events: Iterable[Recorded]) -> None:
        """These rows are stored."""
        async with self._pool.acquire() as connection:
            rows = [as_store_row(event) for event in events]
            await connection.copy_records_to_table("events", records=rows)
        self._written.set()

    async def read(self, after: int, limit: int) -> list[Recorded]:
        """Events in commit order."""
        rows = await self._pool.fetch("select * from events where position > $1 order by position limit $2", after, limit)
        return [self._recorded(row) for row in rows]

    async def changes(self) -> AsyncIterator[int]:
        """The newest position, at each write and every 50 ms (another process may have written)."""
        while True:
            yield await self._pool.fetchval("select coalesce(max(position), 0) from events")
            self._written.clear()
            try:
                await asyncio.wait_for(self._written.wait(), 0.05)
            except TimeoutError:
                continue

    def _recorded(self, row: asyncpg.Record) -> Recorded:
        columns = dict(row)
        rest, data = json.loads(columns.pop("meta")), columns.pop("data").encode()
        columns["id"] = str(columns["id"])
        recorded_at: datetime = columns.pop("recorded_at")
        return Recorded(meta=Meta(source=self.source, recorded_at=recorded_at, **columns, **rest), data=data)
