"""Facts about a designated fund (专项基金): a ledger in fen. `received = spent + reserved + available + taken back` (ruling 23, property 3).

Each movement names the donations it draws on, oldest first, so that one donated yuan can be followed to a family.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AllocationId, DonationId, FundId
from contracts.terms import Purpose


class Campaign(StrEnum):
    """What kind of collection the fund is, which decides what must be published when (R-CHA-08)."""

    NONE = "none"
    REGULAR = "regular"  # 公开募捐
    PROJECT = "project"  # 慈善项目
    EMERGENCY = "emergency"  # 应急募捐


class Draw(Event):
    """A part of a movement that comes from one donation."""

    donation_id: DonationId
    amount_fen: int


@event("charity.fund.established", version=1, stream="fund_id")
class FundEstablished(Event):
    """A fund exists with a purpose; `certificate_needed`: only for persons with a disability certificate of the district. Source: C08.

    campaign: what is published about it.  ends_on: last day of the campaign or project, if it has one (R-CHA-08).
    """

    fund_id: FundId
    purpose: Purpose
    certificate_needed: bool
    campaign: Campaign = Campaign.NONE
    starts_on: date | None = None
    ends_on: date | None = None


@event("charity.fund.plan-changed", version=1, stream="fund_id")
class FundPlanChanged(Event):
    """The campaign's plan names another use, one that the donors' restrictions allow; the change is to be filed. Source: R-CHA-03."""

    fund_id: FundId
    purpose: Purpose
    certificate_needed: bool


@event("charity.fund.donation-credited", version=1, stream="fund_id")
class DonationCredited(Event):
    """A donation of the fund's purpose was added. Source: C08."""

    fund_id: FundId
    donation_id: DonationId
    amount_fen: int


@event("charity.fund.reserved", version=1, stream="fund_id")
class FundReserved(Event):
    """Available money was set aside for an allocation. Source: ruling 23."""

    fund_id: FundId
    allocation_id: AllocationId
    amount_fen: int
    draws: tuple[Draw, ...]


@event("charity.fund.spent", version=1, stream="fund_id")
class FundSpent(Event):
    """Reserved money was paid out. Source: ruling 23."""

    fund_id: FundId
    allocation_id: AllocationId
    amount_fen: int
    draws: tuple[Draw, ...]


@event("charity.fund.released", version=1, stream="fund_id")
class FundReleased(Event):
    """Reserved money is available again under the same restriction. Source: ruling 3."""

    fund_id: FundId
    allocation_id: AllocationId
    amount_fen: int
    draws: tuple[Draw, ...]


@event("charity.fund.aid-returned", version=1, stream="fund_id")
class FundAidReturned(Event):
    """A family gave money back; it is available again in the same fund under the same restriction. Source: SC-17."""

    fund_id: FundId
    allocation_id: AllocationId
    amount_fen: int
    draws: tuple[Draw, ...]


@event("charity.fund.taken-back", version=1, stream="fund_id")
class FundTakenBack(Event):
    """A reversed donation took back what was available of it. Source: ruling 23, SC-17."""

    fund_id: FundId
    donation_id: DonationId
    amount_fen: int


@event("charity.fund.leftover-moved", version=1, stream="fund_id")
class LeftoverMoved(Event):
    """What was available went on to a fund of the same or a similar purpose; what was received here is less by it. Source: R-CHA-04."""

    fund_id: FundId
    successor_id: FundId
    amount_fen: int
    draws: tuple[Draw, ...]


@event("charity.fund.leftover-received", version=1, stream="fund_id")
class LeftoverReceived(Event):
    """What another fund had left of a donation is available here; what was received here is more by it. Source: R-CHA-04."""

    fund_id: FundId
    origin_id: FundId
    donation_id: DonationId
    amount_fen: int


@event("charity.fund.closed", version=1, stream="fund_id")
class FundClosed(Event):
    """The fund takes no donation and gives nothing any more. Source: section 3.2, R-CHA-04."""

    fund_id: FundId
    closed_on: date
