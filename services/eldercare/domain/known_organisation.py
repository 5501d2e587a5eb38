"""What eldercare was told about an organisation: whether it may get new work (SG-15, ruling 2 of the design)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never

from contracts.eldercare.known_organisation import ReinstatementKnown, RestrictionKnown
from contracts.ids import OrganisationId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role

KnownOrganisationEvent = RestrictionKnown | ReinstatementKnown


@dataclass(frozen=True, kw_only=True)
class KnownOrganisation:
    """restricted_since: None while nothing is said against it."""

    restricted_since: date | None = None

    def require_free(self) -> None:
        """Raises: Refused("organisation_restricted", since)."""
        since = self.restricted_since
        require(since is None, "organisation_restricted", since=since.isoformat() if since else None)


def evolve(organisation: KnownOrganisation, event: KnownOrganisationEvent) -> KnownOrganisation:
    match event:
        case RestrictionKnown(since=day):  # a second one adds a reason; it is restricted since the first
            return KnownOrganisation(restricted_since=min(day, organisation.restricted_since or day))
        case ReinstatementKnown():
            return KnownOrganisation()
        case _:
            assert_never(event)


class NoteRestriction(Command):
    """The registry restricted the organisation or struck it off."""

    organisation_id: OrganisationId
    since: date


class NoteReinstatement(Command):
    """The registry lifted the restriction."""

    organisation_id: OrganisationId


def note_restriction(command: NoteRestriction, organisation: KnownOrganisation, _context: Context) -> list[RestrictionKnown]:
    """It gets no new work. Source: SG-15, section 3.4."""
    known = RestrictionKnown(organisation_id=command.organisation_id, since=command.since)
    return [known] if evolve(organisation, known) != organisation else []


def note_reinstatement(command: NoteReinstatement, organisation: KnownOrganisation, _context: Context) -> list[ReinstatementKnown]:
    """It may get work again. Source: SG-15, section 3.4."""
    return [] if organisation.restricted_since is None else [ReinstatementKnown(organisation_id=command.organisation_id)]


_PROVIDER = OrganisationId("52770308mjdem0014u")

known_organisation = Aggregate(
    "known-organisation",
    id="organisation_id",
    state=KnownOrganisation,
    evolve=evolve,
    commands=[
        command(
            note_restriction,
            stream="any",
            roles={Role.SYSTEM},
            example=NoteRestriction(organisation_id=_PROVIDER, since=date(2022, 6, 1)),
        ),
        command(note_reinstatement, stream="any", roles={Role.SYSTEM}, example=NoteReinstatement(organisation_id=_PROVIDER)),
    ],
)
