"""What every event is and what is known about it: the base class, its registration, and the envelope.

The only module of `contracts` that the kit may import. Nothing here names a service.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar, dataclass_transform

import msgspec

WIRE_NAME = re.compile(r"^[a-z]+(\.[a-z]+(-[a-z]+)*){2}$")


@dataclass_transform(frozen_default=True)
class EventMeta(msgspec.StructMeta):
    """Tells type checkers that every event is frozen without saying so in each class."""


class Event(msgspec.Struct, metaclass=EventMeta, frozen=True, kw_only=True, omit_defaults=True):
    """A fact of one stream. Holds ids, codes, enums, amounts, dates and months; never free text, never a personal value.

    Unknown fields are ignored when read, so an older program reads what a newer one added (a changed meaning is a new version).
    """


class EventType(msgspec.Struct, frozen=True, kw_only=True):
    """How one event class is written on the wire.

    name: `service.aggregate.fact`, written by hand, never derived from the class.
    stream_field: the field that holds the id of the stream the event belongs to.
    lifts: for each older version, the function that turns its data into that of the next version.
    """

    name: str
    version: int
    stream_field: str
    shared: bool
    cls: type[Event]
    lifts: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]]

    @property
    def service(self) -> str:
        return self.name.split(".")[0]

    @property
    def aggregate(self) -> str:
        return self.name.split(".")[1]


class UnknownEvent(Exception):
    """No class is registered under this wire name: a reader that does not know it ignores it."""


class NewerVersion(Exception):
    """The event was written by a newer program: whoever must apply it waits, nothing is parked (ruling: rolling upgrades)."""


E = TypeVar("E", bound=Event)
_BY_NAME: dict[str, EventType] = {}
_BY_CLASS: dict[type[Event], EventType] = {}


def event(
    name: str,
    *,
    version: int,
    stream: str,
    shared: bool = True,
    lifts: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] | None = None,
) -> Callable[[type[E]], type[E]]:
    """Register an event class under its wire name. `shared=False` keeps it inside its service: others may not rely on it.

    Raises ValueError when the name is malformed or taken, or when the stream's field is missing.
    """

    def register(cls: type[E]) -> type[E]:
        if not WIRE_NAME.match(name):
            raise ValueError(f"{cls.__name__}: wire name {name!r} is not service.aggregate.fact")
        if name in _BY_NAME:
            raise ValueError(f"{cls.__name__}: wire name {name!r} already belongs to {_BY_NAME[name].cls.__name__}")
        if stream not in cls.__struct_fields__:
            raise ValueError(f"{cls.__name__}: has no field {stream!r} to name its stream")
        entry = EventType(name=name, version=version, stream_field=stream, shared=shared, cls=cls, lifts=lifts or {})
        _BY_NAME[name] = entry
        _BY_CLASS[cls] = entry
        return cls

    return register


def type_of(event: Event | type[Event]) -> EventType:
    """The registration of an event or of its class."""
    return _BY_CLASS[event if isinstance(event, type) else type(event)]


def named(name: str) -> EventType:
    """The registration under a wire name. Raises UnknownEvent."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise UnknownEvent(name) from None


def registered() -> Iterable[EventType]:
    """All registered event types, by wire name."""
    return [_BY_NAME[name] for name in sorted(_BY_NAME)]


def stream_of(event: Event) -> str:
    """The stream an event belongs to: `aggregate/id`."""
    kind = type_of(event)
    return f"{kind.aggregate}/{getattr(event, kind.stream_field)}"


_encoder = msgspec.json.Encoder(order="deterministic")


def encode(event: Event) -> bytes:
    """The event's data as JSON with sorted fields."""
    return _encoder.encode(event)


def decode(name: str, version: int, data: bytes) -> Event:
    """Read an event of any known version as the newest one.

    Raises UnknownEvent (ignore it), NewerVersion (wait for a newer program), msgspec.DecodeError / ValidationError (unreadable).
    """
    kind = named(name)
    if version > kind.version:
        raise NewerVersion(f"{name} version {version}; this program knows {kind.version}")
    if version == kind.version:
        return _decoder(kind.cls).decode(data)
    raw: dict[str, Any] = msgspec.json.decode(data)
    for step in range(version, kind.version):
        raw = kind.lifts[step](raw)
    return msgspec.convert(raw, kind.cls)


_decoders: dict[type[Event], msgspec.json.Decoder[Any]] = {}


def _decoder(cls: type[E]) -> msgspec.json.Decoder[E]:
    if cls not in _decoders:
        _decoders[cls] = msgspec.json.Decoder(cls)
    return _decoders[cls]


class Meta(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is known about a recorded event besides its data.

    source: `/minsheng/<installation>/<service>`.  position: commit order within the source, dense, from 1.  version: within the stream, from 1.
    key: the Kafka key, fixed when the stream was opened (the household's id where there is one, else the stream).
    recorded_at: the owner's clock (UTC), never goes back.  occurred_at: business time, supplied.  effective_from: business date, where one applies.
    authority: the role the actor used.  pack_id: the policy pack of the decision.  hops: reactions between a person's command and this event.
    command_key: keyed hash of actor and idempotency key, so that an import restores it.  partition: of the topic, once published.
    """

    id: str
    source: str
    position: int
    stream: str
    version: int
    type: str
    schema_version: int
    key: str
    recorded_at: datetime
    occurred_at: datetime
    effective_from: date | None = None
    actor: str
    authority: str
    pack_id: str | None = None
    correlation_id: str
    causation_id: str | None = None
    hops: int = 0
    command: str | None = None
    command_key: str | None = None
    body_hash: str | None = None
    traceparent: str | None = None
    partition: int = -1

    @property
    def service(self) -> str:
        return self.source.rsplit("/", 1)[1]


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the store, the topic and the journal hold it. `data` is JSON; `event()` reads it as the newest version."""

    meta: Meta
    data: bytes

    def event(self) -> Event:
        """The event, lifted to its newest version. Raises as `decode` does."""
        return decode(self.meta.type, self.meta.schema_version, self.data)
