"""A social organisation (社会组织): registered, restricted, given time to put things right, reinstated or struck off (R-SO-01, SC-25).

Nothing strikes it off by itself: when the time is over it is listed, one person proposes and another decides (ruling 21).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Protocol, assert_never

from contracts.ids import ActorId, AreaCode, OrganisationId
from contracts.registry.organisation import (
    DeregistrationReason,
    OrganisationDeregistered,
    OrganisationDeregistrationProposed,
    OrganisationKind,
    OrganisationRectificationLapsed,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationRestricted,
    ReinstatementReason,
    RestrictionReason,
)
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from kit.store.model import IndexChange, ReleaseAll, SetTimer
from policy.calendar import add_months, end_of
from services.registry.domain.area import Area, area
from services.registry.domain.credit_code import invent_credit_code, kind_of, mistake_in

OrganisationEvent = (
    OrganisationRegistered
    | OrganisationRestricted
    | OrganisationRectificationLapsed
    | OrganisationReinstated
    | OrganisationDeregistrationProposed
    | OrganisationDeregistered
)
MENDABLE = frozenset(RestrictionReason) - {RestrictionReason.INVESTIGATION}
"""What the organisation can put right itself, within the months of R-SO-01; an investigation ends by somebody else's finding."""


class Standing(StrEnum):
    """Section 3.2; `rectifying` is a restriction whose time still runs, `abnormal` one without a time or after it."""

    REGISTERED = "registered"
    RECTIFYING = "rectifying"
    ABNORMAL = "abnormal"
    DEREGISTERED = "deregistered"


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """cure_by: the last day of the time to put things right; one period, however many reasons.  lapsed: it is over and nothing was mended."""

    organisation_id: OrganisationId = OrganisationId("")
    area: AreaCode | None = None
    reasons: frozenset[RestrictionReason] = frozenset()
    cure_by: date | None = None
    lapsed: bool = False
    proposed: DeregistrationReason | None = None
    proposed_by: ActorId | None = None
    deregistered: bool = False

    @property
    def standing(self) -> Standing:
        if self.deregistered:
            return Standing.DEREGISTERED
        if not self.reasons:
            return Standing.REGISTERED
        return Standing.RECTIFYING if self.cure_by is not None and not self.lapsed else Standing.ABNORMAL


def evolve(known: Organisation, event: OrganisationEvent) -> Organisation:
    match event:
        case OrganisationRegistered():
            return Organisation(organisation_id=event.organisation_id, area=event.area)
        case OrganisationRestricted(reason=reason, cure_by=cure_by):
            return replace(known, reasons=known.reasons | {reason}, cure_by=known.cure_by or cure_by)
        case OrganisationRectificationLapsed():
            return replace(known, lapsed=True)
        case OrganisationReinstated():
            return Organisation(organisation_id=known.organisation_id, area=known.area)
        case OrganisationDeregistrationProposed(reason=why, proposed_by=who):
            return replace(known, proposed=why, proposed_by=who)
        case OrganisationDeregistered():
            return replace(known, deregistered=True)
        case _:
            assert_never(event)


class RegisterOrganisation(Command):
    """The organisation is registered under its unified credit code, in lower case; what kind it is, the code says."""

    organisation_id: OrganisationId
    area: AreaCode
    registered_on: date


class RestrictOrganisation(Command):
    """From today it gets no new public work or money and may not raise any."""

    organisation_id: OrganisationId
    reason: RestrictionReason


class RectificationOver(Command):
    """The time to put things right is over: was anything done?"""

    organisation_id: OrganisationId


class ReinstateOrganisation(Command):
    """All its restrictions are over."""

    organisation_id: OrganisationId
    reason: ReinstatementReason


class ProposeDeregistration(Command):
    """It should be struck off; another person decides."""

    organisation_id: OrganisationId
    reason: DeregistrationReason


class DeregisterOrganisation(Command):
    """Strike it off, as another person proposed. There is no way back."""

    organisation_id: OrganisationId


class CodeResources(Protocol):
    """What the check of a credit code needs of the service's resources."""

    @property
    def allow_demo_numbers(self) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class CheckedCode:
    """mistake: why it can be nobody's credit code."""

    mistake: str | None = None


async def check_code(command: RegisterOrganisation, _context: Context, resources: CodeResources) -> CheckedCode:
    """Invented codes pass in a demonstration only: whether this is one, the installation's resources know."""
    return CheckedCode(mistake=mistake_in(command.organisation_id, allow_demo=resources.allow_demo_numbers))


def register(command: RegisterOrganisation, _known: Organisation, context: Context, place: Area) -> list[OrganisationRegistered]:
    """The organisation is there.

    Raises: Refused("credit_code_invalid", reason); Refused("area_unknown", area); Refused("registered_in_future").
    Source: section 3.1, H03; GB 32100.
    """
    checked: CheckedCode = context.prepared
    require(checked.mistake is None, "credit_code_invalid", reason=checked.mistake)
    require(place.holds_on(context.on), "area_unknown", area=command.area)
    require(command.registered_on <= context.on, "registered_in_future")
    return [
        OrganisationRegistered(
            organisation_id=command.organisation_id,
            kind=kind_of(command.organisation_id),
            area=command.area,
            registered_on=command.registered_on,
        )
    ]


def restrict(command: RestrictOrganisation, known: Organisation, context: Context) -> list[OrganisationRestricted]:
    """No new public work or money; what can be mended has three months, and a further reason does not make them longer.

    Raises: Refused("deregistered"); Refused("restricted_already", reason).  Source: R-SO-01, R-SO-02, ruling 16, SC-25.
    """
    require(not known.deregistered, "deregistered")
    require(command.reason not in known.reasons, "restricted_already", reason=command.reason)
    cure_by = add_months(context.on, context.policy.organisation_rectify_months) if command.reason in MENDABLE else None
    return [
        OrganisationRestricted(
            organisation_id=known.organisation_id, reason=command.reason, since=context.on, cure_by=known.cure_by or cure_by
        )
    ]


def rectification_over(_command: RectificationOver, known: Organisation, context: Context) -> list[OrganisationRectificationLapsed]:
    """It is listed for deregistration; nothing when it was reinstated, struck off, or has time left.

    Source: R-SO-01, SC-25, ruling 21.
    """
    return _lapsed(known, context)


def reinstate(
    command: ReinstateOrganisation, known: Organisation, context: Context
) -> list[OrganisationRectificationLapsed | OrganisationReinstated]:
    """All restrictions end; one that comes after the time for it says so first.

    Raises: Refused("deregistered"); Refused("not_restricted").  Source: SG-15, R-SO-01.
    """
    require(not known.deregistered, "deregistered")
    require(bool(known.reasons), "not_restricted")
    return [
        *_lapsed(known, context),
        OrganisationReinstated(organisation_id=known.organisation_id, reason=command.reason, since=context.on),
    ]


def propose_deregistration(
    command: ProposeDeregistration, known: Organisation, context: Context
) -> list[OrganisationRectificationLapsed | OrganisationDeregistrationProposed]:
    """Another person is to decide; a later proposal replaces it.

    Raises: Refused("deregistered"); Refused("time_left", cure_by) when it still may put things right.  Source: R-SO-01, ruling 21.
    """
    require(not known.deregistered, "deregistered")
    lapsed = _lapsed(known, context)
    over = command.reason is not DeregistrationReason.NOT_RECTIFIED or known.lapsed or bool(lapsed)
    require(over, "time_left", cure_by=known.cure_by.isoformat() if known.cure_by else None)
    proposed = OrganisationDeregistrationProposed(
        organisation_id=known.organisation_id, reason=command.reason, proposed_by=context.actor_id
    )
    return [*lapsed, proposed]


def deregister(
    _command: DeregisterOrganisation, known: Organisation, context: Context
) -> list[OrganisationRectificationLapsed | OrganisationDeregistered]:
    """It no longer exists.

    Raises: Refused("deregistered" | "not_proposed" | "same_person").  Source: R-SO-01, SC-25, ruling 21.
    """
    require(not known.deregistered, "deregistered")
    reason, proposed_by = known.proposed, known.proposed_by
    require(reason is not None and proposed_by is not None, "not_proposed")
    require(proposed_by != context.actor_id, "same_person")
    return [
        *_lapsed(known, context),
        OrganisationDeregistered(
            organisation_id=known.organisation_id,
            reason=reason or DeregistrationReason.NOT_RECTIFIED,
            since=context.on,
            approved_by=context.actor_id,
        ),
    ]


def _lapsed(known: Organisation, context: Context) -> list[OrganisationRectificationLapsed]:
    """The time is over and this was not said yet: the timer or whoever comes late says it, once."""
    if known.deregistered or known.lapsed or known.cure_by is None or context.occurred_at < end_of(known.cure_by):
        return []
    return [OrganisationRectificationLapsed(organisation_id=known.organisation_id, cure_by=known.cure_by)]


def index(event: OrganisationEvent) -> Iterable[IndexChange]:
    """The end of the time to put things right is looked at; a last day is in time until its end (ruling 16)."""
    match event:
        case OrganisationRestricted(cure_by=date() as cure_by):
            return [SetTimer("rectification-over", end_of(cure_by))]
        case OrganisationReinstated() | OrganisationRectificationLapsed():
            return [SetTimer("rectification-over", None)]
        case OrganisationDeregistered():
            return [ReleaseAll()]
        case _:
            return []


_ID = invent_credit_code(OrganisationKind.AGENCY, 1)
_SIGNING = frozenset({Role.CIVIL_REGISTRAR})

organisation = Aggregate(
    "organisation",
    id="organisation_id",
    state=Organisation,
    evolve=evolve,
    area="area",
    index=index,
    commands=[
        command(
            register,
            stream="new",
            also=[area.by("area", missing_ok=True)],
            roles=_SIGNING,
            prepare=check_code,
            example=RegisterOrganisation(organisation_id=_ID, area=AreaCode("440308003-qiaodong"), registered_on=date(2016, 5, 20)),
        ),
        command(
            restrict,
            roles=_SIGNING,
            example=RestrictOrganisation(organisation_id=_ID, reason=RestrictionReason.ZOMBIE_NO_REPORT),
        ),
        command(rectification_over, roles={Role.SYSTEM}, example=RectificationOver(organisation_id=_ID)),
        command(reinstate, roles=_SIGNING, example=ReinstateOrganisation(organisation_id=_ID, reason=ReinstatementReason.RECTIFIED)),
        command(
            propose_deregistration,
            roles=_SIGNING,
            example=ProposeDeregistration(organisation_id=_ID, reason=DeregistrationReason.NOT_RECTIFIED),
        ),
        command(deregister, roles=_SIGNING, approval=True, example=DeregisterOrganisation(organisation_id=_ID)),
    ],
)
