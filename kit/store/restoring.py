"""After a restore to an earlier time: the lost tail comes back from the topic, with keys, claims, subjects and timers.

A topic's messages carry the whole row, so an imported command is still known under its key. Rows of the service's own tables (the
vault's) are in no message: they come from their own backup. `reindex` derives all index rows anew, which a release that adds a claim,
subject or timer also needs (ruling 27 of the design).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import asyncpg
import msgspec

from contracts.envelope import Recorded
from kit.service import Service
from kit.store.envelope import StoredMeta
from kit.store.model import Take
from kit.store.parameters import change_columns
from kit.store.postgres import COLUMNS, LOCK, recorded_row

PAGE = 1_000
INSERT = f"insert into events ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
KEEP_KEY = "insert into command_key (key, body, position, count) values ($1, $2, $3, $4) on conflict do nothing"
_encoder = msgspec.json.Encoder()


class NotTheTail(Exception):
    """The events do not follow on what the store holds: nothing was imported."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """An event of the topic that the store cannot take any more. stored: what stands at its position, or at its version of the stream."""

    lost: Recorded
    stored: Recorded


class Diverged(NotTheTail):
    """The store went on by itself after it was restored: each event of the topic that has lost its place, for a person to decide."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(
            f"{len(conflicts)} events of the topic have lost their place; the store has others since {conflicts[0].lost.meta.position}"
        )
        self.conflicts = conflicts


async def import_tail(dsn: str, service: Service, events: Sequence[Recorded]) -> int:
    """Record events as they were, after the newest the store has. Returns how many; events it already has are passed over.

    Raises: Diverged when the store has another event at one of their positions or versions; NotTheTail when a position is missing
    between them and the store.
    """
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute(LOCK)
            if conflicts := await _conflicts(connection, events):
                raise Diverged(conflicts)
            head = await connection.fetchval("select coalesce(max(position), 0) from events")
            new = [event for event in sorted(events, key=_position) if event.meta.position > head]
            if [event.meta.position for event in new] != list(range(head + 1, head + 1 + len(new))):
                raise NotTheTail(f"the store ends at {head}; a position is missing among those that should follow")
            await _check_versions(connection, new)
            await _insert(connection, new)
            await _replay(connection, service, new, {})
            await connection.execute("select pg_notify('events', $1)", str(head + len(new)))
            return len(new)
    finally:
        await connection.close()


async def agrees(dsn: str, event: Recorded) -> bool:
    """Whether the store has this event at its position: then both have the same history up to there."""
    connection = await asyncpg.connect(dsn)
    try:
        found = await connection.fetchval("select id from events where position = $1", event.meta.position)
        return found is not None and str(found) == event.meta.id
    finally:
        await connection.close()


async def _conflicts(connection: Any, events: Sequence[Recorded]) -> list[Conflict]:
    """In order of positions; none for events that the store has."""
    found = []
    for event in sorted(events, key=_position):
        meta = event.meta
        row = await connection.fetchrow(
            f"select {COLUMNS} from events where position = $1 or (stream = $2 and version = $3) order by position <> $1 limit 1",
            *(meta.position, meta.stream, meta.version),
        )
        if row is not None and str(row["id"]) != meta.id:
            found.append(Conflict(event, recorded_row(row, meta.source)))
    return found


async def _check_versions(connection: Any, events: Sequence[Recorded]) -> None:
    """Each event is the next of its stream. Raises NotTheTail."""
    rows = await connection.fetch(
        "select stream, max(version) as version from events where stream = any($1) group by stream", [event.meta.stream for event in events]
    )
    heads = {row["stream"]: row["version"] for row in rows}
    for event in events:
        meta, head = event.meta, heads.get(event.meta.stream, 0)
        if meta.version != head + 1:
            raise NotTheTail(f"{meta.stream} is at version {head}, the event at position {meta.position} has version {meta.version}")
        heads[meta.stream] = meta.version


async def reindex(dsn: str, service: Service) -> int:
    """Derive every claim, subject and timer anew from the events, under the order lock. Returns how many events were replayed."""
    connection = await asyncpg.connect(dsn)
    replayed = 0
    firsts: dict[str, int] = {}
    try:
        async with connection.transaction():
            await connection.execute(LOCK)
            await connection.execute("delete from claim; delete from subject; delete from timer")
            while rows := await connection.fetch(
                f"select {COLUMNS} from events where position > $1 order by position limit {PAGE}", replayed
            ):
                events = [recorded_row(row, "") for row in rows]
                await _replay(connection, service, events, firsts)
                replayed = events[-1].meta.position
    finally:
        await connection.close()
    return replayed


def _position(event: Recorded) -> int:
    return event.meta.position


async def _insert(connection: Any, events: Sequence[Recorded]) -> None:
    await connection.executemany(INSERT, [_row(event) for event in events])
    by_key = groupby((event.meta for event in events if event.meta.command_key), key=lambda meta: (meta.command_key, meta.body_hash))
    for (key, body), metas in by_key:
        positions = [meta.position for meta in metas]
        await connection.execute(KEEP_KEY, key, body, positions[0], len(positions))


def _row(event: Recorded) -> tuple[Any, ...]:
    meta = event.meta
    kept = StoredMeta(**{name: getattr(meta, name) for name in StoredMeta.__struct_fields__})
    return (
        meta.position, meta.id, meta.stream, meta.version, meta.type, meta.schema_version, meta.key, meta.recorded_at, meta.occurred_at,
        meta.effective_from, event.data.decode(), _encoder.encode(kept).decode(),
    )  # fmt: skip


async def _replay(connection: Any, service: Service, events: Iterable[Recorded], firsts: dict[str, int]) -> None:
    """firsts: by command key the position of its append's first event, at which all its links stand."""
    for event in events:
        fact, key = event.event(), event.meta.command_key
        first = firsts.setdefault(key, event.meta.position) if key else event.meta.position
        for change in service.aggregate_of(fact).index(fact):
            await connection.execute("select index_change($1, $2, $3, $4, $5, $6)", event.meta.stream, *change_columns(change), first)
            if isinstance(change, Take):
                await _check_holder(connection, event.meta.stream, change)


async def _check_holder(connection: Any, stream: str, claim: Take) -> None:
    holder = await connection.fetchval("select stream from claim where kind = $1 and key = $2", claim.kind, claim.key)
    if holder != stream:
        raise NotTheTail(f"{claim.kind} is held by {holder} and taken by {stream}: the events contradict their claims")
