"""Where a consumer stands in each partition. Who applies locks these rows first, so two workers of one partition cannot both apply."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import asyncpg

Place = tuple[str, int]
"""Topic and partition."""

COLUMNS = "topic, partition, topic_id, next_offset, position, recorded_at"


@dataclass(frozen=True, slots=True)
class Mark:
    """One consumer's place in one partition: the offset it reads next and the last position it applied."""

    topic: str
    partition: int
    topic_id: str
    next_offset: int
    position: int
    recorded_at: datetime | None

    @property
    def place(self) -> Place:
        return self.topic, self.partition


async def begin(pool: asyncpg.Pool, consumer: str, ids: Mapping[Place, str]) -> dict[Place, Mark]:
    """Every place has a checkpoint. A topic that was made anew (another id) is read from its start; the position stays."""
    wanted = sorted(ids)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "insert into checkpoint(consumer, topic, partition, topic_id, next_offset, position) "
            "select $1, t, p, i, 0, 0 from unnest($2::text[], $3::int[], $4::text[]) x(t, p, i) on conflict do nothing",
            consumer,
            *_columns(wanted),
            [ids[place] for place in wanted],
        )
        marks = await lock(connection, consumer, wanted)
        anew = [replace(mark, topic_id=ids[place], next_offset=0) for place, mark in marks.items() if mark.topic_id != ids[place]]
        if anew:
            await advance(connection, consumer, anew)
    return {**marks, **{mark.place: mark for mark in anew}}


async def lock(connection: Any, consumer: str, places: Collection[Place]) -> dict[Place, Mark]:
    """The checkpoints of these places, locked until the transaction ends. Sorted, so that two workers never wait for each other in a ring."""
    rows = await connection.fetch(
        f"select {COLUMNS} from checkpoint where consumer = $1 "
        "and (topic, partition) in (select * from unnest($2::text[], $3::int[])) order by topic, partition for update",
        consumer,
        *_columns(places),
    )
    return _marks(rows)


async def lock_all(connection: Any, consumer: str) -> dict[Place, Mark]:
    """All checkpoints of a consumer, locked in the same order: nothing is applied until the transaction ends."""
    return _marks(
        await connection.fetch(f"select {COLUMNS} from checkpoint where consumer = $1 order by topic, partition for update", consumer)
    )


async def stand(connection: Any, consumer: str) -> dict[Place, Mark]:
    """Where a consumer stands now, without a lock."""
    return _marks(await connection.fetch(f"select {COLUMNS} from checkpoint where consumer = $1", consumer))


async def advance(connection: Any, consumer: str, marks: Collection[Mark]) -> None:
    """These are the new marks; the rows are locked by the caller."""
    await connection.execute(
        "update checkpoint c set topic_id = x.i, next_offset = x.o, position = x.n, recorded_at = x.r, updated_at = clock_timestamp() "
        "from unnest($2::text[], $3::int[], $4::text[], $5::bigint[], $6::bigint[], $7::timestamptz[]) x(t, p, i, o, n, r) "
        "where c.consumer = $1 and c.topic = x.t and c.partition = x.p",
        consumer,
        *_columns(mark.place for mark in marks),
        [mark.topic_id for mark in marks],
        [mark.next_offset for mark in marks],
        [mark.position for mark in marks],
        [mark.recorded_at for mark in marks],
    )


async def note_ends(pool: asyncpg.Pool, consumer: str, ends: Mapping[Place, int]) -> None:
    """How far the topic reaches in each place, seen now: what lies between is the consumer's lag."""
    async with pool.acquire() as connection, connection.transaction():
        await lock(connection, consumer, ends)  # in the order in which those who apply lock them
        await connection.execute(
            "update checkpoint c set end_offset = x.e, updated_at = clock_timestamp() "
            "from unnest($2::text[], $3::int[], $4::bigint[]) x(t, p, e) where c.consumer = $1 and c.topic = x.t and c.partition = x.p",
            consumer,
            *_columns(ends),
            list(ends.values()),
        )


def _columns(places: Iterable[Place]) -> tuple[list[str], list[int]]:
    listed = list(places)
    return [topic for topic, _ in listed], [partition for _, partition in listed]


def _marks(rows: Iterable[Any]) -> dict[Place, Mark]:
    return {(row["topic"], row["partition"]): Mark(*row) for row in rows}
