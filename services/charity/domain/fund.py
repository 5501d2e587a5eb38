"""A designated fund (专项基金): the ledger of restricted money, by donation, so that one donated yuan can be followed. Amounts are fen.

`received = spent + reserved + available + taken back` at every event, for each donation and so for the fund (property 3, ruling 23).
A movement draws on the donations in the order in which they were received.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from pydantic import Field

from contracts.charity.fund import (
    DonationCredited,
    Draw,
    FundAidReturned,
    FundEstablished,
    FundReleased,
    FundReserved,
    FundSpent,
    FundTakenBack,
)
from contracts.ids import AllocationId, DonationId, FundId
from contracts.terms import Purpose
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role

FundEvent = FundEstablished | DonationCredited | FundReserved | FundSpent | FundReleased | FundAidReturned | FundTakenBack
Movement = FundReserved | FundSpent | FundReleased | FundAidReturned


@dataclass(frozen=True, kw_only=True)
class Share:
    """What became of one donation in the fund; `spent` is net of returned aid (ruling 23)."""

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
    """The restriction, and who holds what. `shares` keeps the order of receipt."""

    fund_id: FundId = FundId("")
    purpose: Purpose = Purpose.GENERAL
    certificate_needed: bool = False
    shares: Mapping[DonationId, Share] = field(default_factory=dict)
    holds: Mapping[AllocationId, Hold] = field(default_factory=dict)

    @property
    def available_fen(self) -> int:
        """What may still be reserved; never below zero."""
        return sum(share.available for share in self.shares.values())

    def share(self, donation_id: DonationId) -> Share:
        return self.shares.get(donation_id, Share())

    def hold(self, allocation_id: AllocationId) -> Hold:
        return self.holds.get(allocation_id, Hold())


def evolve(fund: Fund, event: FundEvent) -> Fund:
    match event:
        case FundEstablished():
            return replace(fund, fund_id=event.fund_id, purpose=event.purpose, certificate_needed=event.certificate_needed)
        case DonationCredited(donation_id=donation, amount_fen=fen):
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
        case _:
            assert_never(event)


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


class EstablishFund(Command):
    """A fund exists with a purpose."""

    fund_id: FundId
    purpose: Purpose
    certificate_needed: bool = Field(
        default=False, description="only for persons with a disability certificate, also where no rule asks it"
    )


def establish(command: EstablishFund, _fund: Fund, context: Context) -> list[FundEstablished]:
    """The fund can receive donations of its purpose; the pack's certificate purposes need a certificate.

    Source: C08.
    """
    needed = command.certificate_needed or command.purpose in context.policy.fund_certificate_purposes
    return [FundEstablished(fund_id=command.fund_id, purpose=command.purpose, certificate_needed=needed)]


def credited(fund: Fund, donation_id: DonationId, amount_fen: int) -> DonationCredited:
    """The donation is available in the fund. Source: C08."""
    return DonationCredited(fund_id=fund.fund_id, donation_id=donation_id, amount_fen=amount_fen)


def reserved(fund: Fund, allocation_id: AllocationId, amount_fen: int) -> FundReserved:
    """The amount is set aside, from the oldest available money on.

    Raises: Refused("above_available", open_fen).  Source: ruling 23.
    """
    draws = _draws({donation: share.available for donation, share in fund.shares.items()}, amount_fen, "above_available")
    return FundReserved(fund_id=fund.fund_id, allocation_id=allocation_id, amount_fen=amount_fen, draws=draws)


def spent(fund: Fund, allocation_id: AllocationId, amount_fen: int) -> FundSpent:
    """The amount left the fund, out of what the allocation held reserved.

    Raises: Refused("above_reserved", open_fen).  Source: ruling 23.
    """
    draws = _draws(fund.hold(allocation_id).reserved, amount_fen, "above_reserved")
    return FundSpent(fund_id=fund.fund_id, allocation_id=allocation_id, amount_fen=amount_fen, draws=draws)


def released(fund: Fund, allocation_id: AllocationId, amount_fen: int) -> FundReleased:
    """The amount is available again, out of what the allocation held reserved: the newest money first, the oldest stays for the payment.

    Raises: Refused("above_reserved", open_fen).  Source: ruling 3.
    """
    newest_first = dict(reversed(list(fund.hold(allocation_id).reserved.items())))
    draws = _draws(newest_first, amount_fen, "above_reserved")
    return FundReleased(fund_id=fund.fund_id, allocation_id=allocation_id, amount_fen=amount_fen, draws=draws[::-1])


def aid_returned(fund: Fund, allocation_id: AllocationId, amount_fen: int) -> FundAidReturned:
    """The amount is available again under the same restriction, out of what the allocation spent.

    Raises: Refused("above_spent", open_fen).  Source: SC-17.
    """
    draws = _draws(fund.hold(allocation_id).spent, amount_fen, "above_spent")
    return FundAidReturned(fund_id=fund.fund_id, allocation_id=allocation_id, amount_fen=amount_fen, draws=draws)


def taken_back(fund: Fund, donation_id: DonationId) -> list[FundTakenBack]:
    """What is neither spent nor reserved of the donation left the fund; none for zero. Source: ruling 23, SC-17."""
    fen = fund.share(donation_id).available
    return [FundTakenBack(fund_id=fund.fund_id, donation_id=donation_id, amount_fen=fen)] if fen else []


def _draws(open_fen: Mapping[DonationId, int], amount_fen: int, code: str) -> tuple[Draw, ...]:
    """Take the amount from the donations in their order.

    Raises: Refused(code, open_fen) when they hold less.
    """
    require(amount_fen <= sum(open_fen.values()), code, open_fen=sum(open_fen.values()))
    draws, left = [], amount_fen
    for donation_id, fen in open_fen.items():
        if taken := min(fen, left):
            draws.append(Draw(donation_id=donation_id, amount_fen=taken))
            left -= taken
    return tuple(draws)


fund = Aggregate(
    "fund",
    id="fund_id",
    state=Fund,
    evolve=evolve,
    commands=[
        command(
            establish,
            stream="new",
            roles={Role.CHARITY_OFFICER},
            example=EstablishFund(fund_id=FundId("disability-care"), purpose=Purpose.DISABILITY),
        ),
    ],
)
