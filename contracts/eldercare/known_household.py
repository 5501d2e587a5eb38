"""What eldercare was told about a household's home and status, kept here before it has an effect. Not for other services."""

from __future__ import annotations

from contracts.envelope import Event, event
from contracts.ids import AreaCode, HouseholdId, Month
from contracts.terms import Status


@event("eldercare.known-household.home-known", version=1, stream="household_id", shared=False)
class HomeKnown(Event):
    """Relief said where the household lives: who may open and close its accounts. Source: section 3.4, ruling 2 of the design."""

    household_id: HouseholdId
    area: AreaCode


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
