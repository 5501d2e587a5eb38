"""What the messages of one partition mean for a consumer that stands at a position: apply, drop, park, or stop. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

import msgspec

from contracts.envelope import Event, NewerVersion, Recorded, UnknownEvent
from kit.errors import Unreadable
from kit.streams.checkpoint import Mark
from kit.streams.codec import Received, from_message, link_of, to_message
from kit.streams.topics import source_of

STRANGER = "header ce_source is not the topic's"


class Record(Protocol):
    """A message as the client delivers it."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A message that did not come from the client just now: parked, read again, or made of an event."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Any


@dataclass(frozen=True, slots=True)
class Fact:
    """An event that can be read. event: None when this program does not know its type (it is kept, and ignored by folds)."""

    recorded: Recorded
    event: Event | None


@dataclass(frozen=True, slots=True)
class Parking:
    """A message to be parked: it could not be read or applied (`parked`), or waits behind one of its key (`waiting`).

    position: 0 when the message does not tell its place.
    """

    topic: str
    partition: int
    key: str
    position: int
    offset: int
    event_id: str | None
    state: str
    reason: str
    message: tuple[bytes | None, bytes | None, list[tuple[str, Any]]]


class Hole(Exception):
    """Positions between `after` and `upto` (included) of the partition did not arrive. It is never stepped over."""

    def __init__(self, after: int, upto: int) -> None:
        super().__init__(f"positions after {after} up to {upto} are missing")
        self.after, self.upto = after, upto


@dataclass
class Stretch:
    """One partition's part of a batch, as it is understood message by message.

    mark: where the consumer stands after it.  blocked: keys of the topic that are parked; what has such a key waits.
    """

    mark: Mark
    blocked: set[str]
    facts: list[Fact] = field(default_factory=list)
    parkings: list[Parking] = field(default_factory=list)

    def take(self, record: Record) -> None:
        """Understand the next message. Raises Hole and NewerVersion; nothing of the message is taken then."""
        try:
            received = _received(record)
            if self._is_next(received.recorded.meta.position, received.previous):
                self._take_event(received.recorded, record)
        except Unreadable as unreadable:
            self._take_unreadable(record, str(unreadable))
        self.mark = replace(self.mark, next_offset=record.offset + 1)

    def take_healed(self, recorded: Recorded) -> None:
        """Take an event that the owner's feed gave, the next one of this partition."""
        meta = msgspec.structs.replace(recorded.meta, partition=self.mark.partition)
        if meta.position <= self.mark.position:
            return
        message = to_message(recorded, self.mark.position)
        healed = RawMessage(self.mark.topic, self.mark.partition, self.mark.next_offset, message.key, message.value, message.headers)
        try:
            self._take_event(Recorded(meta=meta, data=recorded.data), healed)
        except Unreadable as unreadable:
            self._park(healed, meta.position, meta.id, "parked", str(unreadable))
            self._stand_at(meta.position, meta.recorded_at)

    def park_facts(self, first: int, reason: str) -> None:
        """The facts from the `first` on are parked instead of applied: the first for this reason, later ones of its key behind it."""
        failed, self.facts = self.facts[first:], self.facts[:first]
        for fact in failed:
            meta, message = fact.recorded.meta, to_message(fact.recorded, 0)
            again = RawMessage(self.mark.topic, meta.partition, self.mark.next_offset - 1, message.key, message.value, message.headers)
            self._park(again, meta.position, meta.id, "parked", reason)

    def _is_next(self, position: int, previous: int) -> bool:
        """False for a repeat."""
        if position <= self.mark.position:
            return False
        if previous != self.mark.position:
            raise Hole(self.mark.position, previous)
        return True

    def _take_event(self, recorded: Recorded, record: Record) -> None:
        meta = recorded.meta
        if meta.key in self.blocked:
            self._park(record, meta.position, meta.id, "waiting", "waits behind a parked message of its key")
        else:
            self.facts.append(Fact(recorded, understood(recorded)))
        self._stand_at(meta.position, meta.recorded_at)

    def _take_unreadable(self, record: Record, reason: str) -> None:
        """It keeps its place in the chain if its headers tell one. Otherwise nothing waits behind it: a stranger wrote it, or it was
        an event whose place is now a hole, and the owner's feed gives it.
        """
        try:
            position, previous = _link(record)
        except Unreadable:
            self._park(record, 0, None, "parked", reason)
            return
        if self._is_next(position, previous):
            self._park(record, position, None, "parked", reason)
            self._stand_at(position, self.mark.recorded_at)

    def _stand_at(self, position: int, recorded_at: datetime | None) -> None:
        self.mark = replace(self.mark, position=position, recorded_at=recorded_at)

    def _park(self, record: Record, position: int, event_id: str | None, state: str, reason: str) -> None:
        key = key_text(record.key)
        if position:
            self.blocked.add(key)
        message = (record.key, record.value, list(record.headers or ()))
        self.parkings.append(Parking(record.topic, record.partition, key, position, record.offset, event_id, state, reason, message))


def _received(record: Record) -> Received:
    received = from_message(record.partition, record.key, record.value, record.headers)
    if received.recorded.meta.source != source_of(record.topic):
        raise Unreadable(STRANGER)
    return received


def _link(record: Record) -> tuple[int, int]:
    """Raises Unreadable when the message has no place in this topic's order."""
    if dict(record.headers or ()).get("ce_source") != source_of(record.topic).encode():
        raise Unreadable(STRANGER)
    return link_of(record.headers)


def fact_of(record: Record) -> Fact:
    """A parked message as a fact. Raises Unreadable and NewerVersion."""
    recorded = _received(record).recorded
    return Fact(recorded, understood(recorded))


def understood(recorded: Recorded) -> Event | None:
    """The event, None when its type is unknown here. Raises Unreadable (without echoing data) and NewerVersion."""
    try:
        return recorded.event()
    except UnknownEvent:
        return None
    except NewerVersion:
        raise
    except Exception as error:  # noqa: BLE001 (a lift is foreign code: whatever it raises, the data did not fit)
        kind = f"{recorded.meta.type} version {recorded.meta.schema_version}"
        raise Unreadable(f"the data is not what {kind} looks like ({type(error).__name__})") from None


def key_text(key: bytes | None) -> str:
    """A Kafka key as text; unreadable bytes stay distinct and storable, a missing key is empty."""
    return (key or b"").decode(errors="backslashreplace").replace("\0", "\\0")[:500]
