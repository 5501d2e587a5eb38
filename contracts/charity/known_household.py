"""What charity was told about a household, kept here before it has an effect (ruling 2 of the design). Not for other services."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event, event
from contracts.ids import HouseholdId, Month, NeedId, PersonId
from contracts.terms import ClosingCode, Status


@event("charity.known-household.status-known", version=1, stream="household_id", shared=False)
class StatusKnown(Event):
    """Relief recognised a status from a month on. Source: section 3.4."""

    household_id: HouseholdId
    status: Status
    from_month: Month
    to_month: Month | None = None


@event("charity.known-household.status-ended", version=1, stream="household_id", shared=False)
class StatusEnded(Event):
    """Relief said that the status ends with a month. Source: E02."""

    household_id: HouseholdId
    status: Status
    last_month: Month


@event("charity.known-household.member-known", version=1, stream="household_id", shared=False)
class MemberKnown(Event):
    """Relief said that a person lives in the household from a date. Source: section 3.4."""

    household_id: HouseholdId
    person_id: PersonId
    joined_on: date


@event("charity.known-household.member-gone", version=1, stream="household_id", shared=False)
class MemberGone(Event):
    """Relief said that a person left the household after a date. Source: section 3.4."""

    household_id: HouseholdId
    person_id: PersonId
    left_on: date


@event("charity.known-household.need-closed", version=1, stream="household_id", shared=False)
class NeedKnownClosed(Event):
    """Relief said that nothing more is to be given for a need. Source: section 3.5, SC-16."""

    household_id: HouseholdId
    need_id: NeedId


@event("charity.known-household.need-reopened", version=1, stream="household_id", shared=False)
class NeedKnownReopened(Event):
    """Relief said that a closed need is open again. Source: ruling 11."""

    household_id: HouseholdId
    need_id: NeedId


@event("charity.known-household.closed", version=1, stream="household_id", shared=False)
class HouseholdKnownClosed(Event):
    """Relief said that the household no longer exists after a date, and why. Source: ruling 4."""

    household_id: HouseholdId
    closed_on: date
    code: ClosingCode | None = None


@event("charity.known-household.reopened", version=1, stream="household_id", shared=False)
class HouseholdKnownReopened(Event):
    """Relief said that it exists again: the death that emptied it was an error. Source: ruling 22."""

    household_id: HouseholdId
