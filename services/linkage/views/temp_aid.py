"""Temporary aid (L3) as relief tells it: cause, grant, payments, papers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from contracts.envelope import Event, Meta
from contracts.ids import CaseId, EventCause, HouseholdId, LineId, NeedId
from contracts.relief.temp_aid import (
    TempAidClosed,
    TempAidEased,
    TempAidGranted,
    TempAidPaid,
    TempAidRefused,
    TempAidRequested,
    TempAidReturned,
    TempAidSupplemented,
)
from contracts.terms import ClosingCode, TempAidKind
from kit.view import Row, View
from services.linkage.views.facts import EVENT_SLOT, Fact, Move, MoveKind, fact_of


class TempAidRow(Row, frozen=True):
    """One emergency case. `requested_fen` is planned until it is granted; `line_id` is its coverage line on the need."""

    case_id: CaseId
    household_id: HouseholdId
    need_id: NeedId
    kind: TempAidKind
    cause: EventCause
    requested_fen: int
    requested: Fact
    line_id: LineId | None = None
    granted: Fact | None = None
    conference: bool = False
    papers_due: date | None = None
    supplemented: Fact | None = None
    moves: tuple[Move, ...] = ()
    refused: Fact | None = None
    closed: Fact | None = None
    closed_as: ClosingCode | None = None


TempAidFact = (
    TempAidRequested | TempAidGranted | TempAidRefused | TempAidPaid | TempAidReturned | TempAidEased | TempAidSupplemented | TempAidClosed
)


def case_of(event: Event) -> Iterable[str]:
    return (event.case_id,) if isinstance(event, TempAidFact) else ()


def evolve(row: TempAidRow | None, event: Event, meta: Meta) -> TempAidRow | None:
    if isinstance(event, TempAidRequested):
        return _requested(event, fact_of(meta))
    return row and _changed(row, event, fact_of(meta))


def _requested(event: TempAidRequested, fact: Fact) -> TempAidRow:
    return TempAidRow(
        case_id=event.case_id,
        household_id=event.household_id,
        need_id=event.need_id,
        kind=event.kind,
        cause=event.cause,
        requested_fen=event.amount_fen,
        requested=fact,
    )


def _changed(row: TempAidRow, event: Event, fact: Fact) -> TempAidRow:
    match event:
        case TempAidGranted(amount_fen=fen):
            granted = replace(row, line_id=event.line_id, granted=fact, conference=event.conference, papers_due=event.papers_due)
            return _moved(granted, MoveKind.COMMITTED, fen, fact)
        case TempAidPaid(amount_fen=fen):
            return _moved(row, MoveKind.DELIVERED, fen, fact)
        case TempAidReturned(amount_fen=fen):
            return _moved(row, MoveKind.RETURNED, fen, fact)
        case TempAidRefused():
            return replace(row, refused=fact)
        case TempAidEased(papers_due=due):
            return replace(row, papers_due=due)
        case TempAidSupplemented():
            return replace(row, supplemented=fact)
        case TempAidClosed(code=code):
            return replace(_settled(row, fact), closed=fact, closed_as=code)
        case _:
            return row


def _settled(row: TempAidRow, fact: Fact) -> TempAidRow:
    """What was granted and never paid is open again when the case closes."""
    sign = {MoveKind.COMMITTED: 1, MoveKind.DELIVERED: -1}
    unpaid = sum(sign.get(move.kind, 0) * move.amount for move in row.moves)
    return _moved(row, MoveKind.RELEASED, unpaid, fact) if unpaid > 0 else row


def _moved(row: TempAidRow, kind: MoveKind, fen: int, fact: Fact) -> TempAidRow:
    return replace(row, moves=(*row.moves, Move(kind=kind, slot=EVENT_SLOT, amount=fen, fact=fact)))


temp_aid = View("temp_aid", row=TempAidRow, key=case_of, evolve=evolve, index=("household_id", "need_id", "case_id"))
