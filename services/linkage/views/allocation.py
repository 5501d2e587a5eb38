"""Charity aid (L4) as charity tells it: one fund's money for one household's need. The allocation is also the coverage line."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from contracts.charity.allocation import (
    AidReturned,
    AllocationAccepted,
    AllocationPaid,
    AllocationProposed,
    AllocationRefusal,
    AllocationRefused,
    AllocationReleased,
    AllocationReserved,
)
from contracts.envelope import Event, Meta
from contracts.ids import AllocationId, FundId, HouseholdId, NeedId, PersonId, ReferralId
from contracts.terms import NeedCategory
from kit.view import Row, View
from services.linkage.views.facts import EVENT_SLOT, Fact, Move, MoveKind, fact_of


class AllocationRow(Row, frozen=True):
    """One allocation: reserved is planned, accepted is committed, paid is delivered (ruling 9)."""

    allocation_id: AllocationId
    fund_id: FundId
    household_id: HouseholdId
    need_id: NeedId
    category: NeedCategory
    proposed_fen: int
    proposed: Fact
    person_id: PersonId | None = None
    referral_id: ReferralId | None = None
    moves: tuple[Move, ...] = ()
    accepted_fen: int | None = None
    refused: Fact | None = None
    refusal: AllocationRefusal | None = None


AllocationFact = (
    AllocationProposed | AllocationReserved | AllocationRefused | AllocationAccepted | AllocationPaid | AllocationReleased | AidReturned
)


def allocation_of(event: Event) -> Iterable[str]:
    return (event.allocation_id,) if isinstance(event, AllocationFact) else ()


def evolve(row: AllocationRow | None, event: Event, meta: Meta) -> AllocationRow | None:
    if isinstance(event, AllocationProposed):
        return _proposed(event, fact_of(meta))
    return row and _changed(row, event, fact_of(meta))


def _proposed(event: AllocationProposed, fact: Fact) -> AllocationRow:
    return AllocationRow(
        allocation_id=event.allocation_id,
        fund_id=event.fund_id,
        household_id=event.household_id,
        need_id=event.need_id,
        category=event.category,
        proposed_fen=event.amount_fen,
        proposed=fact,
        person_id=event.person_id,
        referral_id=event.referral_id,
    )


def _changed(row: AllocationRow, event: Event, fact: Fact) -> AllocationRow:
    match event:
        case AllocationReserved(amount_fen=fen):
            return _moved(row, MoveKind.PLANNED, fen, fact)
        case AllocationAccepted(accepted_fen=fen):
            return replace(_moved(row, MoveKind.ACCEPTED, fen, fact), accepted_fen=fen)
        case AllocationPaid(amount_fen=fen):
            return _moved(row, MoveKind.DELIVERED, fen, fact)
        case AllocationReleased(amount_fen=fen):
            return _released(row, fen, fact)
        case AidReturned(amount_fen=fen):
            return _moved(row, MoveKind.RETURNED, fen, fact)
        case AllocationRefused(reason=reason):
            return replace(row, refused=fact, refusal=reason)
        case _:
            return row


def _released(row: AllocationRow, fen: int, fact: Fact) -> AllocationRow:
    """What was still only planned goes first; the rest falls from what was committed."""
    planned = min(fen, _planned(row))
    parts = ((MoveKind.WITHDRAWN, planned), (MoveKind.RELEASED, fen - planned))
    for kind, part in parts:
        row = _moved(row, kind, part, fact) if part else row
    return row


def _planned(row: AllocationRow) -> int:
    sign = {MoveKind.PLANNED: 1, MoveKind.WITHDRAWN: -1, MoveKind.ACCEPTED: -1}
    return sum(sign.get(move.kind, 0) * move.amount for move in row.moves)


def _moved(row: AllocationRow, kind: MoveKind, fen: int, fact: Fact) -> AllocationRow:
    return replace(row, moves=(*row.moves, Move(kind=kind, slot=EVENT_SLOT, amount=fen, fact=fact)))


allocation = View(
    "allocation", row=AllocationRow, key=allocation_of, evolve=evolve, index=("household_id", "need_id", "allocation_id", "fund_id")
)
