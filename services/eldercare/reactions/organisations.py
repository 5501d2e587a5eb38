"""The registry restricts an organisation: it signs no new care bed. What it has goes on, somebody else decides about that (SG-15)."""

from __future__ import annotations

from contracts.envelope import Meta
from contracts.registry.organisation import OrganisationDeregistered, OrganisationReinstated, OrganisationRestricted
from kit.reaction import Reaction
from services.eldercare.domain.known_organisation import NoteReinstatement, NoteRestriction


def note_restriction(event: OrganisationRestricted | OrganisationDeregistered, meta: Meta) -> list[NoteRestriction]:
    """It gets no new work; struck off is restricted for good."""
    return [NoteRestriction(organisation_id=event.organisation_id, since=event.since, occurred_at=meta.occurred_at)]


def note_reinstatement(event: OrganisationReinstated, meta: Meta) -> list[NoteReinstatement]:
    """It gets work again."""
    return [NoteReinstatement(organisation_id=event.organisation_id, occurred_at=meta.occurred_at)]


on_restricted = Reaction("organisation-restricted", on=OrganisationRestricted, record=note_restriction)
on_deregistered = Reaction("organisation-deregistered", on=OrganisationDeregistered, record=note_restriction)
on_reinstated = Reaction("organisation-reinstated", on=OrganisationReinstated, record=note_reinstatement)
