"""A designated fund (专项基金): the ledger of restricted money, by donation, so that one donated yuan can be followed. Amounts are fen.

`received = spent + reserved + available + taken back` at every event, for each donation and so for the fund (property 3, ruling 23).
A movement draws on the donations in the order in which they were received.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never

from msgspec import structs
from pydantic import Field

from contracts.charity.disclosure_task import DisclosureTaskOpened
from contracts.charity.fund import (
    Campaign,
    DonationCredited,
    Draw,
    FundAidReturned,
    FundClosed,
    FundEstablished,
    FundReleased,
    FundReserved,
    FundSpent,
    FundTakenBack,
    LeftoverMoved,
    LeftoverReceived,
)
from contracts.ids import AllocationId, DonationId, FundId
from contracts.terms import Purpose
from kit.aggregate import Aggregate, command, require, same
from kit.command import Command, Context
from kit.identity import Role
from services.charity.domain.disclosing import final, leftover, of_campaign
from services.charity.domain.purpose import similar

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


class EstablishFund(Command):
    """A fund exists with a purpose, with a campaign or a project of its own or without."""

    fund_id: FundId
    purpose: Purpose
    certificate_needed: bool = Field(
        default=False, description="only for persons with a disability certificate, also where no rule asks it"
    )
    campaign: Campaign = Field(default=Campaign.NONE, description="it begins with the fund")
    ends_on: date | None = Field(default=None, description="the last day of the campaign or project, where its plan names one")


class CloseFund(Command):
    """The fund ends; what is available goes on to a fund of the same or a similar purpose."""

    fund_id: FundId
    successor_id: FundId | None = None


def establish(command: EstablishFund, _fund: Fund, context: Context) -> list[FundEstablished | DisclosureTaskOpened]:
    """The fund can receive donations of its purpose; the pack's certificate purposes need a certificate.

    What its campaign must publish stands as tasks. Raises: Refused("no_campaign" | "ends_before_it_starts").  Source: C08, R-CHA-08.
    """
    is_campaign = command.campaign is not Campaign.NONE
    require(command.ends_on is None or is_campaign, "no_campaign")
    require(command.ends_on is None or command.ends_on >= context.on, "ends_before_it_starts")
    established = FundEstablished(
        fund_id=command.fund_id,
        purpose=command.purpose,
        certificate_needed=command.certificate_needed or command.purpose in context.policy.fund_certificate_purposes,
        campaign=command.campaign,
        starts_on=context.on if is_campaign else None,
        ends_on=command.ends_on,
    )
    return [established, *of_campaign(command.fund_id, command.campaign, command.ends_on, context)]


def close(
    command: CloseFund, fund: Fund, context: Context, successor: Fund
) -> list[LeftoverMoved | LeftoverReceived | FundClosed | DisclosureTaskOpened]:
    """The fund is closed, nothing is left in it, and where the rest went is to be published. Aid that comes back later moves on the same way.

    Raises: Refused("already_closed" | "campaign_running", ends_on); Refused("money_reserved", reserved_fen), frozen money too;
    Refused("successor_missing" | "fund_closed" | "purpose_not_similar").  Source: R-CHA-04, R-CHA-08, section 3.2.
    """
    require(fund.closed_on is None or fund.available_fen > 0, "already_closed")
    require(fund.ends_on is None or context.on > fund.ends_on, "campaign_running", ends_on=fund.ends_on and fund.ends_on.isoformat())
    require(fund.reserved_fen == 0, "money_reserved", reserved_fen=fund.reserved_fen)
    return [*_passed_on(command, fund, successor, context), *_closed(fund, context)]


def _passed_on(
    command: CloseFund, fund: Fund, successor: Fund, context: Context
) -> list[LeftoverMoved | LeftoverReceived | DisclosureTaskOpened]:
    fen = fund.available_fen
    if fen == 0:
        return []
    heir = command.successor_id
    require(heir is not None and heir != fund.fund_id, "successor_missing", available_fen=fen)
    assert heir is not None  # noqa: S101 - required above
    require(successor.closed_on is None, "fund_closed", fund_id=heir)
    stricter = successor.certificate_needed or not fund.certificate_needed
    require(stricter and similar(fund.purpose, successor.purpose), "purpose_not_similar", fund=fund.purpose, successor=successor.purpose)
    draws = _draws({donation: share.available for donation, share in fund.shares.items()}, fen, "above_available")
    return [
        LeftoverMoved(fund_id=fund.fund_id, successor_id=heir, amount_fen=fen, draws=draws),
        *(LeftoverReceived(fund_id=heir, origin_id=fund.fund_id, **structs.asdict(draw)) for draw in draws),
        leftover(fund.fund_id, context),
    ]


def _closed(fund: Fund, context: Context) -> list[FundClosed | DisclosureTaskOpened]:
    """Closed once; a campaign whose plan named no end ends with its fund."""
    if fund.closed_on is not None:
        return []
    ending = [final(fund.fund_id, fund.starts_on, context.on, context)] if fund.starts_on and fund.ends_on is None else []
    return [FundClosed(fund_id=fund.fund_id, closed_on=context.on), *ending]


def credited(fund: Fund, donation_id: DonationId, amount_fen: int) -> DonationCredited:
    """The donation is available in the fund.

    Raises: Refused("fund_closed").  Source: C08.
    """
    require(fund.closed_on is None, "fund_closed", fund_id=fund.fund_id)
    return DonationCredited(fund_id=fund.fund_id, donation_id=donation_id, amount_fen=amount_fen)


def reserved(fund: Fund, allocation_id: AllocationId, amount_fen: int) -> FundReserved:
    """The amount is set aside, from the oldest available money on.

    Raises: Refused("fund_closed"); Refused("above_available", open_fen).  Source: ruling 23.
    """
    require(fund.closed_on is None, "fund_closed", fund_id=fund.fund_id)
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
        command(
            close,
            also=[same("successor_id")],
            roles={Role.CHARITY_OFFICER},
            example=CloseFund(fund_id=FundId("epidemic-2022"), successor_id=FundId("epidemic")),
        ),
    ],
)
