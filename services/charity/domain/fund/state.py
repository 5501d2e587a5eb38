"""What a fund is at a moment: its restriction, what became of each donation in it, and what each allocation holds. Amounts are fen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from contracts.charity.fund import (
    Campaign,
    DonationCredited,
    Draw,
    FundAidReturned,
    FundClosed,
    FundEstablished,
    FundPlanChanged,
    FundReleased,
    FundReserved,
    FundSpent,
    FundTakenBack,
    LeftoverMoved,
    LeftoverReceived,
)
from contracts.ids import AllocationId, DonationId, FundId
from contracts.terms import Purpose

FundEvent = (
    FundEstablished
    | DonationCredited
    | FundReserved
    | FundSpent
    | FundReleased
    | FundAidReturned
    | FundTakenBack
    | LeftoverMoved
    | LeftoverReceived
    | FundPlanChanged
    | FundClosed
)


Movement = FundReserved | FundSpent | FundReleased | FundAidReturned


@dataclass(frozen=True, kw_only=True)
class Share:
    """What became of one donation in the fund; `spent` is net of returned aid, `received` of what went on to another fund (ruling 23)."""

    received: int = 0
    reserved: int = 0
    spent: int = 0
    taken_back: int = 0

    @property
    def available(self) -> int:
        return self.received - self.reserved - self.spent - self.taken_back


@dataclass(frozen=True, kw_only=True)
class Hold:
    """What one allocation holds of each donation, oldest first."""

    reserved: Mapping[DonationId, int] = field(default_factory=dict)
    spent: Mapping[DonationId, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Fund:
    """The restriction, and who holds what. `shares` keeps the order of receipt; `moved` says where a donation's rest went on to."""

    fund_id: FundId = FundId("")
    purpose: Purpose = Purpose.GENERAL
    certificate_needed: bool = False
    campaign: Campaign = Campaign.NONE
    starts_on: date | None = None
    ends_on: date | None = None
    closed_on: date | None = None
    moved: Mapping[DonationId, FundId] = field(default_factory=dict)
    shares: Mapping[DonationId, Share] = field(default_factory=dict)
    holds: Mapping[AllocationId, Hold] = field(default_factory=dict)

    @property
    def available_fen(self) -> int:
        """What may still be reserved; never below zero."""
        return sum(share.available for share in self.shares.values())

    @property
    def reserved_fen(self) -> int:
        """What is set aside and not paid, frozen money too."""
        return sum(share.reserved for share in self.shares.values())

    def share(self, donation_id: DonationId) -> Share:
        return self.shares.get(donation_id, Share())

    def hold(self, allocation_id: AllocationId) -> Hold:
        return self.holds.get(allocation_id, Hold())


def evolve(fund: Fund, event: FundEvent) -> Fund:
    match event:
        case FundEstablished():
            return _established(fund, event)
        case DonationCredited(donation_id=donation, amount_fen=fen) | LeftoverReceived(donation_id=donation, amount_fen=fen):
            return _with_share(fund, donation, received=fen)
        case FundReserved():
            return _moved(fund, event, reserved=1)
        case FundSpent():
            return _moved(fund, event, reserved=-1, spent=1)
        case FundReleased():
            return _moved(fund, event, reserved=-1)
        case FundAidReturned():
            return _moved(fund, event, spent=-1)
        case FundTakenBack(donation_id=donation, amount_fen=fen):
            return _with_share(fund, donation, taken_back=fen)
        case LeftoverMoved(successor_id=successor, draws=draws):
            return _passed(fund, successor, draws)
        case FundPlanChanged(purpose=purpose, certificate_needed=needed):
            return replace(fund, purpose=purpose, certificate_needed=needed)
        case FundClosed(closed_on=day):
            return replace(fund, closed_on=day)
        case _:
            assert_never(event)


def _established(fund: Fund, event: FundEstablished) -> Fund:
    return replace(
        fund,
        fund_id=event.fund_id,
        purpose=event.purpose,
        certificate_needed=event.certificate_needed,
        campaign=event.campaign,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
    )


def _passed(fund: Fund, successor: FundId, draws: Sequence[Draw]) -> Fund:
    for draw in draws:
        fund = _with_share(fund, draw.donation_id, received=-draw.amount_fen)
    return replace(fund, moved={**fund.moved, **{draw.donation_id: successor for draw in draws}})


def _with_share(fund: Fund, donation_id: DonationId, *, received: int = 0, reserved: int = 0, spent: int = 0, taken_back: int = 0) -> Fund:
    before = fund.share(donation_id)
    after = Share(
        received=before.received + received,
        reserved=before.reserved + reserved,
        spent=before.spent + spent,
        taken_back=before.taken_back + taken_back,
    )
    return replace(fund, shares={**fund.shares, donation_id: after})


def _moved(fund: Fund, event: Movement, *, reserved: int = 0, spent: int = 0) -> Fund:
    """Add (1) or take (-1) what the event draws to or from what is reserved or spent, in each donation's share and the allocation's hold."""
    hold = fund.hold(event.allocation_id)
    for draw in event.draws:
        fund = _with_share(fund, draw.donation_id, reserved=reserved * draw.amount_fen, spent=spent * draw.amount_fen)
    after = Hold(reserved=_drawn(hold.reserved, event.draws, reserved), spent=_drawn(hold.spent, event.draws, spent))
    others = {allocation: other for allocation, other in fund.holds.items() if allocation != event.allocation_id}
    return replace(fund, holds=others if after == Hold() else {**others, event.allocation_id: after})


def _drawn(held: Mapping[DonationId, int], draws: Iterable[Draw], sign: int) -> dict[DonationId, int]:
    after = dict(held)
    for draw in draws:
        after[draw.donation_id] = after.get(draw.donation_id, 0) + sign * draw.amount_fen
    return {donation: fen for donation, fen in after.items() if fen}
