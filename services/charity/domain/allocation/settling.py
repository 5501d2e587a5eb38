"""What becomes of reserved money: paid as far as the need accepts it, released, or given back by the family (rulings 3, 20, SC-17)."""

from __future__ import annotations

from contracts.charity.allocation import AidReturned, AllocationAccepted, AllocationPaid, AllocationReleased
from contracts.charity.fund import FundAidReturned, FundReleased, FundSpent
from contracts.ids import AllocationId
from kit.aggregate import require
from kit.command import Command, Context, PositiveFen
from services.charity.domain.allocation.state import Allocation, Stage
from services.charity.domain.fund import Fund, aid_returned, released, spent


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
