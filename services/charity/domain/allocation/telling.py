"""A family is told by what standard and in what way its aid is decided (R-CHA-09)."""

from __future__ import annotations

from contracts.charity.allocation import BeneficiaryTold
from contracts.ids import AllocationId, NoteRef
from kit.aggregate import require
from kit.command import Command, Context
from services.charity.domain.allocation.state import Allocation


class TellBeneficiary(Command):
    """The family was given the standards, the way of a decision and the rules that bind those who decide."""

    allocation_id: AllocationId
    paper: NoteRef


def tell(command: TellBeneficiary, grant: Allocation, context: Context) -> list[BeneficiaryTold]:
    """That the family was told is on record, once, however its aid is decided.

    Raises: Refused("already_told", told_on).  Source: R-CHA-09.
    """
    require(grant.told_on is None, "already_told", told_on=str(grant.told_on))
    return [
        BeneficiaryTold(
            allocation_id=command.allocation_id, household_id=grant.proposal.household_id, told_on=context.on, paper=command.paper
        )
    ]
