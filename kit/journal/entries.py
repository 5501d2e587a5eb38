"""The journal's rows: what was said, as it came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from contracts.envelope import Meta, Recorded
from kit.store.envelope import StoredMeta
from kit.streams.chain import Fact, understood

COLUMNS = (
    "source", "partition", "position", "event_id", "stream", "version", "type", "schema_version", "key",
    "recorded_at", "occurred_at", "effective_from", "causation_id", "data", "meta",
)  # fmt: skip
LISTED = ", ".join(COLUMNS)
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(StoredMeta)
_REST = StoredMeta.__struct_fields__


async def write(connection: Any, facts: Iterable[Fact], table: str = "journal") -> None:
    """The facts are rows of the journal. Raises UniqueViolationError when an event id is known at another place."""
    await connection.copy_records_to_table(table, records=[_row(fact.recorded) for fact in facts], columns=COLUMNS)


async def read_key(connection: Any, source: str, partition: int, after: int, upto: int, key: str) -> list[Fact]:
    """The facts of one Kafka key in a partition, in order, positions after `after` up to `upto`.

    Raises NewerVersion when this program is too old for one of them.
    """
    rows = await connection.fetch(
        f"select {LISTED} from journal where source = $1 and partition = $2 and position > $3 and position <= $4 and key = $5 order by position",
        *(source, partition, after, upto, key),
    )
    return [Fact(event, understood(event)) for event in map(recorded, rows)]


async def read_places(connection: Any, places: Mapping[tuple[str, int], tuple[int, int]], limit: int) -> list[Fact]:
    """The facts of several partitions, each in order. places: (source, partition) -> (after, upto); limit: of each. Raises NewerVersion."""
    rows = await connection.fetch(
        f"select j.* from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) with ordinality x(s, p, a, u, o) cross join lateral "
        f"(select {LISTED} from journal where source = x.s and partition = x.p and position > x.a and position <= x.u "
        "order by position limit $5) j order by x.o, j.position",
        [source for source, _ in places],
        [partition for _, partition in places],
        [after for after, _ in places.values()],
        [upto for _, upto in places.values()],
        limit,
    )
    return [Fact(event, understood(event)) for event in map(recorded, rows)]


async def history(connection: Any, keys: Sequence[str], known_at: datetime | None = None) -> list[Recorded]:
    """All events of some Kafka keys, whoever said them, as known at an instant; in the order in which findings and points in time fold."""
    rows = await connection.fetch(
        f"select {LISTED} from journal where key = any($1) and ($2::timestamptz is null or recorded_at <= $2) "
        "order by recorded_at, source, partition, position",
        list(keys),
        known_at,
    )
    return [recorded(row) for row in rows]


async def effects(connection: Any, event_id: str) -> list[Recorded]:
    """The events that an event caused, oldest first."""
    rows = await connection.fetch(
        f"select {LISTED} from journal where causation_id = $1 order by recorded_at, source, partition, position", event_id
    )
    return [recorded(row) for row in rows]


async def by_id(connection: Any, event_id: str) -> Recorded | None:
    """One event, None when it is not (yet) in the journal."""
    row = await connection.fetchrow(f"select {LISTED} from journal where event_id = $1", event_id)
    return recorded(row) if row else None


def recorded(row: Any) -> Recorded:
    """A row of the journal as the event it is."""
    rest = _decoder.decode(row["meta"])
    meta = Meta(
        id=str(row["event_id"]),
        source=row["source"],
        position=row["position"],
        partition=row["partition"],
        stream=row["stream"],
        version=row["version"],
        type=row["type"],
        schema_version=row["schema_version"],
        key=row["key"],
        recorded_at=row["recorded_at"],
        occurred_at=row["occurred_at"],
        effective_from=row["effective_from"],
        actor=rest.actor,
        authority=rest.authority,
        pack_id=rest.pack_id,
        correlation_id=rest.correlation_id,
        causation_id=rest.causation_id,
        hops=rest.hops,
        command=rest.command,
        command_key=rest.command_key,
        body_hash=rest.body_hash,
        traceparent=rest.traceparent,
    )
    return Recorded(meta=meta, data=row["data"].encode())


def _row(event: Recorded) -> tuple[Any, ...]:
    meta = event.meta
    rest = StoredMeta(**{name: getattr(meta, name) for name in _REST})
    return (
        meta.source, meta.partition, meta.position, meta.id, meta.stream, meta.version, meta.type, meta.schema_version, meta.key,
        meta.recorded_at, meta.occurred_at, meta.effective_from, meta.causation_id, event.data.decode(), _encoder.encode(rest).decode(),
    )  # fmt: skip
