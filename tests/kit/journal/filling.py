"""Fills a journal without Kafka: facts go through the journal's own transaction, or are copied in where only the rows matter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg
import msgspec

from contracts.envelope import Recorded
from kit.journal import entries
from kit.journal.intake import Journal
from kit.streams import checkpoint
from kit.streams.chain import Fact, RawMessage, understood
from kit.streams.codec import to_message
from kit.streams.topics import partition_of, source_of
from kit.view import View
from tests.kit.streams.places import Place
from tests.kit.streams.toy import CounterAdded, CounterId, recorded

PARTITIONS = 4


class Filler:
    """Hands messages to the journal's intake as its consumer would, with the chain of positions of each partition."""

    def __init__(self, place: Place, pool: asyncpg.Pool, views: Sequence[View[Any]], service: str = "toy") -> None:
        self.topic = f"{place.installation}.{service}.events"
        self.journal = Journal(pool, place.bootstrap, views)
        self._service = service
        self._last: dict[int, int] = defaultdict(int)
        self._offset: dict[int, int] = defaultdict(int)

    async def begin(self) -> None:
        """What the assignment of partitions does."""
        await self.journal.intake._begin({(self.topic, partition): "an-id" for partition in range(PARTITIONS)})

    async def send(self, events: Iterable[Recorded], broken: Iterable[int] = ()) -> set[tuple[str, int]]:
        """The events arrive; those in `broken` with a value that cannot be read."""
        bad = set(broken)
        return await self.journal.intake.handle([self._message(self.here(event), event.meta.position in bad) for event in events])

    def add(self, position: int, counter: str, amount: int = 1, **meta: Any) -> Recorded:
        """An addition as this installation's source says it."""
        return self.here(recorded(CounterAdded(counter_id=CounterId(counter), amount=amount), position, service=self._service, **meta))

    def here(self, event: Recorded) -> Recorded:
        partition = partition_of(event.meta.key, PARTITIONS)
        return Recorded(meta=msgspec.structs.replace(event.meta, source=source_of(self.topic), partition=partition), data=event.data)

    def _message(self, event: Recorded, broken: bool) -> Any:
        partition = event.meta.partition
        message = to_message(event, self._last[partition])
        self._last[partition] = event.meta.position
        offset, self._offset[partition] = self._offset[partition], self._offset[partition] + 1
        headers: Any = message.headers
        return RawMessage(self.topic, partition, offset, message.key, b"broken" if broken else message.value, headers)


async def copy_in(pool: asyncpg.Pool, filler: Filler, events: Sequence[Recorded]) -> None:
    """The journal holds these events and its checkpoints say so; no view folded them."""
    placed = [filler.here(event) for event in events]
    async with pool.acquire() as connection, connection.transaction():
        await entries.write(connection, [Fact(event, understood(event)) for event in placed])
        marks = await checkpoint.lock_all(connection, "journal")
        ends = {event.meta.partition: event.meta for event in placed}
        moved = [
            checkpoint.Mark(mark.topic, mark.partition, mark.topic_id, 0, ends[mark.partition].position, ends[mark.partition].recorded_at)
            for mark in marks.values()
            if mark.partition in ends
        ]
        await checkpoint.advance(connection, "journal", moved)
