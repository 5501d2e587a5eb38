"""What callers say to an event store and what it answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Any, Protocol

import msgspec

from contracts.envelope import Recorded


class Read(msgspec.Struct, frozen=True):
    """A stream that a decision read, and the version it saw (0: the stream did not exist)."""

    stream: str
    version: int


class NewEvent(msgspec.Struct, frozen=True):
    """An event to be recorded. `meta` holds what the caller knows of the envelope (actor, authority, command, …) as JSON."""

    id: str
    stream: str
    version: int
    type: str
    schema_version: int
    key: str
    occurred_at: datetime
    effective_from: date | None
    data: bytes
    meta: bytes


@dataclass(frozen=True, slots=True)
class Take:
    """Claim (kind, key) for the stream; refused while another stream holds it."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Release:
    """Give (kind, key) back; the stream must hold it."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class ReleaseAll:
    """Give back every claim the stream holds, forget its subjects and cancel its timers: it is over."""


@dataclass(frozen=True, slots=True)
class Link:
    """The stream concerns this subject: reactions that start from the subject find it."""

    subject: str


@dataclass(frozen=True, slots=True)
class Unlink:
    """The stream no longer concerns this subject."""

    subject: str


@dataclass(frozen=True, slots=True)
class SetTimer:
    """At `due` the named command of the stream is given (`kit.timers`); `due=None` cancels it. Setting again moves it."""

    name: str
    due: datetime | None


IndexChange = Take | Release | ReleaseAll | Link | Unlink | SetTimer


@dataclass(frozen=True, slots=True)
class SideRow:
    """A row of a table of the service's own (the vault's), inserted in the transaction of the events. Values are JSON."""

    table: str
    values: Mapping[str, Any]


class Append(msgspec.Struct, frozen=True):
    """One decision's outcome. Without events it only asks whether all that was read is still so, and may drop a timer that is moot.

    key, body: 32 hex digits (keyed hashes); body=None means the first answer wins whatever the body (reactions, timers).
    floor: the cause's `recorded_at`: what it led to is not recorded earlier.
    """

    reads: Sequence[Read]
    events: Sequence[NewEvent] = ()
    index: Sequence[tuple[str, IndexChange]] = ()
    rows: Sequence[SideRow] = ()
    key: str | None = None
    body: str | None = None
    floor: datetime | None = None


class VerdictKind(IntEnum):
    OK = 0
    REPEAT = 1  # the key is known with this body: `position` and `count` tell which events answered it
    MISUSED = 2  # the key is known with another body
    STALE = 3  # a stream that was read has moved on: decide again
    CLAIMED = 4  # another stream holds a claim: `detail` is kind:key
    CONFLICT = 5  # a row of the service's own tables already exists: `detail` names the table
    INVALID = 6  # the database refused this append by itself: `detail` says why


class Verdict(msgspec.Struct, frozen=True):
    """What became of one append. position: of its first event (0 without events); count: its events."""

    kind: VerdictKind
    position: int = 0
    count: int = 0
    recorded_at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest position and when it was recorded (None in an empty store)."""

    position: int
    recorded_at: datetime | None


@dataclass(slots=True)
class GroupResult:
    """The verdicts of a group; the newest position before it (`base`) and after it (`head`).

    A `base` beyond the head of this process's last group means that other processes wrote meanwhile.
    """

    verdicts: list[Verdict]
    base: int
    head: int


class EventStore(Protocol):
    """An append-only log with claims, subjects, timers and idempotency keys. `source` is the service's name in every event."""

    source: str

    async def append(self, appends: Sequence[Append]) -> GroupResult:
        """Record a group in one transaction, each append with its own verdict, judged in order.

        An append sees streams as the accepted ones before it leave them; with a refused one that would have written a stream that it
        reads, it falls as stale. The caller sees to it that a key or claim stands in a group once.
        Raises OutcomeUnknown when the connection broke while the outcome was open.
        """
        ...

    async def load(self, streams: Sequence[str]) -> dict[str, list[Recorded]]:
        """All events of each stream in version order (missing streams: an empty list), as of one snapshot."""
        ...

    async def read(self, after: int, limit: int) -> list[Recorded]:
        """Events in commit order, positions `after + 1 …`; never skips one and never waits for a stranger."""
        ...

    async def answer(self, key: str) -> tuple[str | None, list[Recorded]] | None:
        """The body hash and the events that a key's command stored; None when the key is unknown."""
        ...

    async def subjects(self, subject: str) -> list[str]:
        """The streams that concern a subject, oldest link first."""
        ...

    async def holder(self, kind: str, key: str) -> str | None:
        """The stream that holds a claim."""
        ...

    async def due(self, until: datetime, limit: int) -> list[tuple[str, str, datetime]]:
        """Timers due by then: (stream, name, due), earliest first."""
        ...

    async def next_due(self) -> datetime | None:
        """When the earliest timer is due; None without any."""
        ...

    async def head(self) -> Head:
        """The newest position, taken under the order lock: nothing older can appear after it."""
        ...

    def bulk_turn(self) -> AbstractAsyncContextManager[None]:
        """The turn of one import: others of the same service wait for it, single commands do not."""
        ...

    def changes(self) -> AsyncIterator[int]:
        """Newest positions as they are announced, and at least every half second; ends when the store closes."""
        ...
