"""What relief was told about a social organisation: the home of a restriction before it has an effect (ruling 2 of the design)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from contracts.ids import OrganisationId
from contracts.relief.known_organisation import RestrictionKnown, RestrictionLifted
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role

KnownOrganisationEvent = RestrictionKnown | RestrictionLifted


@dataclass(frozen=True, kw_only=True)
class KnownOrganisation:
    """Restricted since a day; None: it may have public work, or relief has heard nothing of it."""

    restricted_since: date | None = None

    def require_unrestricted(self) -> None:
        """No new work for a restricted one, whatever day the command is of: its open referrals have gone back already.

        Raises: Refused("organisation_restricted", since).
        """
        since = self.restricted_since
        require(since is None, "organisation_restricted", since=since and since.isoformat())


def evolve(known: KnownOrganisation, event: KnownOrganisationEvent) -> KnownOrganisation:
    match event:
        case RestrictionKnown(since=since):
            return replace(known, restricted_since=since)
        case RestrictionLifted():
            return replace(known, restricted_since=None)
        case _:
            assert_never(event)


class NoteRestriction(Command):
    """Registry said that the organisation gets no public work, or exists no more."""

    organisation_id: OrganisationId
    since: date


class LiftRestriction(Command):
    """Registry said that it may work again."""

    organisation_id: OrganisationId


def note_restriction(command: NoteRestriction, known: KnownOrganisation, _context: Context) -> list[RestrictionKnown]:
    """No referral goes there any more; a further reason changes nothing. Source: SG-15, SC-25."""
    if known.restricted_since is not None:
        return []
    return [RestrictionKnown(organisation_id=command.organisation_id, since=command.since)]


def lift_restriction(command: LiftRestriction, known: KnownOrganisation, _context: Context) -> list[RestrictionLifted]:
    """Referrals may go there again. Source: SG-15."""
    return [RestrictionLifted(organisation_id=command.organisation_id)] if known.restricted_since is not None else []


_AGENCY = OrganisationId("52770308mjdem0014u")

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
        command(lift_restriction, stream="any", roles={Role.SYSTEM}, example=LiftRestriction(organisation_id=_AGENCY)),
    ],
)
