"""What a command is told, and what it may say about its cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from contracts.envelope import Meta, Recorded
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


@dataclass(frozen=True, slots=True)
class Stored:
    """One event of an answer."""

    id: str
    type: str
    stream: str
    version: int
    position: int
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """stream, version: of the command's own stream afterwards.  token: `service/partition:position,…` for a read that must see it.

    repeated: the same command had been answered before; this is that answer.
    """

    stream: str
    version: int
    events: Sequence[Stored]
    token: str
    repeated: bool

    @classmethod
    def from_events(cls, stream: str, version: int, events: Sequence[Recorded], partitions: int, *, repeated: bool) -> Answer:
        own = [e.meta.version for e in events if e.meta.stream == stream]
        stored = [
            Stored(e.meta.id, e.meta.type, e.meta.stream, e.meta.version, e.meta.position, msgspec.json.decode(e.data)) for e in events
        ]
        return cls(stream, max(own, default=version), stored, token_of(events, partitions), repeated)


def token_of(events: Sequence[Recorded], partitions: int) -> str:
    """The position token of events: per partition of their service's topic the newest position."""
    newest: dict[tuple[str, int], int] = {}
    for event in events:
        place = (event.meta.service, partition_of(event.meta.key, partitions))
        newest[place] = max(newest.get(place, 0), event.meta.position)
    return ",".join(f"{service}/{partition}:{position}" for (service, partition), position in sorted(newest.items()))
