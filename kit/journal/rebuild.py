"""Rebuilds a view beside the live one from the journal, and switches to it in one moment; a failed rebuild changes nothing.

The set that is being built keeps its progress, so a rebuild that was interrupted goes on where it was. At the switch the journal's
checkpoints are locked, the new set folds up to them, the digests are compared, and the pointer moves; readers resolve it in their own
snapshot and never see an empty or half table.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from kit.errors import Retry
from kit.journal import sets
from kit.journal.advance import advance, lock_progress, positions
from kit.journal.arrivals import CHANNEL, CONSUMER
from kit.journal.sets import ViewSet, consumer_of, table_name
from kit.streams import checkpoint
from kit.streams.checkpoint import Mark
from kit.streams.topics import source_of
from kit.view import View

BATCH = 5_000
SIDE_BY_SIDE = 3  # partitions: while one waits for the database another folds
NEAR = 2_000  # events left for the switch, in which live stands still
SAMPLES = 20
KEPT_RETIRED = "1 hour"  # so that no reader that just resolved the pointer loses its table


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild is. seconds_left: by the speed so far; None at the beginning."""

    done: int
    total: int
    seconds: float

    @property
    def seconds_left(self) -> float | None:
        return (self.total - self.done) * self.seconds / self.done if self.done else None


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that is not the same. before, after: None where it does not exist."""

    key: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The new set beside the live one, at the same positions. samples: the first differences by key."""

    only_live: int
    only_new: int
    changed: int
    parked: int
    samples: Sequence[Difference]

    @property
    def equal(self) -> bool:
        return not (self.only_live or self.only_new or self.changed or self.parked)


class NotAccepted(Exception):
    """The new set differs from the live one: nothing was switched. Look at `comparison`; `accept=True` switches."""

    def __init__(self, view: str, comparison: Comparison, *, same_version: bool) -> None:
        told = "the same version must give equal rows" if same_version else "another version: its differences must be accepted"
        super().__init__(f"{view}: {told}")
        self.comparison, self.same_version = comparison, same_version


class UnderWay(Retry):
    """Another rebuild of this view is at work."""


async def rebuild(
    pool: asyncpg.Pool, view: View[Any], *, accept: bool = False, told: Callable[[Progress], None] = lambda _: None, batch: int = BATCH
) -> Comparison:
    """The view is folded anew from the journal and live. Returns how it differed from the former live set.

    Raises NotAccepted, UnderWay; NewerVersion when this program is too old for an event. Live goes on meanwhile.
    """
    async with _alone(pool, view):
        target = await _target(pool, view)
        await _catch_up(pool, target, told, batch)
        return await _switch(pool, target, batch, accept=accept)


async def build_new(pool: asyncpg.Pool, views: Iterable[View[Any]]) -> list[View[Any]]:
    """Views that never had tables get them, folded from the journal. Returns those whose tables are of another version: `rebuild` them."""
    other = []
    for view in await sets.prepare(pool, views):
        if await pool.fetchval("select exists(select from view_set where view = $1 and state = 'live')", view.name):
            other.append(view)
        else:
            await rebuild(pool, view)
    return other


async def abandon(pool: asyncpg.Pool, view: View[Any]) -> None:
    """A set that was being built is gone; live is untouched."""
    async with _alone(pool, view), pool.acquire() as connection, connection.transaction():
        for row in await connection.fetch("select id from view_set where view = $1 and state = 'building'", view.name):
            await sets.drop(connection, view.name, row["id"])


@asynccontextmanager
async def _alone(pool: asyncpg.Pool, view: View[Any]) -> AsyncIterator[None]:
    async with pool.acquire() as connection:
        lock = f"rebuild {view.name}"
        if not await connection.fetchval("select pg_try_advisory_lock(hashtextextended($1, 0))", lock):
            raise UnderWay(lock)
        try:
            yield
        finally:
            await connection.execute("select pg_advisory_unlock(hashtextextended($1, 0))", lock)


async def _target(pool: asyncpg.Pool, view: View[Any]) -> ViewSet:
    """The set that is being built: the one of an interrupted rebuild of this version, or a new one."""
    async with pool.acquire() as connection, connection.transaction():
        old = await connection.fetch(
            f"select id from view_set where view = $1 and state = 'retired' and switched_at < clock_timestamp() - interval '{KEPT_RETIRED}'",
            view.name,
        )
        for row in old:
            await sets.drop(connection, view.name, row["id"])
        try:
            found = await sets.find(connection, view, "building")
        except sets.OtherSet:
            other = await connection.fetchval("select id from view_set where view = $1 and state = 'building'", view.name)
            await sets.drop(connection, view.name, other)
            found = None
        return found or await sets.make(connection, view, "building")


async def _catch_up(pool: asyncpg.Pool, target: ViewSet, told: Callable[[Progress], None], batch: int) -> None:
    """The set is nearly where the journal is."""
    began, done = time.monotonic(), 0
    first = sum((await positions(pool, target)).values())
    total = await pool.fetchval("select count(*) from journal") if first == 0 else await _events_left(pool, target)
    turns = asyncio.Semaphore(SIDE_BY_SIDE)

    async def partition(goal: Mark) -> int:
        nonlocal done
        read = 0
        while True:
            async with turns, pool.acquire() as connection, connection.transaction():
                step = sum((await advance(connection, target, [goal], batch)).values())
            read, done = read + step, done + step
            told(Progress(done, max(total, done), time.monotonic() - began))
            if step < batch:
                return read

    while True:
        goals = (await checkpoint.stand(pool, CONSUMER)).values()
        tasks = [asyncio.ensure_future(partition(goal)) for goal in goals]
        try:
            if sum(await asyncio.gather(*tasks)) <= NEAR:
                return
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _events_left(pool: asyncpg.Pool, target: ViewSet) -> int:
    left: int = await pool.fetchval(
        "select count(*) from journal j left join view_progress p on p.set_id = $1 and p.source = j.source and p.partition = j.partition "
        "where j.position > coalesce(p.position, 0)",
        target.id,
    )
    return left


async def _switch(pool: asyncpg.Pool, target: ViewSet, batch: int, *, accept: bool) -> Comparison:
    view = target.view
    async with pool.acquire() as connection, connection.transaction():
        goals = await checkpoint.lock_all(connection, CONSUMER)
        before = await connection.fetchrow("select id, version, follows from view_set where view = $1 and state = 'live'", view.name)
        await _drain(connection, target, list(goals.values()), batch)
        if before is None:
            comparison = Comparison(0, 0, 0, 0, ())
        else:
            if before["follows"]:
                await _bring_follower(connection, ViewSet(before["id"], view, "live"), list(goals.values()), batch, before["version"])
            comparison = await _compare(connection, before["id"], target, same_version=before["version"] == view.version)
        same_version = before is not None and before["version"] == view.version
        if not comparison.equal and not accept:
            raise NotAccepted(view.name, comparison, same_version=same_version)
        await _flip(connection, None if before is None else before["id"], target)
    return comparison


async def _drain(connection: Any, target: ViewSet, goals: Sequence[Mark], batch: int) -> None:
    for goal in goals:
        while batch in (await advance(connection, target, [goal], batch)).values():
            pass


async def _bring_follower(connection: Any, before: ViewSet, goals: Sequence[Mark], batch: int, version: int) -> None:
    """A live set that follows is compared at the same positions: it is brought there, if this program can fold it."""
    if version == before.view.version:
        await _drain(connection, before, goals, batch)
    for goal in goals:
        await lock_progress(connection, before, source_of(goal.topic), goal.partition)


async def _compare(connection: Any, before_id: int, target: ViewSet, *, same_version: bool) -> Comparison:
    """By digest where the fold is the same; row by row where it differs."""
    parked = await _parked(connection, target.id) - await _parked(connection, before_id)
    if same_version and await _digest(connection, before_id) == await _digest(connection, target.id):
        return Comparison(0, 0, 0, len(parked), ())
    counts = await connection.fetchrow(
        "select count(*) filter (where n.key is null) only_live, count(*) filter (where b.key is null) only_new, "
        f"count(*) filter (where b.row is distinct from n.row and b.key is not null and n.key is not null) changed {_joined(before_id, target)}"
    )
    samples = await connection.fetch(
        f"select coalesce(b.key, n.key) as key, b.row::text as before, n.row::text as after {_joined(before_id, target)} "
        f"where b.row is distinct from n.row order by 1 limit {SAMPLES}"
    )
    differences = [Difference(row["key"], _json(row["before"]), _json(row["after"])) for row in samples]
    return Comparison(counts["only_live"], counts["only_new"], counts["changed"], len(parked), differences)


def _joined(before_id: int, target: ViewSet) -> str:
    before = table_name(target.view.name, before_id)
    return (
        f'from (select key, row from "{before}" where row is not null) b '
        f'full join (select key, row from "{target.table}" where row is not null) n using (key)'
    )


async def _digest(connection: Any, set_id: int) -> dict[tuple[str, int], tuple[int, int]]:
    """Count and additive hash of the rows, by (source, partition) that feeds any."""
    rows = await connection.fetch("select source, partition, rows, hash from view_progress where set_id = $1 and rows > 0", set_id)
    return {(row["source"], row["partition"]): (row["rows"], int(row["hash"])) for row in rows}


async def _parked(connection: Any, set_id: int) -> set[tuple[str, str, int]]:
    rows = await connection.fetch("select topic, key, position from parked where set_id = $1 and state = 'parked'", set_id)
    return {(row["topic"], row["key"], row["position"]) for row in rows}


async def _flip(connection: Any, before_id: int | None, target: ViewSet) -> None:
    """The pointer moves; what was parked for the former set is no longer of interest."""
    if before_id is not None:
        await connection.execute("update view_set set state = 'retired', switched_at = clock_timestamp() where id = $1", before_id)
        await connection.execute(
            "delete from parked where consumer = $1 and set_id = $2 and state = 'parked'", consumer_of(target.view.name), before_id
        )
    await connection.execute("update view_set set state = 'live', switched_at = clock_timestamp() where id = $1", target.id)
    await connection.execute("select pg_notify($1, '')", CHANNEL)


def _json(text: str | None) -> dict[str, Any] | None:
    return None if text is None else json.loads(text)
