"""Keeps the last sign of life of each device: whole batches from Kafka, one statement each.

A heartbeat is idempotent and its order does not matter, since only the newest of a device is kept. So a repeat after a crash does no harm
whatever was committed; that the offsets stand in the same transaction is only so that there is one place to look at, as for events.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import asyncpg
import structlog
from tenacity import AsyncRetrying, retry_if_exception_type, wait_exponential_jitter

from contracts.ids import UUID
from kit.streams import checkpoint
from kit.streams.chain import Record
from kit.streams.checkpoint import Mark, Place
from kit.streams.intake import PASSING
from kit.streams.topics import describe_topics
from services.eldercare.telemetry.topic import decoded

CONSUMER = "eldercare.heartbeats"
GATHER_S = 1.0
"""A batch every second is soon enough for a limit of hours, and costs a tenth of one for every message."""
FULL = 1_000
KEEP = """
insert into device_sign(device_id, last_at) select * from unnest($1::uuid[], $2::timestamptz[])
on conflict (device_id) do update set last_at = excluded.last_at where device_sign.last_at < excluded.last_at
returning silent_for is not null as silent
"""
_UUID = re.compile(UUID)
log = structlog.get_logger(__name__)


class Folding:
    """What Faust brings, into `device_sign`. spoke: called when a device that was thought silent was heard."""

    def __init__(self, pool: asyncpg.Pool, bootstrap: str, spoke: Callable[[], None] = lambda: None, gather_s: float = GATHER_S) -> None:
        self.pool, self.bootstrap, self.consumer = pool, bootstrap, CONSUMER
        self._spoke, self._gather_s = spoke, gather_s

    async def load_offsets(self, places: Collection[Place]) -> dict[Place, int]:
        """The next offset of each place; 0 for one never read and for a topic that was made anew."""
        topics = await describe_topics(self.bootstrap, {topic for topic, _ in places})
        marks = await checkpoint.begin(self.pool, self.consumer, {place: topics[place[0]].id for place in places})
        return {place: mark.next_offset for place, mark in marks.items()}

    async def handle(self, records: Sequence[Record]) -> set[Place]:
        """The batch is kept; the database is waited for. A small batch is followed by a pause, in which the next one grows."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(PASSING), wait=wait_exponential_jitter(multiplier=0.05, max=5), reraise=True
        ):
            with attempt:
                await self._keep(newest(records), ends(records))
        if len(records) < FULL:
            await asyncio.sleep(self._gather_s)
        return set()

    async def _keep(self, signs: dict[str, datetime], ends: dict[Place, int]) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            marks = await checkpoint.lock(connection, self.consumer, ends)
            rows = await connection.fetch(KEEP, list(signs), list(signs.values()))
            await checkpoint.advance(connection, self.consumer, [_moved(mark, ends[place]) for place, mark in marks.items()])
        if any(row["silent"] for row in rows):
            self._spoke()


def _moved(mark: Mark, end: int) -> Mark:
    return replace(mark, next_offset=max(mark.next_offset, end))


def newest(records: Sequence[Record]) -> dict[str, datetime]:
    """The newest sign of each device, sorted by device so that two workers never wait for each other in a ring."""
    found: dict[str, datetime] = {}
    for record in records:
        sign = _sign(record)
        if sign is not None and (sign[0] not in found or sign[1] > found[sign[0]]):
            found[sign[0]] = sign[1]
    return dict(sorted(found.items()))


def ends(records: Sequence[Record]) -> dict[Place, int]:
    """The next offset of each place after the batch."""
    return {(record.topic, record.partition): record.offset + 1 for record in records}


def _sign(record: Any) -> tuple[str, datetime] | None:
    """The device and its instant; a message that nobody of us wrote is passed over: it holds up nothing and says nothing."""
    try:
        device = (record.key or b"").decode()
        return (device, decoded(record.value or b"")) if _UUID.fullmatch(device) else None
    except (ValueError, OverflowError, OSError):
        log.warning("a message of the topic of heartbeats is none", partition=record.partition, offset=record.offset)
        return None
