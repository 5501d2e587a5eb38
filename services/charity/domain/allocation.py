"""An allocation: up to an amount of one fund for one need of a household. Its id is the id of the coverage line. Amounts are fen.

Two people sign when the money is reserved; relief's need then says how much it accepts, and that much is paid without a third
signature (rulings 3, 20, 21). Every change of the money is written to the fund in the same append.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from pydantic import Field

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
from contracts.charity.fund import FundAidReturned, FundReleased, FundReserved, FundSpent
from contracts.ids import AllocationId, FundId, HouseholdId, NeedId, PersonId, ReferralId
from contracts.terms import NeedCategory
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context, PositiveFen
from kit.identity import Role
from services.charity.domain.fund import Fund, aid_returned, fund, released, reserved, spent
from services.charity.domain.known_household import KnownHousehold, known_household
from services.charity.domain.purpose import need_fits
from services.charity.domain.referral_answer import ReferralAnswer, referral_answer

AllocationEvent = (
    AllocationProposed | AllocationReserved | AllocationRefused | AllocationAccepted | AllocationPaid | AllocationReleased | AidReturned
)


class Stage(StrEnum):
    UNKNOWN = "unknown"
    PROPOSED = "proposed"
    REFUSED = "refused"
    RESERVED = "reserved"
    RELEASED = "released"
    PAID = "paid"


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """What was proposed, how far it came, and what stands of it. `offer` is None only before the proposal."""

    offer: AllocationProposed | None = None
    stage: Stage = Stage.UNKNOWN
    reserved_fen: int = 0
    paid_fen: int = 0

    @property
    def fund_id(self) -> FundId | None:
        return self.offer.fund_id if self.offer else None

    @property
    def household_id(self) -> HouseholdId | None:
        return self.offer.household_id if self.offer else None

    @property
    def proposal(self) -> AllocationProposed:
        assert self.offer is not None  # noqa: S101 - every allocation begins with a proposal
        return self.offer


def evolve(grant: Allocation, event: AllocationEvent) -> Allocation:
    match event:
        case AllocationProposed():
            return replace(grant, offer=event, stage=Stage.PROPOSED)
        case AllocationReserved(amount_fen=fen):
            return replace(grant, stage=Stage.RESERVED, reserved_fen=fen)
        case AllocationRefused():
            return replace(grant, stage=Stage.REFUSED)
        case AllocationAccepted():
            return grant
        case AllocationPaid(amount_fen=fen):
            return replace(grant, stage=Stage.PAID, reserved_fen=grant.reserved_fen - fen, paid_fen=fen)
        case AllocationReleased(amount_fen=fen, kept_fen=kept):
            return replace(grant, stage=grant.stage if kept else Stage.RELEASED, reserved_fen=grant.reserved_fen - fen)
        case AidReturned(amount_fen=fen):
            return replace(grant, paid_fen=grant.paid_fen - fen)
        case _:
            assert_never(event)


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


class SettleAllocation(Command):
    """The need accepted this much of the allocation's line."""

    allocation_id: AllocationId
    accepted_fen: PositiveFen


class GiveUpAllocation(Command):
    """The need accepted nothing of the allocation's line."""

    allocation_id: AllocationId


class ReleaseAllocation(Command):
    """A charity officer gives the reserved money back to the fund."""

    allocation_id: AllocationId


class ReturnAid(Command):
    """The family gives aid back."""

    allocation_id: AllocationId
    amount_fen: PositiveFen


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


def settle(
    command: SettleAllocation, grant: Allocation, _context: Context, source: Fund
) -> list[AllocationAccepted | AllocationReleased | FundReleased | AllocationPaid | FundSpent]:
    """What the need accepted is paid, the rest is back in the fund. Nothing happens when it was released, settled or is no allocation.

    Raises: Refused("above_reserved", reserved_fen).  Source: rulings 3 and 9; ruling 20 of the design.
    """
    if grant.stage is not Stage.RESERVED:
        return []
    require(command.accepted_fen <= grant.reserved_fen, "above_reserved", reserved_fen=grant.reserved_fen)
    offer = grant.proposal
    accepted = AllocationAccepted(allocation_id=offer.allocation_id, household_id=offer.household_id, accepted_fen=command.accepted_fen)
    paid = AllocationPaid(
        allocation_id=offer.allocation_id,
        fund_id=offer.fund_id,
        household_id=offer.household_id,
        need_id=offer.need_id,
        amount_fen=command.accepted_fen,
        referral_id=offer.referral_id,
    )
    back = _given_back(grant, source, kept_fen=command.accepted_fen)
    return [accepted, *back, paid, spent(source, offer.allocation_id, command.accepted_fen)]


def give_up(_command: GiveUpAllocation, grant: Allocation, _context: Context, source: Fund) -> list[AllocationReleased | FundReleased]:
    """All of it is back in the fund. Nothing happens when it was released, settled or is no allocation. Source: ruling 3."""
    return _given_back(grant, source, kept_fen=0) if grant.stage is Stage.RESERVED else []


def release(_command: ReleaseAllocation, grant: Allocation, _context: Context, source: Fund) -> list[AllocationReleased | FundReleased]:
    """All of it is back in the fund; an acceptance that comes later is ignored.

    Raises: Refused("nothing_reserved", stage).  Source: ruling 20 of the design.
    """
    require(grant.stage is Stage.RESERVED, "nothing_reserved", stage=grant.stage)
    return _given_back(grant, source, kept_fen=0)


def _given_back(grant: Allocation, source: Fund, *, kept_fen: int) -> list[AllocationReleased | FundReleased]:
    offer, amount_fen = grant.proposal, grant.reserved_fen - kept_fen
    if amount_fen == 0:
        return []
    return [
        AllocationReleased(
            allocation_id=offer.allocation_id,
            fund_id=offer.fund_id,
            household_id=offer.household_id,
            need_id=offer.need_id,
            amount_fen=amount_fen,
            kept_fen=kept_fen,
        ),
        released(source, offer.allocation_id, amount_fen),
    ]


def return_aid(command: ReturnAid, grant: Allocation, _context: Context, source: Fund) -> list[AidReturned | FundAidReturned]:
    """The amount is back in the fund it came from, under its restriction, and the family's coverage falls by it.

    Raises: Refused("above_paid", paid_fen).  Source: SC-17, ruling 23.
    """
    require(command.amount_fen <= grant.paid_fen, "above_paid", paid_fen=grant.paid_fen)
    offer = grant.proposal
    return [
        AidReturned(
            allocation_id=offer.allocation_id,
            fund_id=offer.fund_id,
            household_id=offer.household_id,
            need_id=offer.need_id,
            amount_fen=command.amount_fen,
        ),
        aid_returned(source, offer.allocation_id, command.amount_fen),
    ]


_ID = "0190a000-0000-8000-8000-0000000000"
_GRANT, _HOME, _NEED = AllocationId(f"{_ID}03"), HouseholdId(f"{_ID}02"), NeedId(f"{_ID}01")
_FUND = FundId("children-serious-illness")

allocation = Aggregate(
    "allocation",
    id="allocation_id",
    state=Allocation,
    evolve=evolve,
    key="household_id",
    commands=[
        command(
            propose,
            stream="new",
            also=[fund.by("fund_id"), referral_answer.by("referral_id")],
            roles={Role.CHARITY_OFFICER},
            example=ProposeAllocation(
                allocation_id=_GRANT,
                fund_id=_FUND,
                household_id=_HOME,
                need_id=_NEED,
                category=NeedCategory.MEDICAL,
                amount_fen=2_000_000,
            ),
        ),
        command(
            approve,
            also=[fund.by("fund_id"), known_household.by("household_id", missing_ok=True)],
            roles={Role.APPROVER},
            approval=True,
            example=ApproveAllocation(allocation_id=_GRANT),
        ),
        command(
            settle,
            stream="any",
            also=[fund.by("fund_id")],
            roles={Role.SYSTEM},
            example=SettleAllocation(allocation_id=_GRANT, accepted_fen=412_000),
        ),
        command(
            give_up,
            stream="any",
            also=[fund.by("fund_id")],
            roles={Role.SYSTEM},
            example=GiveUpAllocation(allocation_id=_GRANT),
        ),
        command(release, also=[fund.by("fund_id")], roles={Role.CHARITY_OFFICER}, example=ReleaseAllocation(allocation_id=_GRANT)),
        command(
            return_aid,
            also=[fund.by("fund_id")],
            roles={Role.CHARITY_OFFICER},
            example=ReturnAid(allocation_id=_GRANT, amount_fen=120_000),
        ),
    ],
)
