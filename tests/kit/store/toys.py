"""Appends of a toy stream, for tests of the store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from kit.store import Append, NewEvent, Read

NOON = datetime(2022, 3, 1, 4, tzinfo=UTC)
META = b'{"actor":"worker-1","authority":"caseworker","correlation_id":"c"}'


def new_event(stream: str, version: int, data: bytes = b'{"n": 1}') -> NewEvent:
    return NewEvent(
        id=str(uuid4()),
        stream=stream,
        version=version,
        type="toy.counter.added",
        schema_version=1,
        key=stream,
        occurred_at=NOON,
        effective_from=None,
        data=data,
        meta=META,
    )


def key() -> str:
    return uuid4().hex


def adding(stream: str, expected: int, count: int = 1, **more: Any) -> Append:
    """An append of `count` events to a stream at a version."""
    events = [new_event(stream, expected + n + 1) for n in range(count)]
    return Append(reads=[Read(stream, expected), *more.pop("reads", [])], events=events, **more)
