"""Facts about the ledger of temporary aid in a household's year. Amounts are fen."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event, event
from contracts.ids import CaseId, EventCause, HouseholdId


@event("relief.temp-aid-year.charged", version=1, stream="household_id")
class TempAidCharged(Event):
    """A grant counts against the household's year and closes its cause for twelve months. Source: R-TMP-07, ruling 25."""

    household_id: HouseholdId
    case_id: CaseId
    cause: EventCause
    granted_on: date
    amount_fen: int
