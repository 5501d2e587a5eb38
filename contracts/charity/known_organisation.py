"""What charity was told about an organisation, kept here before it has an effect (ruling 2 of the design). Not for other services."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event, event
from contracts.ids import OrganisationId


@event("charity.known-organisation.restricted", version=1, stream="organisation_id", shared=False)
class RestrictionKnown(Event):
    """The registry said that the organisation gets no new public money since a day. Source: section 3.4, SC-25.

    cure_by: the last day on which it may still put things right; None: nothing it could mend, or it is struck off.
    """

    organisation_id: OrganisationId
    since: date
    cure_by: date | None = None


@event("charity.known-organisation.reinstated", version=1, stream="organisation_id", shared=False)
class ReinstatementKnown(Event):
    """The registry said that the restriction ended. Source: section 3.4, SC-25."""

    organisation_id: OrganisationId
