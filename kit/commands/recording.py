"""From a decision to what is recorded: events with versions, keys and envelope, index rows, and every version that was read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
import uuid_utils

from contracts.envelope import Event, encode, stream_of, type_of
from kit.aggregate import Aggregate, Decision
from kit.command import Context
from kit.commands.pending import Loaded
from kit.commands.request import Request
from kit.identity import Role
from kit.service import Service
from kit.store.envelope import StoredMeta
from kit.store.model import Append, IndexChange, NewEvent, Read, SideRow
from kit.telemetry import current_traceparent
from policy import NoPolicy

_meta_encoder = msgspec.json.Encoder()


class Recording:
    """Turns a service's decisions into appends."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def append(self, request: Request, context: Context, loaded: Mapping[str, Loaded], decision: Decision) -> Append:
        reads = {stream: one.version for stream, one in loaded.items()}
        versions = dict(reads)
        keys: dict[str, str] = {}
        first_id = _new_id()
        meta = _meta(request, context, first_id)
        events: list[NewEvent] = []
        index: list[tuple[str, IndexChange]] = []
        rows: list[SideRow] = []
        for item in decision:
            if isinstance(item, SideRow):
                rows.append(item)
                continue
            aggregate, stream = self._service.aggregate_of(item), stream_of(item)
            reads.setdefault(stream, 0)  # a stream nobody read must be new
            versions[stream] = version = versions.get(stream, 0) + 1
            key = keys.setdefault(stream, _key(item, aggregate, stream, loaded.get(stream)))
            events.append(_new_event(item, stream, version, key, context, meta, _new_id() if events else first_id))
            index.extend((stream, change) for change in aggregate.index(item))
        return Append(
            reads=[Read(stream, version) for stream, version in reads.items()],
            events=events,
            index=index,
            rows=rows,
            key=request.key,
            body=request.body,
            floor=request.cause.recorded_at if request.cause else None,
        )


def _key(fact: Event, aggregate: Aggregate[Any], stream: str, known: Loaded | None) -> str:
    """The Kafka key, fixed when the stream is opened."""
    if known is not None and known.key:
        return known.key
    return (getattr(fact, aggregate.key, None) if aggregate.key else None) or stream


def _new_event(fact: Event, stream: str, version: int, key: str, context: Context, meta: bytes, event_id: str) -> NewEvent:
    kind = type_of(fact)
    return NewEvent(
        id=event_id,
        stream=stream,
        version=version,
        type=kind.name,
        schema_version=kind.version,
        key=key,
        occurred_at=context.occurred_at,
        effective_from=getattr(fact, "effective_from", None),
        data=encode(fact),
        meta=meta,
    )


def _meta(request: Request, context: Context, first_id: str) -> bytes:
    cause = request.cause
    return _meta_encoder.encode(
        StoredMeta(
            actor=request.actor.id,
            authority=_authority(request.actor.roles, request.spec.roles),
            correlation_id=cause.correlation_id if cause else first_id,
            pack_id=_pack_id(context),
            causation_id=cause.event_id if cause else None,
            hops=cause.hops + 1 if cause else 0,
            command=f"{request.aggregate.name}/{request.spec.name}",
            command_key=request.key,
            body_hash=request.body,
            traceparent=current_traceparent() or (cause.traceparent if cause else None),
        )
    )


@lru_cache(maxsize=1_024)
def _authority(held: frozenset[Role], named: frozenset[Role]) -> Role:
    """Under which of the actor's roles the command was given."""
    return min(held & named)


def _pack_id(context: Context) -> str | None:
    try:
        return context.policy.id
    except NoPolicy:
        return None  # a fact of a time no pack speaks of; a decision that needs one has been refused already


def _new_id() -> str:
    return str(uuid_utils.uuid7())
