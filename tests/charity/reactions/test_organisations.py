"""What charity does when the registry restricts an organisation, reinstates it or strikes it off."""

from __future__ import annotations

from datetime import UTC, date, datetime

from contracts.ids import GrantId
from contracts.registry.organisation import (
    DeregistrationReason,
    OrganisationDeregistered,
    OrganisationReinstated,
    OrganisationRestricted,
    ReinstatementReason,
    RestrictionReason,
)
from services.charity.domain.known_organisation import NoteReinstatement, NoteRestriction
from services.charity.domain.organisation_grant import FreezeGrant, UnfreezeGrant
from services.charity.reactions.organisations import on_deregistered, on_reinstated, on_restricted
from tests.charity.facts import AGENCY, APPROVER, meta_of, uuid

AT = datetime(2022, 6, 1, 2, tzinfo=UTC)
SINCE, CURE_BY = date(2022, 6, 1), date(2022, 9, 1)
AID, OTHER = GrantId(uuid(0x61)), GrantId(uuid(0x63))
STREAMS = [f"organisation-grant/{AID}", "known-organisation/x", f"organisation-grant/{OTHER}"]
RESTRICTED = OrganisationRestricted(organisation_id=AGENCY, reason=RestrictionReason.ZOMBIE_NO_REPORT, since=SINCE, cure_by=CURE_BY)
REINSTATED = OrganisationReinstated(organisation_id=AGENCY, reason=ReinstatementReason.RECTIFIED, since=CURE_BY)
STRUCK_OFF = OrganisationDeregistered(
    organisation_id=AGENCY, reason=DeregistrationReason.NOT_RECTIFIED, since=CURE_BY, approved_by=APPROVER
)


def test_a_restriction_is_noted_then_every_grant_of_the_organisation_is_frozen() -> None:
    """SC-25, SG-15: own stream first, then the grants that are found from the organisation."""
    noted = NoteRestriction(organisation_id=AGENCY, since=SINCE, cure_by=CURE_BY, occurred_at=AT)
    assert list(on_restricted.record(RESTRICTED, meta_of(RESTRICTED, AT))) == [noted]
    assert on_restricted.subject is not None
    assert on_restricted.subject(RESTRICTED) == f"organisation/{AGENCY}"
    assert list(on_restricted.then(RESTRICTED, STREAMS)) == [FreezeGrant(grant_id=one, since=SINCE) for one in (AID, OTHER)]


def test_a_reinstatement_lets_the_grants_go_on() -> None:
    """SC-25: reinstated unfreezes."""
    noted = NoteReinstatement(organisation_id=AGENCY, occurred_at=AT)
    assert list(on_reinstated.record(REINSTATED, meta_of(REINSTATED, AT))) == [noted]
    assert list(on_reinstated.then(REINSTATED, STREAMS)) == [UnfreezeGrant(grant_id=one) for one in (AID, OTHER)]


def test_an_organisation_that_is_struck_off_gets_nothing_more() -> None:
    """SC-25, R-SO-01: as restricted, with nothing it could mend."""
    noted = NoteRestriction(organisation_id=AGENCY, since=CURE_BY, occurred_at=AT)
    assert list(on_deregistered.record(STRUCK_OFF, meta_of(STRUCK_OFF, AT))) == [noted]
    assert list(on_deregistered.then(STRUCK_OFF, STREAMS)) == [FreezeGrant(grant_id=one, since=CURE_BY) for one in (AID, OTHER)]
