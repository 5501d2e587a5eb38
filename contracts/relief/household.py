"""Facts about a household: the people who live together; it keys the chain and Kafka (ruling 4)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AreaCode, AssessmentId, HouseholdId, Month, PersonId, UnitId
from contracts.terms import ClosingCode, Scheme, Status


class LeavingReason(StrEnum):
    MOVED_OUT = "moved_out"
    DECEASED = "deceased"
    SPLIT = "split"
    CORRECTION = "correction"


@event("relief.household.opened", version=1, stream="household_id")
class HouseholdOpened(Event):
    """People who live together became one household. Source: ruling 4."""

    household_id: HouseholdId
    area: AreaCode
    hukou: bool
    opened_on: date


@event("relief.household.member-joined", version=1, stream="household_id")
class MemberJoined(Event):
    """A person lives in the household from a date on. One active household a person (claim). Source: ruling 4.

    Told again with the first day of the stay before: that stay never ended (a death was revoked).
    """

    household_id: HouseholdId
    person_id: PersonId
    joined_on: date


@event("relief.household.member-left", version=1, stream="household_id")
class MemberLeft(Event):
    """A person no longer lives in the household after a date. Source: ruling 4."""

    household_id: HouseholdId
    person_id: PersonId
    left_on: date
    reason: LeavingReason


@event("relief.household.unit-formed", version=1, stream="household_id")
class UnitFormed(Event):
    """The members counted for one scheme, inside the household. Entitlements belong to units. Source: ruling 4."""

    household_id: HouseholdId
    unit_id: UnitId
    scheme: Scheme
    person_ids: tuple[PersonId, ...]
    formed_on: date


@event("relief.household.unit-dissolved", version=1, stream="household_id")
class UnitDissolved(Event):
    """The unit counts no longer. Source: ruling 4."""

    household_id: HouseholdId
    unit_id: UnitId
    dissolved_on: date


@event("relief.household.status-recognised", version=1, stream="household_id")
class StatusRecognised(Event):
    """The household holds a low-income status from a month on; it replaces the one before. Source: R-LAY-03, section 3.4."""

    household_id: HouseholdId
    status: Status
    from_month: Month
    to_month: Month | None = None


@event("relief.household.status-expired", version=1, stream="household_id")
class StatusExpired(Event):
    """The status ends with a month; what rests on it ends at the month boundary, not at once. Source: E02."""

    household_id: HouseholdId
    status: Status
    last_month: Month


@event("relief.household.assessed", version=1, stream="household_id")
class HouseholdAssessed(Event):
    """An assessment of the four dimensions is final; its needs were registered in the same append. Source: B18."""

    household_id: HouseholdId
    assessment_id: AssessmentId
    needs: int


@event("relief.household.reopened", version=1, stream="household_id")
class HouseholdReopened(Event):
    """The death that emptied the household was an error: it exists as if it had never been closed. Source: ruling 22."""

    household_id: HouseholdId


@event("relief.household.closed", version=1, stream="household_id")
class HouseholdClosed(Event):
    """The household no longer exists; its lines stay with it. Source: ruling 4."""

    household_id: HouseholdId
    closed_on: date
    code: ClosingCode
