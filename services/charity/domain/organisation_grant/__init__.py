"""A fund's money for an organisation in several allocations, one payment each; frozen while the organisation is restricted (SC-25).

Two people sign when the money is reserved (ruling 21). Frozen stays reserved (ruling 23). Each change stands in the fund in the same append.
"""

from __future__ import annotations

from datetime import date

from contracts.ids import AllocationId, FundId, GrantId, OrganisationId
from contracts.terms import Purpose
from kit.aggregate import Aggregate, command
from kit.identity import Role
from services.charity.domain.fund import fund
from services.charity.domain.known_organisation import known_organisation
from services.charity.domain.organisation_grant.deciding import ApproveGrant, ProposeGrant, approve, propose
from services.charity.domain.organisation_grant.paying import (
    EndGrant,
    FreezeGrant,
    PayPart,
    ReturnPart,
    UnfreezeGrant,
    end,
    freeze,
    pay,
    return_part,
    unfreeze,
)
from services.charity.domain.organisation_grant.state import OrganisationGrant, evolve, index, organisation_subject

__all__ = [
    "ApproveGrant",
    "EndGrant",
    "FreezeGrant",
    "OrganisationGrant",
    "PayPart",
    "ProposeGrant",
    "ReturnPart",
    "UnfreezeGrant",
    "index",
    "organisation_grant",
    "organisation_subject",
]


_ID = "0190a000-0000-8000-8000-0000000000"
_GRANT, _PART = GrantId(f"{_ID}61"), AllocationId(f"{_ID}62")


_BOTH = [fund.by("fund_id"), known_organisation.by("organisation_id", missing_ok=True)]


organisation_grant = Aggregate(
    "organisation-grant",
    id="grant_id",
    state=OrganisationGrant,
    evolve=evolve,
    index=index,
    commands=[
        command(
            propose,
            stream="new",
            also=_BOTH,
            roles={Role.CHARITY_OFFICER},
            example=ProposeGrant(
                grant_id=_GRANT,
                organisation_id=OrganisationId("51440308mj00000001"),
                fund_id=FundId("elders"),
                purpose=Purpose.ELDERS,
                amounts_fen=(3_000_000, 5_000_000),
            ),
        ),
        command(approve, also=_BOTH, roles={Role.APPROVER}, approval=True, example=ApproveGrant(grant_id=_GRANT)),
        command(pay, also=_BOTH, roles={Role.CHARITY_OFFICER}, example=PayPart(grant_id=_GRANT, allocation_id=_PART)),
        command(freeze, roles={Role.SYSTEM}, example=FreezeGrant(grant_id=_GRANT, since=date(2022, 6, 1))),
        command(unfreeze, roles={Role.SYSTEM}, example=UnfreezeGrant(grant_id=_GRANT)),
        command(end, also=_BOTH, roles={Role.CHARITY_OFFICER}, example=EndGrant(grant_id=_GRANT)),
        command(
            return_part,
            also=[fund.by("fund_id")],
            roles={Role.CHARITY_OFFICER},
            example=ReturnPart(grant_id=_GRANT, allocation_id=_PART, amount_fen=1_000_000),
        ),
    ],
)
