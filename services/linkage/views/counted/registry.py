"""What is counted of the registers: organisations and deaths."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from contracts.envelope import Event, Meta
from contracts.registry.organisation import OrganisationRegistered, OrganisationReinstated, OrganisationRestricted
from contracts.registry.person import PersonDeathRevoked, PersonDeceased
from services.linkage.views.counted.row import CountedRow, Counter, Counts, counted


def organisation(_row: CountedRow | None, event: OrganisationRegistered, meta: Meta) -> CountedRow:
    return counted(
        Counts.ORGANISATION,
        event.organisation_id,
        meta,
        event.registered_on,
        area=event.area,
        organisation_id=event.organisation_id,
        code="registered",
    )


def restricted(row: CountedRow | None, _event: OrganisationRestricted, _meta: Meta) -> CountedRow | None:
    return row and replace(row, code="restricted")


def reinstated(row: CountedRow | None, _event: OrganisationReinstated, _meta: Meta) -> CountedRow | None:
    return row and replace(row, code="registered")


def death(row: CountedRow | None, event: PersonDeceased, meta: Meta) -> CountedRow:
    return (
        replace(row, code=event.certainty)
        if row
        else counted(Counts.DEATH, event.person_id, meta, event.died_on, person_id=event.person_id, code=event.certainty)
    )


def revoked(_row: CountedRow | None, _event: PersonDeathRevoked, _meta: Meta) -> None:
    """The death was an error and counts nowhere (ruling 22)."""


REGISTRY: Mapping[type[Event], Counter] = {
    OrganisationRegistered: Counter(Counts.ORGANISATION, lambda event: event.organisation_id, organisation),
    OrganisationRestricted: Counter(Counts.ORGANISATION, lambda event: event.organisation_id, restricted),
    OrganisationReinstated: Counter(Counts.ORGANISATION, lambda event: event.organisation_id, reinstated),
    PersonDeceased: Counter(Counts.DEATH, lambda event: event.person_id, death),
    PersonDeathRevoked: Counter(Counts.DEATH, lambda event: event.person_id, revoked),
}
