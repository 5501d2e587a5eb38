"""An organisation may have no public work: write it down here, then call back every open referral to it (SG-15, SC-25)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contracts.envelope import Meta
from contracts.ids import ReferralId
from contracts.registry.organisation import OrganisationDeregistered, OrganisationReinstated, OrganisationRestricted
from kit.command import Command
from kit.reaction import Reaction, ids_of, organisation_subject
from services.relief.domain.known_organisation import LiftRestriction, NoteRestriction
from services.relief.domain.referral import RecallReferral

Barred = OrganisationRestricted | OrganisationDeregistered


def note_restriction(event: Barred, meta: Meta) -> Iterable[Command]:
    """The restriction has a home before it has an effect, so that a referral proposed meanwhile sees it."""
    yield NoteRestriction(organisation_id=event.organisation_id, since=event.since, occurred_at=meta.occurred_at)


def recall_referrals(_event: Barred, streams: Sequence[str]) -> Iterable[Command]:
    """Every open referral to the organisation is back, to be routed anew within one working day."""
    for one in ids_of(streams, "referral"):
        yield RecallReferral(referral_id=ReferralId(one))


def lift_restriction(event: OrganisationReinstated, meta: Meta) -> Iterable[Command]:
    """It may be asked again; what went elsewhere stays there."""
    yield LiftRestriction(organisation_id=event.organisation_id, occurred_at=meta.occurred_at)


def _subject(event: Barred) -> str:
    return organisation_subject(event.organisation_id)


on_restricted = Reaction(
    "organisation-restricted", on=OrganisationRestricted, record=note_restriction, subject=_subject, then=recall_referrals
)
on_deregistered = Reaction(
    "organisation-deregistered", on=OrganisationDeregistered, record=note_restriction, subject=_subject, then=recall_referrals
)
on_reinstated = Reaction("organisation-reinstated", on=OrganisationReinstated, record=lift_restriction)

organisation_reactions = (on_restricted, on_deregistered, on_reinstated)
