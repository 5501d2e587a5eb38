"""Special aid (L2) as relief tells it: what other departments decided and paid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from contracts.envelope import Event, Meta
from contracts.ids import CaseId, HouseholdId, LineId, NeedId, PersonId
from contracts.relief.special_aid import (
    SpecialAidClosed,
    SpecialAidOpened,
    SpecialAidRefused,
    SubsidyApproved,
    SubsidyPaid,
    SubsidyReversed,
)
from contracts.terms import ClosingCode, Department, Scheme
from kit.view import Row, View
from services.linkage.views.facts import Fact, Move, MoveKind, Value, fact_of, slot_of


class LineMove(Value):
    """A move of one of the case's lines."""

    line_id: LineId
    move: Move


class SpecialAidRow(Row, frozen=True):
    """One special case with the department's lines."""

    case_id: CaseId
    household_id: HouseholdId
    need_id: NeedId
    scheme: Scheme
    person_id: PersonId | None
    opened: Fact
    department: Department | None = None
    decided_on: date | None = None
    line_ids: tuple[LineId, ...] = ()
    moves: tuple[LineMove, ...] = ()
    refused: Fact | None = None
    closed: Fact | None = None
    closed_as: ClosingCode | None = None


SpecialAidFact = SpecialAidOpened | SubsidyApproved | SubsidyPaid | SubsidyReversed | SpecialAidRefused | SpecialAidClosed


def case_of(event: Event) -> Iterable[str]:
    return (event.case_id,) if isinstance(event, SpecialAidFact) else ()


def evolve(row: SpecialAidRow | None, event: Event, meta: Meta) -> SpecialAidRow | None:
    if isinstance(event, SpecialAidOpened):
        return SpecialAidRow(
            case_id=event.case_id,
            household_id=event.household_id,
            need_id=event.need_id,
            scheme=event.scheme,
            person_id=event.person_id,
            opened=fact_of(meta),
        )
    return row and _changed(row, event, fact_of(meta))


def _changed(row: SpecialAidRow, event: Event, fact: Fact) -> SpecialAidRow:
    match event:
        case SubsidyApproved(department=department, decided_on=day):
            moved = _moved(row, event, MoveKind.COMMITTED, fact)
            return replace(moved, department=department, decided_on=day, line_ids=tuple(dict.fromkeys((*row.line_ids, event.line_id))))
        case SubsidyPaid():
            return _moved(row, event, MoveKind.DELIVERED, fact)
        case SubsidyReversed():
            return _moved(row, event, MoveKind.RETURNED, fact)
        case SpecialAidRefused(department=department, decided_on=day):
            return replace(row, department=department, decided_on=day, refused=fact)
        case SpecialAidClosed(code=code):
            return replace(row, closed=fact, closed_as=code)
        case _:
            return row


def _moved(row: SpecialAidRow, event: SubsidyApproved | SubsidyPaid | SubsidyReversed, kind: MoveKind, fact: Fact) -> SpecialAidRow:
    move = Move(kind=kind, slot=slot_of(event.month), amount=event.amount_fen, fact=fact)
    return replace(row, moves=(*row.moves, LineMove(line_id=event.line_id, move=move)))


special_aid = View("special_aid", row=SpecialAidRow, key=case_of, evolve=evolve, index=("household_id", "need_id", "case_id"))
