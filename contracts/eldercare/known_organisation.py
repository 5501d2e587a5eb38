"""What eldercare was told about an organisation, kept here before it has an effect (ruling 2 of the design). Not for other services."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event, event
from contracts.ids import OrganisationId


@event("eldercare.known-organisation.restricted", version=1, stream="organisation_id", shared=False)
class RestrictionKnown(Event):
    """The registry said that the organisation gets no new public work since a day, or no longer exists. Source: SG-15, section 3.4."""

    organisation_id: OrganisationId
    since: date


@event("eldercare.known-organisation.reinstated", version=1, stream="organisation_id", shared=False)
class ReinstatementKnown(Event):
    """The registry said that the restriction ended. Source: SG-15, section 3.4."""

    organisation_id: OrganisationId
