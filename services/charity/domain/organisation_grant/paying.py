"""What becomes of reserved parts: paid once each, frozen, given back to the fund, or returned by the organisation (SC-25, ruling 23)."""

from __future__ import annotations

from datetime import date

from contracts.charity.disclosure_task import DisclosureTaskOpened
from contracts.charity.fund import FundAidReturned, FundReleased, FundSpent
from contracts.charity.organisation_grant import (
    GrantEnded,
    GrantFrozen,
    GrantPaid,
    GrantReturned,
    GrantUnfrozen,
)
from contracts.ids import AllocationId, GrantId
from kit.aggregate import require
from kit.command import Command, Context, PositiveFen
from services.charity.domain.disclosing import leftover
from services.charity.domain.fund import Fund, aid_returned, released, spent
from services.charity.domain.known_organisation import KnownOrganisation
from services.charity.domain.organisation_grant.state import OrganisationGrant, Stage


class PayPart(Command):
    """A part is paid to the organisation."""

    grant_id: GrantId
    allocation_id: AllocationId


class FreezeGrant(Command):
    """The organisation is restricted."""

    grant_id: GrantId
    since: date


class UnfreezeGrant(Command):
    """The organisation was reinstated."""

    grant_id: GrantId


class EndGrant(Command):
    """What is not paid goes back to the fund."""

    grant_id: GrantId


class ReturnPart(Command):
    """The organisation gives money of a paid part back."""

    grant_id: GrantId
    allocation_id: AllocationId
    amount_fen: PositiveFen


def pay(
    command: PayPart, grant: OrganisationGrant, _context: Context, source: Fund, organisation: KnownOrganisation
) -> list[GrantPaid | FundSpent]:
    """The part is paid, whole and once.

    Raises: Refused("not_open"); Refused("frozen") and Refused("organisation_restricted", since) while it is restricted.
    Source: ruling 23, SC-25.
    """
    require(command.allocation_id in grant.open_fen, "not_open", stage=grant.stage)
    organisation.require_free()
    require(not grant.frozen, "frozen")
    offer, fen = grant.proposal, grant.open_fen[command.allocation_id]
    paid = GrantPaid(
        grant_id=offer.grant_id,
        organisation_id=offer.organisation_id,
        fund_id=offer.fund_id,
        allocation_id=command.allocation_id,
        amount_fen=fen,
    )
    return [paid, spent(source, command.allocation_id, fen)]


def freeze(command: FreezeGrant, grant: OrganisationGrant, _context: Context) -> list[GrantFrozen]:
    """What is not paid stays reserved and is not paid; nothing happens to a grant that has nothing open. Source: SC-25, ruling 23."""
    if grant.frozen or not grant.open_fen:
        return []
    offer = grant.proposal
    return [
        GrantFrozen(
            grant_id=offer.grant_id,
            organisation_id=offer.organisation_id,
            fund_id=offer.fund_id,
            frozen_fen=sum(grant.open_fen.values()),
            since=command.since,
        )
    ]


def unfreeze(_command: UnfreezeGrant, grant: OrganisationGrant, _context: Context) -> list[GrantUnfrozen]:
    """The rest may be paid again; nothing happens to a grant that is not frozen. Source: SC-25."""
    if not grant.frozen:
        return []
    offer = grant.proposal
    return [GrantUnfrozen(grant_id=offer.grant_id, organisation_id=offer.organisation_id, fund_id=offer.fund_id)]


def end(
    _command: EndGrant, grant: OrganisationGrant, context: Context, source: Fund, organisation: KnownOrganisation
) -> list[GrantEnded | FundReleased | DisclosureTaskOpened]:
    """What was not paid is available to the fund's purpose again, and that is to be published.

    Raises: Refused("not_open", stage); Refused("rectification_running", cure_by) while a restricted organisation may put things right.
    Source: SC-25, R-CHA-04, R-SO-01.
    """
    require(grant.stage is Stage.RESERVED and bool(grant.open_fen), "not_open", stage=grant.stage)
    cure_by = organisation.cure_by
    require(cure_by is None or context.on > cure_by, "rectification_running", cure_by=cure_by and cure_by.isoformat())
    offer = grant.proposal
    ended = GrantEnded(
        grant_id=offer.grant_id,
        organisation_id=offer.organisation_id,
        fund_id=offer.fund_id,
        released_fen=sum(grant.open_fen.values()),
    )
    back = [released(source, part, fen) for part, fen in grant.open_fen.items()]
    return [ended, *back, leftover(offer.fund_id, context)]


def return_part(command: ReturnPart, grant: OrganisationGrant, _context: Context, source: Fund) -> list[GrantReturned | FundAidReturned]:
    """The amount is back in the fund it came from, under its restriction.

    Raises: Refused("above_paid", paid_fen).  Source: ruling 23, R-CHA-12.
    """
    paid_fen = grant.paid_fen.get(command.allocation_id, 0)
    require(command.amount_fen <= paid_fen, "above_paid", paid_fen=paid_fen)
    offer = grant.proposal
    returned = GrantReturned(
        grant_id=offer.grant_id,
        organisation_id=offer.organisation_id,
        fund_id=offer.fund_id,
        allocation_id=command.allocation_id,
        amount_fen=command.amount_fen,
    )
    return [returned, aid_returned(source, command.allocation_id, command.amount_fen)]
