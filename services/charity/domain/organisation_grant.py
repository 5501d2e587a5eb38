"""A fund's money for an organisation in several allocations, one payment each; frozen while the organisation is restricted (SC-25).

Two people sign when the money is reserved (ruling 21). Frozen stays reserved (ruling 23). Each change stands in the fund in the same append.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from pydantic import Field

from contracts.charity.disclosure_task import DisclosureTaskOpened
from contracts.charity.fund import FundAidReturned, FundReleased, FundReserved, FundSpent
from contracts.charity.organisation_grant import (
    GrantEnded,
    GrantFrozen,
    GrantPaid,
    GrantPart,
    GrantProposed,
    GrantRefusal,
    GrantRefused,
    GrantReserved,
    GrantReturned,
    GrantUnfrozen,
)
from contracts.ids import AllocationId, FundId, GrantId, OrganisationId
from contracts.terms import Purpose
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context, PositiveFen
from kit.identity import Role
from kit.store.model import IndexChange, Link, ReleaseAll
from services.charity.domain.disclosing import leftover
from services.charity.domain.fund import Fund, aid_returned, fund, released, reserved, spent
from services.charity.domain.known_organisation import KnownOrganisation, known_organisation
from services.charity.domain.purpose import donation_fits

OrganisationGrantEvent = GrantProposed | GrantReserved | GrantRefused | GrantPaid | GrantFrozen | GrantUnfrozen | GrantEnded | GrantReturned


def organisation_subject(organisation_id: str) -> str:
    """The subject under which streams that concern an organisation are linked."""
    return f"organisation/{organisation_id}"


class Stage(StrEnum):
    UNKNOWN = "unknown"
    PROPOSED = "proposed"
    REFUSED = "refused"
    RESERVED = "reserved"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class OrganisationGrant:
    """What was proposed, how far it came, which parts are open and which paid. `offer` is None only before the proposal."""

    offer: GrantProposed | None = None
    stage: Stage = Stage.UNKNOWN
    frozen: bool = False
    open_fen: Mapping[AllocationId, int] = field(default_factory=dict)
    paid_fen: Mapping[AllocationId, int] = field(default_factory=dict)

    @property
    def fund_id(self) -> FundId | None:
        return self.offer.fund_id if self.offer else None

    @property
    def organisation_id(self) -> OrganisationId | None:
        return self.offer.organisation_id if self.offer else None

    @property
    def proposal(self) -> GrantProposed:
        assert self.offer is not None  # noqa: S101 - every grant begins with a proposal
        return self.offer


def evolve(grant: OrganisationGrant, event: OrganisationGrantEvent) -> OrganisationGrant:
    match event:
        case GrantProposed():
            return replace(grant, offer=event, stage=Stage.PROPOSED)
        case GrantReserved():
            parts = {part.allocation_id: part.amount_fen for part in grant.proposal.parts}
            return replace(grant, stage=Stage.RESERVED, open_fen=parts)
        case GrantRefused():
            return replace(grant, stage=Stage.REFUSED)
        case GrantPaid(allocation_id=part, amount_fen=fen):
            rest = {one: amount for one, amount in grant.open_fen.items() if one != part}
            return replace(grant, open_fen=rest, paid_fen={**grant.paid_fen, part: fen})
        case GrantFrozen():
            return replace(grant, frozen=True)
        case GrantUnfrozen():
            return replace(grant, frozen=False)
        case GrantEnded():
            return replace(grant, stage=Stage.ENDED, frozen=False, open_fen={})
        case GrantReturned(allocation_id=part, amount_fen=fen):
            return replace(grant, paid_fen={**grant.paid_fen, part: grant.paid_fen[part] - fen})
        case _:
            assert_never(event)


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


def index(event: OrganisationGrantEvent) -> Iterable[IndexChange]:
    """An open grant is found from its organisation."""
    match event:
        case GrantProposed(organisation_id=organisation):
            return [Link(organisation_subject(organisation))]
        case GrantRefused() | GrantEnded():
            return [ReleaseAll()]
        case _:
            return []


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
