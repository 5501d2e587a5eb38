"""What a grant is at a moment: the proposal, which parts are open and which paid, whether it is frozen. Amounts are fen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from contracts.charity.organisation_grant import (
    GrantEnded,
    GrantFrozen,
    GrantPaid,
    GrantProposed,
    GrantRefused,
    GrantReserved,
    GrantReturned,
    GrantUnfrozen,
)
from contracts.ids import AllocationId, FundId, OrganisationId
from kit.store.model import IndexChange, Link, ReleaseAll

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


def index(event: OrganisationGrantEvent) -> Iterable[IndexChange]:
    """An open grant is found from its organisation."""
    match event:
        case GrantProposed(organisation_id=organisation):
            return [Link(organisation_subject(organisation))]
        case GrantRefused() | GrantEnded():
            return [ReleaseAll()]
        case _:
            return []
