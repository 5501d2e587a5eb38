"""What an allocation is at a moment: the proposal, how far it came, what stands of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from contracts.charity.allocation import (
    AidReturned,
    AllocationAccepted,
    AllocationPaid,
    AllocationProposed,
    AllocationRefused,
    AllocationReleased,
    AllocationReserved,
    BeneficiaryTold,
)
from contracts.ids import FundId, HouseholdId

AllocationEvent = (
    AllocationProposed
    | AllocationReserved
    | AllocationRefused
    | AllocationAccepted
    | AllocationPaid
    | AllocationReleased
    | AidReturned
    | BeneficiaryTold
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
    told_on: date | None = None

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
        case BeneficiaryTold(told_on=day):
            return replace(grant, told_on=day)
        case _:
            assert_never(event)
