"""A designated fund (专项基金): the ledger of restricted money, by donation, so that one donated yuan can be followed. Amounts are fen.

`received = spent + reserved + available + taken back` at every event, for each donation and so for the fund (property 3, ruling 23).
A movement draws on the donations in the order in which they were received.
"""

from __future__ import annotations

from contracts.ids import FundId
from contracts.terms import Purpose
from kit.aggregate import Aggregate, command, same
from kit.identity import Role
from services.charity.domain.fund.life import ChangePlan, CloseFund, EstablishFund, change_plan, close, establish
from services.charity.domain.fund.movements import aid_returned, credited, released, reserved, spent, taken_back
from services.charity.domain.fund.state import Fund, FundEvent, evolve

__all__ = [
    "ChangePlan",
    "CloseFund",
    "EstablishFund",
    "Fund",
    "FundEvent",
    "aid_returned",
    "credited",
    "fund",
    "released",
    "reserved",
    "spent",
    "taken_back",
]


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
            change_plan,
            roles={Role.CHARITY_OFFICER},
            example=ChangePlan(fund_id=FundId("children-2022"), purpose=Purpose.CHILDREN_SERIOUS_ILLNESS),
        ),
        command(
            close,
            also=[same("successor_id")],
            roles={Role.CHARITY_OFFICER},
            example=CloseFund(fund_id=FundId("epidemic-2022"), successor_id=FundId("epidemic")),
        ),
    ],
)
