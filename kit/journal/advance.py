"""Brings a set forward along the journal: for views that follow behind, and for sets that are being built."""

from __future__ import annotations

from collections.abc import Collection
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


async def advance(connection: Any, target: ViewSet, goal: Mark, limit: int) -> int:
    """The set has folded up to `limit` more events of a partition, towards the journal's mark. Returns the events read.

    Inside the caller's transaction; the set's progress row is locked.
    """
    source = source_of(goal.topic)
    after = await lock_progress(connection, target, source, goal.partition)
    if after >= goal.position:
        return 0
    facts = await entries.read(connection, source, goal.partition, after, goal.position, limit)
    await fold_history(connection, target, facts, (await waiting(connection, [target]))[target.id])
    reached = facts[-1].recorded.meta.position if len(facts) == limit else goal.position
    await connection.execute(
        "update view_progress set position = $4 where set_id = $1 and source = $2 and partition = $3",
        *(target.id, source, goal.partition, reached),
    )
    return len(facts)


async def fold_history(connection: Any, target: ViewSet, facts: list[Fact], held: Collection[Feeder]) -> None:
    """Facts from the journal are folded, without those that an operator stepped over for this view."""
    skips = await parking.skipped(connection, consumer_of(target.view.name))
    await fold_or_park(connection, target, [fact for fact in facts if not _is_skipped(fact.recorded.meta, skips)] if skips else facts, held)


async def lock_progress(connection: Any, target: ViewSet, source: str, partition: int) -> int:
    """How far the set is in a partition; nobody else moves it until the transaction ends."""
    await connection.execute(
        "insert into view_progress(set_id, source, partition, position, rows, hash) values ($1, $2, $3, 0, 0, 0) on conflict do nothing",
        *(target.id, source, partition),
    )
    position: int = await connection.fetchval(
        "select position from view_progress where set_id = $1 and source = $2 and partition = $3 for update",
        *(target.id, source, partition),
    )
    return position


def _is_skipped(meta: Meta, skips: Skips) -> bool:
    return (topic_of_source(meta.source), meta.partition, meta.position) in skips
