"""Fills the journal anew from the topics or from the owners' feeds, beside the old one, and compares; corrects the old one if asked.

Nothing is deleted before the comparison, and only what differs is replaced, in one transaction. What is parked or was skipped stays out of
the new journal, as it is out of the old.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from contracts.envelope import Recorded
from kit.journal import entries
from kit.journal.arrivals import CONSUMER
from kit.journal.rebuild import Progress, UnderWay
from kit.streams import checkpoint
from kit.streams.chain import Fact, understood
from kit.streams.checkpoint import Mark, Place
from kit.streams.topics import source_of

Replay = Callable[[Place, int, int], AsyncIterator[Sequence[Recorded]]]
"""(place, after, upto) -> a partition's events in order, positions after `after` up to `upto`; those that cannot be read are left out."""
BESIDE = "journal_building"
SAME_PLACE = "b.source = j.source and b.partition = j.partition and b.position = j.position"


@dataclass(frozen=True, slots=True)
class Unlike:
    """One partition whose events are not the same in both journals: their numbers before and after."""

    source: str
    partition: int
    before: int
    after: int


class JournalDiffers(Exception):
    """The new journal is not the old one: nothing was changed. `accept=True` corrects it (it was damaged)."""

    def __init__(self, unlike: Sequence[Unlike]) -> None:
        super().__init__(f"{len(unlike)} partitions differ")
        self.unlike = unlike


async def refill(
    pool: asyncpg.Pool, replay: Replay, *, accept: bool = False, told: Callable[[Progress], None] = lambda _: None
) -> Sequence[Unlike]:
    """The journal is what the topics or owners say. Returns the partitions that differed and were corrected.

    Raises JournalDiffers, UnderWay; what `replay` raises. Interrupted, it goes on where it was. Live goes on until the comparison.
    Views are not folded again: rebuild them after a correction.
    """
    async with _alone(pool):
        await pool.execute(f"create table if not exists {BESIDE} (like journal including all)")
        began = asyncio.get_running_loop().time()
        total = await pool.fetchval("select count(*) from journal")

        async def count(connection: Any) -> None:
            done = await connection.fetchval(f"select count(*) from {BESIDE}")
            told(Progress(done, max(total, done), asyncio.get_running_loop().time() - began))

        for mark in (await checkpoint.stand(pool, CONSUMER)).values():
            await _fill(pool, mark, replay)
            await count(pool)
        return await _compare(pool, replay, accept=accept)


@asynccontextmanager
async def _alone(pool: asyncpg.Pool) -> AsyncIterator[None]:
    async with pool.acquire() as connection:
        if not await connection.fetchval("select pg_try_advisory_lock(hashtextextended('refill journal', 0))"):
            raise UnderWay("refill journal")
        try:
            yield
        finally:
            await connection.execute("select pg_advisory_unlock(hashtextextended('refill journal', 0))")


async def _fill(connection: Any, goal: Mark, replay: Replay) -> None:
    """The new journal holds a partition up to the mark. `connection`: a pool, or the connection of the comparison."""
    after = await connection.fetchval(
        f"select coalesce(max(position), 0) from {BESIDE} where source = $1 and partition = $2", source_of(goal.topic), goal.partition
    )
    out = await _left_out(connection, goal.place)
    async for events in replay(goal.place, after, goal.position):
        facts = [Fact(event, understood(event)) for event in events if event.meta.position not in out]
        await entries.write(connection, facts, BESIDE)


async def _left_out(connection: Any, place: Place) -> set[int]:
    rows = await connection.fetch(
        "select position from parked where consumer = $1 and topic = $2 and partition = $3 and state <> 'applied'", CONSUMER, *place
    )
    return {row["position"] for row in rows}


async def _compare(pool: asyncpg.Pool, replay: Replay, *, accept: bool) -> Sequence[Unlike]:
    async with pool.acquire() as connection, connection.transaction():
        for mark in (await checkpoint.lock_all(connection, CONSUMER)).values():
            await _fill(connection, mark, replay)
        unlike = _unlike(await _digest(connection, "journal"), await _digest(connection, BESIDE))
        if unlike and not accept:
            raise JournalDiffers(unlike)
        if unlike:
            await _correct(connection)
        await connection.execute(f"drop table {BESIDE}")
    return unlike


async def _correct(connection: Any) -> None:
    """Rows that the new journal does not have so are replaced; readers see it all at once."""
    await connection.execute(
        f"delete from journal j where not exists (select from {BESIDE} b where {SAME_PLACE} and {_hash('b')} = {_hash('j')})"
    )
    await connection.execute(f"insert into journal select b.* from {BESIDE} b where not exists (select from journal j where {SAME_PLACE})")


async def _digest(connection: Any, table: str) -> Mapping[tuple[str, int], tuple[int, int]]:
    """By (source, partition): events, and the sum of their hashes."""
    rows = await connection.fetch(
        f"select source, partition, count(*) as events, sum({_hash('t')}) as hash from {table} t group by source, partition"
    )
    return {(row["source"], row["partition"]): (row["events"], int(row["hash"])) for row in rows}


def _hash(row: str) -> str:
    """One row as a number: all that was said, whatever the order of its JSON fields."""
    columns = ("position", "event_id", "stream", "version", "type", "schema_version", "key", "recorded_at", "occurred_at", "effective_from")
    parts = [f"{row}.{column}::text" for column in columns] + [f"({row}.{column})::jsonb::text" for column in ("data", "meta")]
    return f"hashtextextended(concat_ws('|', {', '.join(parts)}), 0)"


def _unlike(before: Mapping[tuple[str, int], tuple[int, int]], after: Mapping[tuple[str, int], tuple[int, int]]) -> list[Unlike]:
    places = sorted(set(before) | set(after))
    return [
        Unlike(*place, before.get(place, (0, 0))[0], after.get(place, (0, 0))[0])
        for place in places
        if before.get(place) != after.get(place)
    ]
