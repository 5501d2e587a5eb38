"""From a decision to what is recorded: events with versions, keys and envelope, index rows, and every version that was read."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import uuid_utils

from contracts.envelope import Event, encode, stream_of, type_of
from kit.aggregate import Decision
from kit.command import Context
from kit.commands.request import Request
from kit.commands.states import Loaded
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

    def append(self, request: Request, context: Context, loaded: dict[str, Loaded], decision: Decision) -> Append:
        versions = {stream: one.version for stream, one in loaded.items()}
        reads = dict(versions)
        facts = [item for item in decision if isinstance(item, Event)]
        meta = self._meta(request, context, first_id := _new_id())
        events: list[NewEvent] = []
        for number, fact in enumerate(facts):
            stream = stream_of(fact)
            reads.setdefault(stream, 0)  # a stream nobody read must be new
            versions[stream] = versions.get(stream, 0) + 1
            events.append(self._new_event(fact, stream, versions[stream], loaded, context, meta, first_id if number == 0 else _new_id()))
        return Append(
            reads=[Read(stream, version) for stream, version in reads.items()],
            events=events,
            index=[change for fact in facts for change in self._index(fact)],
            rows=[item for item in decision if isinstance(item, SideRow)],
            key=request.key,
            body=request.body,
            floor=request.cause.recorded_at if request.cause else None,
        )

    def _new_event(
        self, fact: Event, stream: str, version: int, loaded: dict[str, Loaded], context: Context, meta: bytes, event_id: str
    ) -> NewEvent:
        kind = type_of(fact)
        known = loaded.get(stream)
        key_field = self._service.aggregate_of(fact).key
        key = known.key if known and known.key else (getattr(fact, key_field, None) if key_field else None) or stream
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

    def _index(self, fact: Event) -> Iterable[tuple[str, IndexChange]]:
        return [(stream_of(fact), change) for change in self._service.aggregate_of(fact).index(fact)]

    def _meta(self, request: Request, context: Context, first_id: str) -> bytes:
        cause = request.cause
        return _meta_encoder.encode(
            StoredMeta(
                actor=request.actor.id,
                authority=min(request.actor.roles & request.spec.roles),
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


def _pack_id(context: Context) -> str | None:
    try:
        return context.policy.id
    except NoPolicy:
        return None  # a fact of a time no pack speaks of; a decision that needs one has been refused already


def _new_id() -> str:
    return str(uuid_utils.uuid7())
