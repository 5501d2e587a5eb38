"""Facts about help with a shared stair climber (共享爬楼机): an operator who was trained for it comes along (E14)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import ActorId, AreaCode, AssetId, AssistId, HouseholdId, PersonId


class PartOfDay(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class AssistCancelling(StrEnum):
    OWN_WISH = "own_wish"
    OPERATOR_ABSENT = "operator_absent"
    ASSET_FAULT = "asset_fault"
    DEATH = "death"


@event("eldercare.assist.booked", version=1, stream="assist_id")
class AssistBooked(Event):
    """A trained operator helps the person up or down stairs in one part of a day. Source: E14."""

    assist_id: AssistId
    asset_id: AssetId
    person_id: PersonId
    operator_id: ActorId
    area: AreaCode
    day: date
    part: PartOfDay
    household_id: HouseholdId | None = None


@event("eldercare.assist.completed", version=1, stream="assist_id")
class AssistCompleted(Event):
    """The person was helped. Source: E14."""

    assist_id: AssistId
    asset_id: AssetId
    area: AreaCode
    household_id: HouseholdId | None = None


@event("eldercare.assist.cancelled", version=1, stream="assist_id")
class AssistCancelled(Event):
    """Nobody comes; unit and operator are free for others. Source: E14."""

    assist_id: AssistId
    asset_id: AssetId
    area: AreaCode
    reason: AssistCancelling
    household_id: HouseholdId | None = None
