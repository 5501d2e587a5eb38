"""What a command is told, and what it may say about its cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from contracts.envelope import Meta, Recorded
from kit.store.model import NewEvent
from kit.streams.topics import partition_of


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that led to a command: what follows is recorded no earlier, one hop further, under the same correlation."""

    event_id: str
    correlation_id: str
    recorded_at: datetime
    hops: int
    traceparent: str | None = None

    @classmethod
    def of(cls, meta: Meta) -> Cause:
        return cls(meta.id, meta.correlation_id, meta.recorded_at, meta.hops, meta.traceparent)


class Stored(msgspec.Struct, frozen=True):
    """One event of an answer."""

    id: str
    type: str
    stream: str
    version: int
    position: int
    data: Mapping[str, Any]


class Answer(msgspec.Struct, frozen=True):
    """stream, version: of the command's own stream afterwards.  token: `service/partition:position,…` for a read that must see it.

    repeated: the same command had been answered before; this is that answer.
    """

    stream: str
    version: int
    events: Sequence[Stored]
    token: str
    repeated: bool

    @classmethod
    def first(cls, stream: str, version: int, events: Sequence[NewEvent], position: int, service: str, partitions: int) -> Answer:
        """The answer to a command that has just been stored from a position on. version: of its stream before."""
        stored = [
            Stored(event.id, event.type, event.stream, event.version, position + nth, msgspec.json.decode(event.data))
            for nth, event in enumerate(events)
        ]
        token = token_of(service, ((event.key, position + nth) for nth, event in enumerate(events)), partitions)
        return cls(stream, _version(stream, version, stored), stored, token, repeated=False)

    @classmethod
    def again(cls, stream: str, events: Sequence[Recorded], service: str, partitions: int) -> Answer:
        """The answer that a command got the first time, from the events that it stored."""
        stored = [
            Stored(e.meta.id, e.meta.type, e.meta.stream, e.meta.version, e.meta.position, msgspec.json.decode(e.data)) for e in events
        ]
        token = token_of(service, ((event.meta.key, event.meta.position) for event in events), partitions)
        return cls(stream, _version(stream, 0, stored), stored, token, repeated=True)


def _version(stream: str, before: int, stored: Iterable[Stored]) -> int:
    return max((event.version for event in stored if event.stream == stream), default=before)


def token_of(service: str, places: Iterable[tuple[str, int]], partitions: int) -> str:
    """The position token of events, each given by key and position: per partition of their service's topic the newest position."""
    newest: dict[int, int] = {}
    for key, position in places:  # in the order of their positions
        newest[partition_of(key, partitions)] = position
    return ",".join(f"{service}/{partition}:{position}" for partition, position in sorted(newest.items()))
