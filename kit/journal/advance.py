"""Brings a set forward along the journal: for views that follow behind, and for sets that are being built."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from contracts.envelope import Meta
from kit.journal import entries
from kit.journal.folding import Feeder, fold_or_park, waiting
from kit.journal.sets import ViewSet, consumer_of
from kit.streams import parking
from kit.streams.chain import Fact
from kit.streams.checkpoint import Mark
from kit.streams.topics import source_of, topic_of_source

Skips = Collection[tuple[str, int, int]]
"""(topic, partition, position) of events that an operator stepped over for this view."""


async def positions(connection: Any, target: ViewSet) -> dict[tuple[str, int], int]:
    """How far the set is in each (source, partition)."""
    rows = await connection.fetch("select source, partition, position from view_progress where set_id = $1", target.id)
    return {(row["source"], row["partition"]): row["position"] for row in rows}


async def advance(connection: Any, target: ViewSet, goals: Collection[Mark], limit: int) -> dict[tuple[str, int], int]:
    """The set has folded up to `limit` more events of each of these partitions, towards the journal's marks.

    Inside the caller's transaction; the set's progress rows are locked. Returns the events read by (source, partition); fewer than `limit`:
    that partition is there.
    """
    upto = {(source_of(goal.topic), goal.partition): goal.position for goal in goals}
    after = await _lock_places(connection, target, upto)
    behind = {place: (after[place], position) for place, position in sorted(upto.items()) if after[place] < position}
    read = dict.fromkeys(upto, 0)
    if not behind:
        return read
    facts = await entries.read_places(connection, behind, limit)
    await fold_history(connection, target, facts, (await waiting(connection, [target]))[target.id])
    reached = {place: position for place, (_, position) in behind.items()}
    last = {(fact.recorded.meta.source, fact.recorded.meta.partition): fact.recorded.meta.position for fact in facts}
    for fact in facts:
        read[fact.recorded.meta.source, fact.recorded.meta.partition] += 1
    reached |= {place: last[place] for place, count in read.items() if count == limit}
    await connection.execute(
        "update view_progress v set position = x.n from unnest($2::text[], $3::int[], $4::bigint[]) x(s, p, n) "
        "where v.set_id = $1 and v.source = x.s and v.partition = x.p",
        *(target.id, *_columns(reached), list(reached.values())),
    )
    return read


async def _lock_places(connection: Any, target: ViewSet, places: Collection[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """As `lock_progress`, of several partitions by (source, partition); sorted, so that two workers never wait for each other in a ring."""
    statement = (
        "select source, partition, position from view_progress where set_id = $1 "
        "and (source, partition) in (select * from unnest($2::text[], $3::int[])) order by source, partition for update"
    )
    rows = await connection.fetch(statement, target.id, *_columns(places))
    if len(rows) < len(places):
        await connection.execute(
            "insert into view_progress(set_id, source, partition, position, rows, hash) "
            "select $1, s, p, 0, 0, 0 from unnest($2::text[], $3::int[]) x(s, p) order by s, p on conflict do nothing",
            *(target.id, *_columns(places)),
        )
        rows = await connection.fetch(statement, target.id, *_columns(places))
    return {(row["source"], row["partition"]): row["position"] for row in rows}


def _columns(places: Iterable[tuple[str, int]]) -> tuple[list[str], list[int]]:
    listed = list(places)
    return [source for source, _ in listed], [partition for _, partition in listed]


async def fold_history(connection: Any, target: ViewSet, facts: list[Fact], held: Collection[Feeder]) -> None:
    """Facts from the journal are folded, without those that an operator stepped over for this view."""
    skips = await parking.skipped(connection, consumer_of(target.view.name))
    await fold_or_park(connection, target, [fact for fact in facts if not _is_skipped(fact.recorded.meta, skips)] if skips else facts, held)


async def lock_progress(connection: Any, target: ViewSet, source: str, partition: int) -> int:
    """How far the set is in a partition; nobody else moves it until the transaction ends."""
    return (await _lock_places(connection, target, [(source, partition)]))[source, partition]


def _is_skipped(meta: Meta, skips: Skips) -> bool:
    return (topic_of_source(meta.source), meta.partition, meta.position) in skips
