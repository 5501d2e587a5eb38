"""What a need accepted: one row per need and line, as relief's need stream tells it. The giver's own word is another row."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from contracts.envelope import Event, Meta
from contracts.ids import HouseholdId, LineId, NeedId
from contracts.relief.need import (
    CoverageCommitted,
    CoverageDelivered,
    CoverageRefusal,
    CoverageRefused,
    CoverageReleased,
    CoverageReversed,
)
from contracts.terms import Layer, Scheme
from kit.clock import months_between
from kit.view import Row, View
from services.linkage.views.facts import EVENT_SLOT, Fact, Move, MoveKind, Value, fact_of, slot_of


class Refusal(Value):
    """The need accepted nothing of the offer."""

    reason: CoverageRefusal
    fact: Fact


class AcceptedLine(Row, frozen=True):
    """One line of one need. `offered`: what the giver offered, a slot."""

    need_id: NeedId
    household_id: HouseholdId
    line_id: LineId
    layer: Layer
    scheme: Scheme | None
    offered: int
    moves: tuple[Move, ...] = ()
    refusal: Refusal | None = None

    @property
    def slots(self) -> list[str]:
        """The slots that the line ever touched, in order."""
        return sorted({move.slot for move in self.moves})


Moved = CoverageDelivered | CoverageReleased | CoverageReversed
_KIND: dict[type[Event], MoveKind] = {
    CoverageDelivered: MoveKind.DELIVERED,
    CoverageReleased: MoveKind.RELEASED,
    CoverageReversed: MoveKind.RETURNED,
}


def line_of(event: Event) -> Iterable[str]:
    return (line_key(event.need_id, event.line_id),) if isinstance(event, CoverageCommitted | CoverageRefused | Moved) else ()


def line_key(need_id: str, line_id: str) -> str:
    return f"{need_id}/{line_id}"


def evolve(row: AcceptedLine | None, event: Event, meta: Meta) -> AcceptedLine | None:
    match event:
        case CoverageCommitted():
            return _committed(row, event, fact_of(meta))
        case CoverageRefused(reason=reason):
            return _line(event, None, row.moves if row else (), Refusal(reason=reason, fact=fact_of(meta)))
        case CoverageDelivered() | CoverageReleased() | CoverageReversed():
            return row and replace(row, moves=(*row.moves, _moved(event, fact_of(meta))))
        case _:
            return row


def _committed(row: AcceptedLine | None, event: CoverageCommitted, fact: Fact) -> AcceptedLine:
    before = row.moves if row else ()
    moves = tuple(Move(kind=_commitment(before, slot), slot=slot, amount=event.amount, fact=fact) for slot in _slots(event))
    return _line(event, event.scheme, (*before, *moves), None)


def _commitment(moves: tuple[Move, ...], slot: str) -> MoveKind:
    """A month that the bank sent back is committed again from that day on: until then the first commitment stands (rulings 8 and 9)."""
    sign = {MoveKind.RETURNED: 1, MoveKind.RECOMMITTED: -1}
    back = sum(sign.get(move.kind, 0) * move.amount for move in moves if move.slot == slot)
    return MoveKind.RECOMMITTED if back > 0 and slot != EVENT_SLOT else MoveKind.COMMITTED


def _line(
    event: CoverageCommitted | CoverageRefused, scheme: Scheme | None, moves: tuple[Move, ...], refusal: Refusal | None
) -> AcceptedLine:
    return AcceptedLine(
        need_id=event.need_id,
        household_id=event.household_id,
        line_id=event.line_id,
        layer=event.layer,
        scheme=scheme,
        offered=event.offered,
        moves=moves,
        refusal=refusal,
    )


def _slots(event: CoverageCommitted) -> list[str]:
    if event.first_month is None or event.last_month is None:
        return [EVENT_SLOT]
    return months_between(event.first_month, event.last_month)


def _moved(event: Moved, fact: Fact) -> Move:
    return Move(kind=_KIND[type(event)], slot=slot_of(event.month), amount=event.amount, fact=fact)


accepted = View("accepted", row=AcceptedLine, key=line_of, evolve=evolve, index=("need_id", "household_id", "line_id"))
