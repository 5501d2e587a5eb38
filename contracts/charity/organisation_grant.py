"""Facts about a grant of a fund to an organisation: several allocations, one payment each (SC-25, ruling 23). Amounts are fen."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import ActorId, AllocationId, FundId, GrantId, OrganisationId
from contracts.terms import Purpose


class GrantRefusal(StrEnum):
    INSUFFICIENT = "insufficient"
    PURPOSE = "purpose"
    RELATED = "related"
    RESTRICTED = "restricted"


class GrantPart(Event):
    """One allocation of the grant: paid once, or not."""

    allocation_id: AllocationId
    amount_fen: int


@event("charity.organisation-grant.proposed", version=1, stream="grant_id")
class GrantProposed(Event):
    """An officer proposed to give an organisation money of a fund in parts; a second person decides. Source: ruling 21, R-CHA-02.

    related: the officer declared the organisation related to a donor or a manager of the fund.
    """

    grant_id: GrantId
    organisation_id: OrganisationId
    fund_id: FundId
    purpose: Purpose
    parts: tuple[GrantPart, ...]
    proposed_by: ActorId
    related: bool = False


@event("charity.organisation-grant.reserved", version=1, stream="grant_id")
class GrantReserved(Event):
    """Approved: each part is set aside in the fund as an allocation of its own. Source: ruling 23."""

    grant_id: GrantId
    organisation_id: OrganisationId
    fund_id: FundId
    purpose: Purpose
    amount_fen: int
    approved_by: ActorId


@event("charity.organisation-grant.refused", version=1, stream="grant_id")
class GrantRefused(Event):
    """The fund could not or may not give it. Source: SC-25, R-CHA-03."""

    grant_id: GrantId
    organisation_id: OrganisationId
    fund_id: FundId
    reason: GrantRefusal
    available_fen: int


@event("charity.organisation-grant.paid", version=1, stream="grant_id")
class GrantPaid(Event):
    """One part was paid to the organisation. Source: SC-25, ruling 23."""

    grant_id: GrantId
    organisation_id: OrganisationId
    fund_id: FundId
    allocation_id: AllocationId
    amount_fen: int


@event("charity.organisation-grant.frozen", version=1, stream="grant_id")
class GrantFrozen(Event):
    """The organisation is restricted: what is not paid stays reserved and is not paid. Source: SC-25, ruling 23."""

    grant_id: GrantId
    organisation_id: OrganisationId
    fund_id: FundId
    frozen_fen: int
    since: date


@event("charity.organisation-grant.unfrozen", version=1, stream="grant_id")
class GrantUnfrozen(Event):
    """The organisation was reinstated: the rest may be paid again. Source: SC-25."""

    grant_id: GrantId
    organisation_id: OrganisationId
    fund_id: FundId


@event("charity.organisation-grant.ended", version=1, stream="grant_id")
class GrantEnded(Event):
    """What was not paid is back in the fund and goes to its purpose by another way; `released_fen` is published. Source: SC-25, R-CHA-04."""

    grant_id: GrantId
    organisation_id: OrganisationId
    fund_id: FundId
    released_fen: int


@event("charity.organisation-grant.returned", version=1, stream="grant_id")
class GrantReturned(Event):
    """The organisation gave money of a paid part back; it is in the same fund again. Source: ruling 23, R-CHA-12."""

    grant_id: GrantId
    organisation_id: OrganisationId
    fund_id: FundId
    allocation_id: AllocationId
    amount_fen: int
