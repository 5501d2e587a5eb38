"""The registry restricts an organisation: it gets nothing new, and what its grants hold is frozen until it is reinstated (SG-15, SC-25)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contracts.envelope import Meta
from contracts.ids import GrantId
from contracts.registry.organisation import OrganisationDeregistered, OrganisationReinstated, OrganisationRestricted
from kit.reaction import Reaction, ids_of
from services.charity.domain.known_organisation import NoteReinstatement, NoteRestriction
from services.charity.domain.organisation_grant import FreezeGrant, UnfreezeGrant, organisation_grant, organisation_subject

Organisation = OrganisationRestricted | OrganisationReinstated | OrganisationDeregistered


def subject_of(event: Organisation) -> str:
    return organisation_subject(event.organisation_id)


def note_restriction(event: OrganisationRestricted, meta: Meta) -> list[NoteRestriction]:
    return [NoteRestriction(organisation_id=event.organisation_id, since=event.since, cure_by=event.cure_by, occurred_at=meta.occurred_at)]


def note_deregistration(event: OrganisationDeregistered, meta: Meta) -> list[NoteRestriction]:
    """Struck off is restricted for good: nothing it could mend."""
    return [NoteRestriction(organisation_id=event.organisation_id, since=event.since, occurred_at=meta.occurred_at)]


def note_reinstatement(event: OrganisationReinstated, meta: Meta) -> list[NoteReinstatement]:
    return [NoteReinstatement(organisation_id=event.organisation_id, occurred_at=meta.occurred_at)]


def freeze(event: OrganisationRestricted | OrganisationDeregistered, streams: Sequence[str]) -> Iterable[FreezeGrant]:
    """What is not paid stays reserved and is not paid."""
    return [FreezeGrant(grant_id=GrantId(one), since=event.since) for one in ids_of(streams, organisation_grant.name)]


def unfreeze(_event: OrganisationReinstated, streams: Sequence[str]) -> Iterable[UnfreezeGrant]:
    return [UnfreezeGrant(grant_id=GrantId(one)) for one in ids_of(streams, organisation_grant.name)]


on_restricted = Reaction("organisation-restricted", on=OrganisationRestricted, record=note_restriction, subject=subject_of, then=freeze)
on_deregistered = Reaction(
    "organisation-deregistered", on=OrganisationDeregistered, record=note_deregistration, subject=subject_of, then=freeze
)
on_reinstated = Reaction("organisation-reinstated", on=OrganisationReinstated, record=note_reinstatement, subject=subject_of, then=unfreeze)

organisation_reactions = (on_restricted, on_deregistered, on_reinstated)
