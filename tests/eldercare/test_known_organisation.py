"""What the registry said about an organisation."""

from __future__ import annotations

from datetime import date

from contracts.eldercare.known_organisation import ReinstatementKnown, RestrictionKnown
from contracts.ids import OrganisationId
from kit.testing import given
from services.eldercare.domain.known_organisation import NoteReinstatement, NoteRestriction, known_organisation

PROVIDER = OrganisationId("52770308mjdem0014u")
JUNE, JULY = date(2022, 6, 1), date(2022, 7, 1)
AGAIN, NOTED = NoteReinstatement(organisation_id=PROVIDER), ReinstatementKnown(organisation_id=PROVIDER)


def note(since: date) -> NoteRestriction:
    return NoteRestriction(organisation_id=PROVIDER, since=since)


def known(since: date) -> RestrictionKnown:
    return RestrictionKnown(organisation_id=PROVIDER, since=since)


def test_a_restriction_counts_from_the_first_until_it_is_lifted() -> None:
    """SG-15: a second one adds nothing unless it began earlier; one reinstatement ends all."""
    given(known_organisation).when(note(JUNE)).then(known(JUNE))
    given(known_organisation, known(JUNE)).when(note(JULY)).then()
    given(known_organisation, known(JULY)).when(note(JUNE)).then(known(JUNE))
    given(known_organisation, known(JUNE)).when(AGAIN).then(NOTED)
    given(known_organisation, known(JUNE), NOTED).when(AGAIN).then()
