"""Folds facts into the table of a view: rows of a batch loaded by one query, folded in memory, written by one statement.

A row is fed by one topic and one Kafka key: the table remembers which, also after the row is gone, and a second is refused. So the same
events in any interleaving across topics give the same rows. An event that cannot be folded parks its key for this view; the journal keeps
what waits behind it.
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from contracts.envelope import Meta
from kit.errors import Retry, Unreadable
from kit.journal.sets import ViewSet, consumer_of
from kit.streams import parking
from kit.streams.chain import Fact, Parking
from kit.streams.topics import source_of, topic_of_source
from kit.telemetry import metrics
from kit.view import Row

log = logging.getLogger(__name__)
MODULUS = 2**64
Feeder = tuple[str, str]
"""Source and Kafka key that feed a row."""
Failure = tuple[Meta, str]
"""The envelope of the first event of a key that could not be folded, and why."""
Step = tuple[Fact, list[str]]
"""A fact and the row keys it touches."""
_encoder = msgspec.json.Encoder(order="deterministic")


@dataclass(slots=True)
class Held:
    """A row while it is folded. before: as it stands in the table (None: absent or gone)."""

    before: bytes | None
    now: Row | None
    feeder: Feeder | None
    partition: int = 0
    changed: bool = False


@dataclass
class Batch:
    """The rows that some facts touch, and what became of them. failed: the first event of a key that could not be folded, and why."""

    target: ViewSet
    rows: dict[str, Held] = field(default_factory=dict)
    failed: dict[Feeder, Failure] = field(default_factory=dict)

    def fold(self, steps: Iterable[Step], waiting: Collection[Feeder]) -> None:
        """Each event touches all its rows or none. Those of a parked key are left to the journal."""
        for fact, keys in steps:
            meta = fact.recorded.meta
            feeder = (meta.source, meta.key)
            if feeder in waiting or feeder in self.failed:
                continue
            try:
                self._fold_one(fact, keys, feeder)
            except Exception as error:  # noqa: BLE001 (a fold is foreign code; its messages may hold data, so only its kind is told)
                reason = str(error) if isinstance(error, Unreadable) else f"{self.target.view.name} failed with {type(error).__name__}"
                log.warning("%s at %s/%d:%d", reason, meta.source, meta.partition, meta.position)
                self.failed[feeder] = (meta, reason)

    def _fold_one(self, fact: Fact, keys: Sequence[str], feeder: Feeder) -> None:
        meta, evolve = fact.recorded.meta, self.target.view.evolve
        results = []
        for key in keys:
            held = self.rows[key]
            row = evolve(held.now, fact.event, meta)
            if row is held.now:
                continue
            if held.feeder is not None and held.feeder != feeder:
                raise Unreadable(f"{self.target.view.name}: the row is fed by another topic and key")
            results.append((held, row))
        for held, row in results:
            held.now, held.feeder, held.partition, held.changed = row, feeder, meta.partition, True


async def fold(connection: Any, target: ViewSet, facts: Sequence[Fact], waiting: Collection[Feeder] = ()) -> Mapping[Feeder, Failure]:
    """The facts are folded into the table, in this transaction. `waiting`: feeders with something parked for this set.

    Returns the feeders that failed; the caller parks them (`park_failures`).
    """
    batch = Batch(target)
    steps = _steps(batch, facts)
    if steps:
        batch.rows = await _load(connection, target, {key for _, keys in steps for key in keys})
        batch.fold(steps, waiting)
        await _store(connection, batch)
    return batch.failed


async def fold_or_park(connection: Any, target: ViewSet, facts: Sequence[Fact], waiting: Collection[Feeder] = ()) -> None:
    """As `fold`; what failed is parked for this set."""
    failed = await fold(connection, target, facts, waiting)
    if failed:
        await park_failures(connection, target, failed.values())


async def park_failures(connection: Any, target: ViewSet, failures: Iterable[Failure]) -> None:
    """From these events on, their keys wait for this set; the journal has them."""
    await parking.park(connection, consumer_of(target.view.name), map(_parking, failures), target.id)


def _steps(batch: Batch, facts: Sequence[Fact]) -> list[Step]:
    """The facts that the view shows, with the rows they touch."""
    steps: list[Step] = []
    key_of = batch.target.view.key
    for fact in facts:
        if fact.event is None:
            continue
        try:
            keys = list(key_of(fact.event))
        except Exception as error:  # noqa: BLE001 (as in `Batch.fold`)
            meta = fact.recorded.meta
            batch.failed.setdefault((meta.source, meta.key), (meta, f"{batch.target.view.name} failed with {type(error).__name__} in key"))
            continue
        if keys:
            steps.append((fact, keys))
    return steps


async def _load(connection: Any, target: ViewSet, keys: Collection[str]) -> dict[str, Held]:
    held = {key: Held(None, None, None) for key in keys}
    for row in await connection.fetch(target.load, list(keys)):
        now = target.decoder.decode(row["row"]) if row["row"] is not None else None
        before = _encoder.encode(now) if now is not None else None
        held[row["key"]] = Held(before, now, (row["feed_source"], row["feed_key"]))
    return held


async def _store(connection: Any, batch: Batch) -> None:
    """Changed rows are written, sorted so that two workers never wait for each other in a ring; the digests follow."""
    columns: list[list[str | None]] = [[] for _ in range(5 + len(batch.target.columns))]
    deltas: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for key in sorted(batch.rows):
        held = batch.rows[key]
        now = _encoder.encode(held.now) if held.now is not None else None
        if not held.changed or held.feeder is None or now == held.before:
            continue
        source, feed_key = held.feeder
        values = (key, source, str(held.partition), feed_key, *batch.target.index_values(held.now), now.decode() if now else None)
        for column, value in zip(columns, values, strict=True):
            column.append(value)
        delta = deltas[source, held.partition]
        delta[0] += (now is not None) - (held.before is not None)
        delta[1] += row_hash(key, now) - row_hash(key, held.before)
    if deltas:
        written = await connection.execute(batch.target.upsert, *columns)
        if written != f"INSERT 0 {len(columns[0])}":
            raise Retry(f"{batch.target.view.name}: another feeder made one of the rows meanwhile")
        metrics.add("minsheng.view.rows_written", len(columns[0]), {"view": batch.target.view.name})
        await _move_digests(connection, batch.target.id, deltas)


async def _move_digests(connection: Any, set_id: int, deltas: Mapping[tuple[str, int], Sequence[int]]) -> None:
    places = sorted(deltas)
    await connection.execute(
        "insert into view_progress as p (set_id, source, partition, position, rows, hash) "
        "select $1, s, n, 0, r, h from unnest($2::text[], $3::int[], $4::bigint[], $5::numeric[]) x(s, n, r, h) "
        "on conflict (set_id, source, partition) do update set rows = p.rows + excluded.rows, hash = mod(p.hash + excluded.hash, $6::numeric)",
        set_id,
        [source for source, _ in places],
        [partition for _, partition in places],
        [deltas[place][0] for place in places],
        [deltas[place][1] % MODULUS for place in places],
        MODULUS,
    )


def row_hash(key: str, row: bytes | None) -> int:
    """A row's part of the additive digest; an absent row adds nothing."""
    if row is None:
        return 0
    return int.from_bytes(hashlib.blake2b(key.encode() + b"\0" + row, digest_size=8).digest(), "big")


async def waiting(connection: Any, targets: Iterable[ViewSet]) -> dict[int, set[Feeder]]:
    """By set, the feeders with something parked."""
    ids = [target.id for target in targets]
    rows = await connection.fetch("select set_id, topic, key from parked where set_id = any($1) and state = 'parked'", ids)
    found: dict[int, set[Feeder]] = {set_id: set() for set_id in ids}
    for row in rows:
        found[row["set_id"]].add((source_of(row["topic"]), row["key"]))
    return found


def _parking(failure: Failure) -> Parking:
    meta, reason = failure
    return Parking(topic_of_source(meta.source), meta.partition, meta.key, meta.position, 0, meta.id, "parked", reason, (None, None, []))
