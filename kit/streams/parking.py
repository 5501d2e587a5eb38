"""Messages that could not be read or applied. Later ones of the same topic and key wait behind them, in order; all others flow.

A row is `parked` (the one that failed), `waiting` (behind it), `skipped` (an operator stepped over it, with a reason) or `applied`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from kit.streams.chain import Parking, RawMessage

OPEN = "state in ('parked', 'waiting')"
_pack = msgspec.msgpack.Encoder()
_unpack = msgspec.msgpack.Decoder(list[tuple[str, bytes]])


@dataclass(frozen=True, slots=True)
class ParkedMessage:
    """A parked row without the message itself. set_id: of the view's tables that could not fold it (then it stands in the journal)."""

    id: int
    consumer: str
    set_id: int | None
    topic: str
    partition: int
    key: str
    position: int
    offset: int
    event_id: str | None
    state: str
    reason: str
    parked_at: datetime
    settled_by: str | None
    settled_why: str | None


FIELDS = ", ".join(f'"{name}"' for name in ParkedMessage.__slots__)


async def blocked(connection: Any, consumer: str, topics: Collection[str]) -> dict[str, set[str]]:
    """By topic, the keys that have something parked for this consumer."""
    rows = await connection.fetch(
        f"select distinct topic, key from parked where consumer = $1 and topic = any($2) and set_id is null and {OPEN} and position > 0",
        consumer,
        list(topics),
    )
    keys: dict[str, set[str]] = {topic: set() for topic in topics}
    for row in rows:
        keys[row["topic"]].add(row["key"])
    return keys


async def park(connection: Any, consumer: str, parkings: Iterable[Parking], set_id: int | None = None) -> None:
    """These messages are parked. One that tells no place is known by its offset, so reading it again does not park it twice."""
    for one in parkings:
        key, value, headers = one.message
        await connection.execute(
            'insert into parked(consumer, set_id, topic, partition, key, position, "offset", event_id, state, reason, '
            "message_key, message_value, message_headers) select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 where $6::bigint > 0 or not "
            'exists (select from parked where consumer = $1 and topic = $3 and partition = $4 and position = 0 and "offset" = $7)',
            consumer, set_id, one.topic, one.partition, one.key, one.position, one.offset, one.event_id, one.state, one.reason,
            key, value, _pack.encode([(name, value or b"") for name, value in headers]),
        )  # fmt: skip


async def parked(connection: Any, *, settled: bool = False) -> list[ParkedMessage]:
    """What is parked now, oldest first; `settled` shows what was skipped or applied instead."""
    condition = "not " + OPEN if settled else OPEN
    rows = await connection.fetch(f"select {FIELDS} from parked where {condition} order by id")
    return [_of(row) for row in rows]


async def show(connection: Any, parked_id: int) -> tuple[ParkedMessage, RawMessage] | None:
    """A parked row with its message; None when there is none of this id."""
    row = await connection.fetchrow(f"select {FIELDS}, message_key, message_value, message_headers from parked where id = $1", parked_id)
    if row is None:
        return None
    return _of(row), _raw(row)


async def queue(connection: Any, consumer: str, topic: str, key: str) -> list[tuple[ParkedMessage, RawMessage]]:
    """What is parked and waits for one key, in order."""
    rows = await connection.fetch(
        f"select {FIELDS}, message_key, message_value, message_headers from parked "
        f"where consumer = $1 and topic = $2 and key = $3 and set_id is null and {OPEN} and position > 0 order by id",
        consumer,
        topic,
        key,
    )
    return [(_of(row), _raw(row)) for row in rows]


async def settle(connection: Any, parked_id: int, state: str, actor: str, reason: str) -> None:
    """It is `skipped` or `applied`, by whom and why."""
    await connection.execute(
        "update parked set state = $2, settled_at = clock_timestamp(), settled_by = $3, settled_why = $4 where id = $1",
        parked_id,
        state,
        actor,
        reason,
    )


async def fail_again(connection: Any, parked_id: int, reason: str) -> None:
    """It could still not be applied: this is why, and the others of its key go on waiting behind it."""
    await connection.execute("update parked set state = 'parked', reason = $2 where id = $1", parked_id, reason)


async def skipped(connection: Any, consumer: str) -> set[tuple[str, int, int]]:
    """(topic, partition, position) of what was skipped: a rebuild steps over the same messages."""
    rows = await connection.fetch("select topic, partition, position from parked where consumer = $1 and state = 'skipped'", consumer)
    return {(row["topic"], row["partition"], row["position"]) for row in rows}


async def find(pool: asyncpg.Pool, parked_id: int) -> ParkedMessage:
    """Raises LookupError when nothing of this id is parked now."""
    row = await pool.fetchrow(f"select {FIELDS} from parked where id = $1 and {OPEN}", parked_id)
    if row is None:
        raise LookupError(f"nothing is parked under {parked_id}")
    return _of(row)


def _of(row: Any) -> ParkedMessage:
    values = {name: row[name] for name in ParkedMessage.__slots__}
    values["event_id"] = str(values["event_id"]) if values["event_id"] else None
    return ParkedMessage(**values)


def _raw(row: Any) -> RawMessage:
    headers = _unpack.decode(row["message_headers"]) if row["message_headers"] else []
    return RawMessage(row["topic"], row["partition"], row["offset"], row["message_key"], row["message_value"], headers)
