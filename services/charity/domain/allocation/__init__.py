"""An allocation: up to an amount of one fund for one need of a household. Its id is the id of the coverage line. Amounts are fen.

Two people sign when the money is reserved; relief's need then says how much it accepts, and that much is paid without a third
signature (rulings 3, 20, 21). Every change of the money is written to the fund in the same append.
"""

from __future__ import annotations

from contracts.ids import AllocationId, FundId, HouseholdId, NeedId, NoteRef
from contracts.terms import NeedCategory
from kit.aggregate import Aggregate, command
from kit.identity import Role
from services.charity.domain.allocation.reserving import ApproveAllocation, ProposeAllocation, approve, propose
from services.charity.domain.allocation.settling import (
    GiveUpAllocation,
    ReleaseAllocation,
    ReturnAid,
    SettleAllocation,
    give_up,
    release,
    return_aid,
    settle,
)
from services.charity.domain.allocation.state import Allocation, evolve
from services.charity.domain.allocation.telling import TellBeneficiary, tell
from services.charity.domain.fund import fund
from services.charity.domain.known_household import known_household
from services.charity.domain.referral_answer import referral_answer

__all__ = [
    "Allocation",
    "ApproveAllocation",
    "GiveUpAllocation",
    "ProposeAllocation",
    "ReleaseAllocation",
    "ReturnAid",
    "SettleAllocation",
    "TellBeneficiary",
    "allocation",
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
        command(tell, roles={Role.CHARITY_OFFICER}, example=TellBeneficiary(allocation_id=_GRANT, paper=NoteRef(f"{_ID}c5"))),
    ],
)
