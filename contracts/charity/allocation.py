"""Facts about an allocation: one fund's money for one household's need. Its id is also the id of the coverage line. Amounts are fen."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import ActorId, AllocationId, FundId, HouseholdId, NeedId, NoteRef, PersonId, ReferralId
from contracts.terms import NeedCategory


class AllocationRefusal(StrEnum):
    INSUFFICIENT = "insufficient"
    PURPOSE = "purpose"
    RELATED = "related"
    NEED_CLOSED = "need_closed"


@event("charity.allocation.proposed", version=1, stream="allocation_id")
class AllocationProposed(Event):
    """A charity officer proposed up to an amount for a need; a second person approves. Source: ruling 21.

    certificate: the officer saw the person's disability certificate of the district.
    related: the officer declared the family related to a donor or a manager of the fund (R-CHA-02); nobody else knows it here.
    """

    allocation_id: AllocationId
    fund_id: FundId
    household_id: HouseholdId
    need_id: NeedId
    category: NeedCategory
    amount_fen: int
    proposed_by: ActorId
    person_id: PersonId | None = None
    certificate: bool = False
    related: bool = False
    referral_id: ReferralId | None = None


@event("charity.allocation.reserved", version=1, stream="allocation_id")
class AllocationReserved(Event):
    """Approved "up to": the money is set aside and offered to the need; relief answers how much it accepts. Source: ruling 3, 9, R-CHA-03."""

    allocation_id: AllocationId
    fund_id: FundId
    household_id: HouseholdId
    need_id: NeedId
    category: NeedCategory
    amount_fen: int
    approved_by: ActorId
    referral_id: ReferralId | None = None


@event("charity.allocation.refused", version=1, stream="allocation_id")
class AllocationRefused(Event):
    """The fund could not or may not give it; people will ask why. Source: SC-16."""

    allocation_id: AllocationId
    fund_id: FundId
    household_id: HouseholdId
    reason: AllocationRefusal
    available_fen: int


@event("charity.allocation.accepted", version=1, stream="allocation_id")
class AllocationAccepted(Event):
    """The need accepted this much of the offer. Source: ruling 3."""

    allocation_id: AllocationId
    household_id: HouseholdId
    accepted_fen: int


@event("charity.allocation.paid", version=1, stream="allocation_id")
class AllocationPaid(Event):
    """The accepted amount was paid to the family; at most one payment an allocation. Source: section 3.2, ruling 9."""

    allocation_id: AllocationId
    fund_id: FundId
    household_id: HouseholdId
    need_id: NeedId
    amount_fen: int
    referral_id: ReferralId | None = None


@event("charity.allocation.released", version=1, stream="allocation_id")
class AllocationReleased(Event):
    """A part was given back to the fund; `kept_fen` is what still stands of the allocation afterwards. Source: rulings 3, 9."""

    allocation_id: AllocationId
    fund_id: FundId
    household_id: HouseholdId
    need_id: NeedId
    amount_fen: int
    kept_fen: int


@event("charity.allocation.returned", version=1, stream="allocation_id")
class AidReturned(Event):
    """The family gave aid back; it goes to the same fund and restriction, and the family's coverage falls. Source: SC-17."""

    allocation_id: AllocationId
    fund_id: FundId
    household_id: HouseholdId
    need_id: NeedId
    amount_fen: int


@event("charity.allocation.beneficiary-told", version=1, stream="allocation_id")
class BeneficiaryTold(Event):
    """The family knows by what standard, in what steps and under what rules its aid is decided; `paper`: what it was given. Source: R-CHA-09."""

    allocation_id: AllocationId
    household_id: HouseholdId
    told_on: date
    paper: NoteRef
