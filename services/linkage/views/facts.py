"""What rows keep of events: the link to the source and the dates, and dated moves of an amount between states.

`known_at` filters events before they are folded; `as_of` filters the dated values that rows keep (ruling 8; ruling 19 of the design).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache

import msgspec

from contracts.envelope import EventMeta, Meta
from contracts.ids import EventId, Month
from kit.clock import month_of, months_between, shanghai_date

EVENT_SLOT = "event"
"""The one slot of an `event` need; a `month` need has a slot for every month (ruling 2)."""


class Value(msgspec.Struct, metaclass=EventMeta, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a row: never changed, only replaced."""


class Fact(Value):
    """The event behind a value. `on`: the Shanghai day from which it is effective; `position`: commit order within its source."""

    event_id: EventId
    type: str
    on: date
    occurred_at: datetime
    recorded_at: datetime
    position: int


def fact_of(meta: Meta) -> Fact:
    """The link of an event: effective from its business date, else from the Shanghai day it happened (ruling 8)."""
    return Fact(
        event_id=EventId(meta.id),
        type=meta.type,
        on=meta.effective_from or shanghai_date(meta.occurred_at),
        occurred_at=meta.occurred_at,
        recorded_at=meta.recorded_at,
        position=meta.position,
    )


class MoveKind(StrEnum):
    """How an amount changed its state; it is in exactly one state at a time (ruling 1)."""

    PLANNED = "planned"  # nothing -> planned
    WITHDRAWN = "withdrawn"  # planned -> nothing
    ACCEPTED = "accepted"  # planned -> committed
    COMMITTED = "committed"  # nothing -> committed
    RELEASED = "released"  # committed -> nothing
    DELIVERED = "delivered"  # committed -> delivered
    FAILED = "failed"  # delivered -> committed (the bank sent it back)
    RETURNED = "returned"  # delivered -> returned
    RECOMMITTED = "recommitted"  # nothing -> committed: a month's amount that came back is owed again


class Move(Value):
    """An amount that changed its state, in the slot it is for, and the event that said so."""

    kind: MoveKind
    slot: str
    amount: int
    fact: Fact

    def effective(self, as_of: date) -> bool:
        """Whether it counts at the end of a day: an act from its day on, a monthly value in its month or once it was decided (ruling 8)."""
        return self.fact.on <= as_of or (self.kind not in _ACTS and in_month(self.slot, as_of))


_ACTS = frozenset({MoveKind.DELIVERED, MoveKind.FAILED, MoveKind.RETURNED, MoveKind.RECOMMITTED})


class Amounts(Value):
    """One line's amount by state, never one state and an amount (ruling 3 of the design)."""

    planned: int = 0
    committed: int = 0
    delivered: int = 0
    returned: int = 0

    @property
    def covering(self) -> int:
        """What reduces a residual: planned and returned amounts never count (ruling 1)."""
        return self.committed + self.delivered

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            planned=self.planned + other.planned,
            committed=self.committed + other.committed,
            delivered=self.delivered + other.delivered,
            returned=self.returned + other.returned,
        )


_CHANGE = {
    MoveKind.PLANNED: (1, 0, 0, 0),
    MoveKind.WITHDRAWN: (-1, 0, 0, 0),
    MoveKind.ACCEPTED: (-1, 1, 0, 0),
    MoveKind.COMMITTED: (0, 1, 0, 0),
    MoveKind.RELEASED: (0, -1, 0, 0),
    MoveKind.DELIVERED: (0, -1, 1, 0),
    MoveKind.FAILED: (0, 1, -1, 0),
    MoveKind.RETURNED: (0, 0, -1, 1),
    MoveKind.RECOMMITTED: (0, 1, 0, 0),
}


def amounts(moves: Iterable[Move], as_of: date) -> Amounts:
    """The amounts by state at the end of a day."""
    planned = committed = delivered = returned = 0
    for move in moves:
        if not move.effective(as_of):
            continue
        change = _CHANGE[move.kind]
        planned += change[0] * move.amount
        committed += change[1] * move.amount
        delivered += change[2] * move.amount
        returned += change[3] * move.amount
    return Amounts(planned=planned, committed=committed, delivered=delivered, returned=returned)


@lru_cache(maxsize=4096)
def months_of(first: str, last: str) -> tuple[str, ...]:
    """Every month from first to last, both included. Remembered: every look at a chain asks for the same spans, slot by slot."""
    return tuple(months_between(first, last))


def in_month(slot: str, as_of: date) -> bool:
    """Whether a monthly value is effective: its month has begun, however late the decision came; never for the slot of an event."""
    return slot != EVENT_SLOT and slot <= month_of(as_of)


def slot_of(month: Month | None) -> str:
    """The slot an amount counts in."""
    return EVENT_SLOT if month is None else month
