"""A fund's ledger and each donation's part of it, as charity tells it; keyed by the fund's own stream. Amounts are fen."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from contracts.charity.fund import (
    DonationCredited,
    Draw,
    FundAidReturned,
    FundEstablished,
    FundPlanChanged,
    FundReleased,
    FundReserved,
    FundSpent,
    FundTakenBack,
    LeftoverMoved,
    LeftoverReceived,
)
from contracts.envelope import Event, Meta
from contracts.ids import AllocationId, DonationId, FundId
from contracts.terms import Purpose
from kit.view import Row, View
from services.linkage.views.facts import Fact, Value, fact_of

Movement = FundReserved | FundSpent | FundReleased | FundAidReturned
FundFact = FundEstablished | FundPlanChanged | DonationCredited | Movement | FundTakenBack | LeftoverMoved | LeftoverReceived


class FundRow(Row, frozen=True):
    """received = spent (net of returned aid) + reserved + available + taken back, after every event (ruling 23, property 3).

    What a fund leaves to another one counts there as received (R-CHA-04).
    """

    fund_id: FundId
    purpose: Purpose
    certificate_needed: bool
    established: Fact
    received_fen: int = 0
    reserved_fen: int = 0
    spent_fen: int = 0
    taken_back_fen: int = 0

    @property
    def available_fen(self) -> int:
        return self.received_fen - self.spent_fen - self.reserved_fen - self.taken_back_fen


def fund_of(event: Event) -> Iterable[str]:
    return (event.fund_id,) if isinstance(event, FundFact) else ()


def evolve(row: FundRow | None, event: Event, meta: Meta) -> FundRow | None:
    if isinstance(event, FundEstablished):
        return FundRow(fund_id=event.fund_id, purpose=event.purpose, certificate_needed=event.certificate_needed, established=fact_of(meta))
    return row and _changed(row, event)


def _changed(row: FundRow, event: Event) -> FundRow:
    match event:
        case DonationCredited(amount_fen=fen) | LeftoverReceived(amount_fen=fen):
            return replace(row, received_fen=row.received_fen + fen)
        case LeftoverMoved(amount_fen=fen):
            return replace(row, received_fen=row.received_fen - fen)
        case FundPlanChanged(purpose=purpose, certificate_needed=needed):
            return replace(row, purpose=purpose, certificate_needed=needed)
        case FundReserved(amount_fen=fen):
            return replace(row, reserved_fen=row.reserved_fen + fen)
        case FundSpent(amount_fen=fen):
            return replace(row, reserved_fen=row.reserved_fen - fen, spent_fen=row.spent_fen + fen)
        case FundReleased(amount_fen=fen):
            return replace(row, reserved_fen=row.reserved_fen - fen)
        case FundAidReturned(amount_fen=fen):
            return replace(row, spent_fen=row.spent_fen - fen)
        case FundTakenBack(amount_fen=fen):
            return replace(row, taken_back_fen=row.taken_back_fen + fen)
        case _:
            return row


class Use(Value):
    """What one allocation drew from one donation."""

    allocation_id: AllocationId
    reserved_fen: int = 0
    spent_fen: int = 0
    facts: tuple[Fact, ...] = ()


class DrawRow(Row, frozen=True):
    """One donation inside one fund: what came in, and where it went, allocation by allocation."""

    fund_id: FundId
    donation_id: DonationId
    received_fen: int
    taken_back_fen: int = 0
    uses: tuple[Use, ...] = ()
    facts: tuple[Fact, ...] = ()


def draw_of(event: Event) -> Iterable[str]:
    match event:
        case DonationCredited() | LeftoverReceived() | FundTakenBack():
            return (draw_key(event.fund_id, event.donation_id),)
        case FundReserved() | FundSpent() | FundReleased() | FundAidReturned() | LeftoverMoved():
            return dict.fromkeys(draw_key(event.fund_id, draw.donation_id) for draw in event.draws)
        case _:
            return ()


def draw_key(fund_id: str, donation_id: str) -> str:
    return f"{fund_id}/{donation_id}"


def evolve_draw(row: DrawRow | None, event: Event, meta: Meta) -> DrawRow | None:
    fact = fact_of(meta)
    match event:
        case DonationCredited(amount_fen=fen) | LeftoverReceived(amount_fen=fen):
            before = row or DrawRow(fund_id=event.fund_id, donation_id=event.donation_id, received_fen=0)
            return replace(before, received_fen=before.received_fen + fen, facts=(*before.facts, fact))
        case LeftoverMoved():
            return row and replace(row, received_fen=row.received_fen - _of(row, event.draws), facts=(*row.facts, fact))
        case FundTakenBack(amount_fen=fen):
            return row and replace(row, taken_back_fen=row.taken_back_fen + fen, facts=(*row.facts, fact))
        case FundReserved() | FundSpent() | FundReleased() | FundAidReturned():
            return row and _drawn(row, event, fact)
        case _:
            return row


_USE: dict[type[Event], tuple[int, int]] = {FundReserved: (1, 0), FundSpent: (-1, 1), FundReleased: (-1, 0), FundAidReturned: (0, -1)}


def _drawn(row: DrawRow, event: Movement, fact: Fact) -> DrawRow:
    fen = _of(row, event.draws)
    reserved, spent = _USE[type(event)]
    uses = {use.allocation_id: use for use in row.uses}
    use = uses.get(event.allocation_id) or Use(allocation_id=event.allocation_id)
    uses[event.allocation_id] = replace(
        use, reserved_fen=use.reserved_fen + reserved * fen, spent_fen=use.spent_fen + spent * fen, facts=(*use.facts, fact)
    )
    return replace(row, uses=tuple(uses.values()))


def _of(row: DrawRow, draws: Iterable[Draw]) -> int:
    """What a movement draws on the row's donation."""
    return sum(draw.amount_fen for draw in draws if draw.donation_id == row.donation_id)


fund = View("fund", row=FundRow, key=fund_of, evolve=evolve, index=("fund_id",))
draw = View("draw", row=DrawRow, key=draw_of, evolve=evolve_draw, index=("fund_id", "donation_id"))
