"""What relief was told about a social organisation, kept here before it has an effect (ruling 2 of the design). Not for other services."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event, event
from contracts.ids import OrganisationId


@event("relief.known-organisation.restriction-known", version=1, stream="organisation_id", shared=False)
class RestrictionKnown(Event):
    """Registry said that the organisation gets no public work. Source: SG-15."""

    organisation_id: OrganisationId
    since: date


@event("relief.known-organisation.restriction-lifted", version=1, stream="organisation_id", shared=False)
class RestrictionLifted(Event):
    """Registry said that it may work again. Source: SG-15."""

    organisation_id: OrganisationId
