"""A toy service for tests of the machinery: counters that are opened, added to and closed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NewType

from contracts.envelope import Event, Meta, Recorded, encode, event, stream_of, type_of

CounterId = NewType("CounterId", str)
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)


@event("toy.counter.opened", version=1, stream="counter_id")
class CounterOpened(Event):
    """A counter began at nought."""

    counter_id: CounterId


@event("toy.counter.added", version=2, stream="counter_id", lifts={1: lambda old: {**old, "amount": old["amount"] * 100}})
class CounterAdded(Event):
    """Something was added. Version 1 counted in hundreds."""

    counter_id: CounterId
    amount: int


@event("toy.counter.closed", version=1, stream="counter_id")
class CounterClosed(Event):
    """The counter is gone."""

    counter_id: CounterId


def recorded(fact: Event, position: int, *, version: int = 1, key: str | None = None, service: str = "toy", **meta: object) -> Recorded:
    """A fact as the store gives it; ids and instants follow from the position, so that two runs are equal."""
    kind = type_of(fact)
    known: dict[str, object] = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{service}/{position}")),
        "source": f"/minsheng/test/{service}",
        "position": position,
        "stream": stream_of(fact),
        "version": version,
        "type": kind.name,
        "schema_version": kind.version,
        "key": key or stream_of(fact),
        "recorded_at": EPOCH + timedelta(seconds=position),
        "occurred_at": EPOCH,
        "actor": "tester",
        "authority": "test",
        "correlation_id": "c",
    }
    return Recorded(meta=Meta(**{**known, **meta}), data=encode(fact))  # type: ignore[arg-type]


def additions(count: int, counters: int, *, first: int = 1, service: str = "toy") -> Iterable[Recorded]:
    """`count` additions of 1, spread evenly over counters `k0 … kN`, from position `first`."""
    for position in range(first, first + count):
        fact = CounterAdded(counter_id=CounterId(f"k{position % counters}"), amount=1)
        yield recorded(fact, position, version=position // counters + 1, service=service)


def as_store_row(event_: Recorded) -> tuple[object, ...]:
    """The values of one row of the store's `events` table, in the order of its columns."""
    meta = event_.meta
    rest = {"actor": meta.actor, "authority": meta.authority, "correlation_id": meta.correlation_id, "hops": meta.hops}
    return (
        meta.position, meta.id, meta.stream, meta.version, meta.type, meta.schema_version, meta.key, meta.recorded_at,
        meta.occurred_at, meta.effective_from, event_.data.decode(), json.dumps(rest),
    )  # fmt: skip
