"""Two people sign: one proposes, another approves; the money is reserved or the refusal is on record (ruling 21, SC-16)."""

from __future__ import annotations

from pydantic import Field

from contracts.charity.allocation import AllocationProposed, AllocationRefusal, AllocationRefused, AllocationReserved
from contracts.charity.fund import FundReserved
from contracts.ids import AllocationId, FundId, HouseholdId, NeedId, PersonId, ReferralId
from contracts.terms import NeedCategory
from kit.aggregate import require
from kit.command import Command, Context, PositiveFen
from services.charity.domain.allocation.state import Allocation, Stage
from services.charity.domain.fund import Fund, reserved
from services.charity.domain.known_household import KnownHousehold
from services.charity.domain.purpose import need_fits
from services.charity.domain.referral_answer import ReferralAnswer


class ProposeAllocation(Command):
    """A charity officer proposes up to an amount of a fund for a need."""

    allocation_id: AllocationId
    fund_id: FundId
    household_id: HouseholdId
    need_id: NeedId
    category: NeedCategory
    amount_fen: PositiveFen = Field(description="at most this much, in fen; the need may accept less")
    person_id: PersonId | None = Field(default=None, description="for whom, where it is for one person of the household")
    certificate: bool = Field(default=False, description="the person's disability certificate of the district was seen")
    related: bool = Field(
        default=False, description="the family is related to a donor or a manager of the fund, as far as the officer knows"
    )
    referral_id: ReferralId | None = None


class ApproveAllocation(Command):
    """A second person signs: the money is reserved, or the refusal is recorded."""

    allocation_id: AllocationId
    related: bool = Field(
        default=False, description="the family is related to a donor or a manager of the fund, as far as the approver knows"
    )


def propose(
    command: ProposeAllocation, _grant: Allocation, context: Context, _fund: Fund, referral: ReferralAnswer
) -> list[AllocationProposed]:
    """A second person can decide on it. The fund's rules are tried then, so that their refusal is on record.

    Raises: Refused("person_missing") for a certificate of nobody; Refused("other_need") when the referral is about another need.
    Source: ruling 21.
    """
    require(command.person_id is not None or not command.certificate, "person_missing")
    require(command.referral_id is None or referral.need_id == command.need_id, "other_need", need_id=referral.need_id)
    return [AllocationProposed(**command.model_dump(exclude={"occurred_at"}), proposed_by=context.actor_id)]


def approve(
    command: ApproveAllocation, grant: Allocation, context: Context, source: Fund, home: KnownHousehold
) -> list[AllocationReserved | FundReserved | AllocationRefused]:
    """The amount is set aside and offered to the need, or it is on record why not.

    Raises: Refused("already_decided" | "same_person"); Refused("not_a_member") when charity knows the household without the person.
    Source: rulings 3, 9, 21, 23; R-CHA-02, R-CHA-03; SC-16.
    """
    offer = grant.proposal
    require(grant.stage is Stage.PROPOSED, "already_decided", stage=grant.stage)
    require(context.actor_id != offer.proposed_by, "same_person")
    _require_member(offer.person_id, home, context)
    if reason := _refusal(offer, command, source, home):
        return [_refused(offer, reason, source)]
    return [
        AllocationReserved(
            allocation_id=offer.allocation_id,
            fund_id=offer.fund_id,
            household_id=offer.household_id,
            need_id=offer.need_id,
            category=offer.category,
            amount_fen=offer.amount_fen,
            approved_by=context.actor_id,
            referral_id=offer.referral_id,
        ),
        reserved(source, offer.allocation_id, offer.amount_fen),
    ]


def _require_member(person_id: PersonId | None, home: KnownHousehold, context: Context) -> None:
    """Not knowing a household is no reason to refuse: relief's need does not accept a line of a stranger (`unknown_need`)."""
    known = not home.members or person_id in home.members_on(context.on)
    require(person_id is None or known, "not_a_member", person_id=person_id)


def _refusal(offer: AllocationProposed, command: ApproveAllocation, source: Fund, home: KnownHousehold) -> AllocationRefusal | None:
    """Why the fund may not or cannot give it; the restriction comes before the money."""
    if not need_fits(source.purpose, offer.category) or (source.certificate_needed and not offer.certificate):
        return AllocationRefusal.PURPOSE
    if offer.related or command.related:
        return AllocationRefusal.RELATED
    if offer.need_id in home.closed_needs:
        return AllocationRefusal.NEED_CLOSED
    return AllocationRefusal.INSUFFICIENT if offer.amount_fen > source.available_fen else None


def _refused(offer: AllocationProposed, reason: AllocationRefusal, source: Fund) -> AllocationRefused:
    return AllocationRefused(
        allocation_id=offer.allocation_id,
        fund_id=offer.fund_id,
        household_id=offer.household_id,
        reason=reason,
        available_fen=source.available_fen,
    )
