"""Between the envelope and the `meta` column: what the store does not keep in columns of its own."""

from __future__ import annotations

from datetime import datetime

import msgspec

from contracts.envelope import Meta, Recorded
from kit.store.model import NewEvent


class StoredMeta(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The `meta` column: who, why and under which policy."""

    actor: str
    authority: str
    correlation_id: str
    pack_id: str | None = None
    causation_id: str | None = None
    hops: int = 0
    command: str | None = None
    command_key: str | None = None
    body_hash: str | None = None
    traceparent: str | None = None


_decoder = msgspec.json.Decoder(StoredMeta)


def recorded(event: NewEvent, source: str, position: int, recorded_at: datetime) -> Recorded:
    """A new event as it stands in the log at a position."""
    known = _decoder.decode(event.meta)
    meta = Meta(
        id=event.id,
        source=source,
        position=position,
        stream=event.stream,
        version=event.version,
        type=event.type,
        schema_version=event.schema_version,
        key=event.key,
        recorded_at=recorded_at,
        occurred_at=event.occurred_at,
        effective_from=event.effective_from,
        **msgspec.structs.asdict(known),
    )
    return Recorded(meta=meta, data=event.data)
