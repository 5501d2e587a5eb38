"""What eldercare was told about a household's status, kept here before it has an effect. Not for other services."""

from __future__ import annotations

from contracts.envelope import Event, event
from contracts.ids import HouseholdId, Month
from contracts.terms import Status


@event("eldercare.known-household.status-known", version=1, stream="household_id", shared=False)
class StatusKnown(Event):
    """Relief recognised a status from a month on. Source: section 3.4."""

    household_id: HouseholdId
    status: Status
    from_month: Month
    to_month: Month | None = None


@event("eldercare.known-household.status-ended", version=1, stream="household_id", shared=False)
class StatusEnded(Event):
    """Relief said that the status ends with a month; free meals end at the month boundary. Source: E02."""

    household_id: HouseholdId
    status: Status
    last_month: Month
