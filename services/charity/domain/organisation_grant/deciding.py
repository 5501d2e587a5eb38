"""Two people sign: one proposes, another approves; every part is reserved or the refusal is on record (ruling 21)."""

from __future__ import annotations

from pydantic import Field

from contracts.charity.fund import FundReserved
from contracts.charity.organisation_grant import (
    GrantPart,
    GrantProposed,
    GrantRefusal,
    GrantRefused,
    GrantReserved,
)
from contracts.ids import AllocationId, FundId, GrantId, OrganisationId
from contracts.terms import Purpose
from kit.aggregate import require
from kit.command import Command, Context, PositiveFen
from services.charity.domain.fund import Fund, fund, reserved
from services.charity.domain.known_organisation import KnownOrganisation
from services.charity.domain.organisation_grant.state import OrganisationGrant, Stage
from services.charity.domain.purpose import donation_fits


class ProposeGrant(Command):
    """An officer proposes to give an organisation money of a fund, in parts."""

    grant_id: GrantId
    organisation_id: OrganisationId
    fund_id: FundId
    purpose: Purpose = Field(description="what the organisation does with it")
    amounts_fen: tuple[PositiveFen, ...] = Field(min_length=1, max_length=20, description="of each part, in fen; each is paid once")
    related: bool = Field(default=False, description="related to a donor or a manager of the fund, as far as the officer knows")


class ApproveGrant(Command):
    """A second person signs: the parts are reserved, or the refusal is recorded."""

    grant_id: GrantId
    related: bool = Field(default=False, description="related to a donor or a manager of the fund, as far as the approver knows")


def propose(
    command: ProposeGrant, _grant: OrganisationGrant, context: Context, _fund: Fund, organisation: KnownOrganisation
) -> list[GrantProposed]:
    """A second person can decide on it.

    Raises: Refused("organisation_restricted", since).  Source: ruling 21, SC-25.
    """
    organisation.require_free()
    parts = tuple(
        GrantPart(allocation_id=AllocationId(context.new_id(f"part:{number}")), amount_fen=fen)
        for number, fen in enumerate(command.amounts_fen, 1)
    )
    return [
        GrantProposed(
            grant_id=command.grant_id,
            organisation_id=command.organisation_id,
            fund_id=command.fund_id,
            purpose=command.purpose,
            parts=parts,
            proposed_by=context.actor_id,
            related=command.related,
        )
    ]


def approve(
    command: ApproveGrant, grant: OrganisationGrant, context: Context, source: Fund, organisation: KnownOrganisation
) -> list[GrantReserved | FundReserved | GrantRefused]:
    """Every part is set aside, or it is on record why none is.

    Raises: Refused("already_decided" | "same_person" | "fund_closed").  Source: rulings 21, 23; R-CHA-02, R-CHA-03; SC-25.
    """
    offer = grant.proposal
    require(grant.stage is Stage.PROPOSED, "already_decided", stage=grant.stage)
    require(context.actor_id != offer.proposed_by, "same_person")
    if reason := _refusal(offer, command, source, organisation):
        return [
            GrantRefused(
                grant_id=offer.grant_id,
                organisation_id=offer.organisation_id,
                fund_id=offer.fund_id,
                reason=reason,
                available_fen=source.available_fen,
            )
        ]
    told = GrantReserved(
        grant_id=offer.grant_id,
        organisation_id=offer.organisation_id,
        fund_id=offer.fund_id,
        purpose=offer.purpose,
        amount_fen=_total_fen(offer),
        approved_by=context.actor_id,
    )
    return [told, *_set_aside(offer, source)]


def _total_fen(offer: GrantProposed) -> int:
    return sum(part.amount_fen for part in offer.parts)


def _refusal(offer: GrantProposed, command: ApproveGrant, source: Fund, organisation: KnownOrganisation) -> GrantRefusal | None:
    """Why the fund may not or cannot give it; the restriction comes before the money."""
    if organisation.restricted_since is not None:
        return GrantRefusal.RESTRICTED
    if not donation_fits(source.purpose, offer.purpose):
        return GrantRefusal.PURPOSE
    if offer.related or command.related:
        return GrantRefusal.RELATED
    return GrantRefusal.INSUFFICIENT if _total_fen(offer) > source.available_fen else None


def _set_aside(offer: GrantProposed, source: Fund) -> list[FundReserved]:
    """Each part draws on what the parts before it left."""
    events = []
    for part in offer.parts:
        events.append(reserved(source, part.allocation_id, part.amount_fen))
        source = fund.evolve(source, events[-1])
    return events
