"""What charity was told about an organisation: whether it may get new money (ruling 2 of the design, SC-25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never

from contracts.charity.known_organisation import ReinstatementKnown, RestrictionKnown
from contracts.ids import OrganisationId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role

KnownOrganisationEvent = RestrictionKnown | ReinstatementKnown


@dataclass(frozen=True, kw_only=True)
class KnownOrganisation:
    """restricted_since: None while nothing is said against it.  cure_by: the last day on which it may still put things right."""

    restricted_since: date | None = None
    cure_by: date | None = None

    def require_free(self) -> None:
        """Raises: Refused("organisation_restricted", since)."""
        since = self.restricted_since
        require(since is None, "organisation_restricted", since=since.isoformat() if since else None)


def evolve(organisation: KnownOrganisation, event: KnownOrganisationEvent) -> KnownOrganisation:
    match event:
        case RestrictionKnown(since=day, cure_by=cure_by):  # a second one adds a reason; it is restricted since the first
            return KnownOrganisation(restricted_since=min(day, organisation.restricted_since or day), cure_by=cure_by)
        case ReinstatementKnown():
            return KnownOrganisation()
        case _:
            assert_never(event)


class NoteRestriction(Command):
    """The registry restricted the organisation or struck it off."""

    organisation_id: OrganisationId
    since: date
    cure_by: date | None = None


class NoteReinstatement(Command):
    """The registry lifted the restriction."""

    organisation_id: OrganisationId


def note_restriction(command: NoteRestriction, _organisation: KnownOrganisation, _context: Context) -> list[RestrictionKnown]:
    """No new money goes to it. Source: SC-25, section 3.4."""
    return [RestrictionKnown(**command.model_dump(exclude={"occurred_at"}))]


def note_reinstatement(command: NoteReinstatement, _organisation: KnownOrganisation, _context: Context) -> list[ReinstatementKnown]:
    """It may get money again. Source: SC-25, section 3.4."""
    return [ReinstatementKnown(organisation_id=command.organisation_id)]


_AGENCY = OrganisationId("51440308mj00000001")

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
            example=NoteRestriction(organisation_id=_AGENCY, since=date(2022, 6, 1)),
        ),
        command(note_reinstatement, stream="any", roles={Role.SYSTEM}, example=NoteReinstatement(organisation_id=_AGENCY)),
    ],
)
