"""Facts about meals of the love kitchen (爱心厨房) for one household: charity coverage in kind (L4), outside a need (C04, ruling 5)."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event, event
from contracts.ids import ActivityId, HouseholdId, LineId, OrganisationId, ShopId


@event("charity.kitchen-meal.provided", version=1, stream="line_id")
class MealsProvided(Event):
    """A household got meals at an activity; `value_fen` is their list value, shown beside and not added to money. Source: C04, ruling 12."""

    line_id: LineId
    household_id: HouseholdId
    activity_id: ActivityId
    organisation_id: OrganisationId
    served_on: date
    meals: int
    value_fen: int
    site_id: ShopId | None = None


@event("charity.kitchen-meal.corrected", version=1, stream="line_id")
class MealsCorrected(Event):
    """What the household really got, whole; 0 meals: nothing. Source: C04, section 3.3."""

    line_id: LineId
    household_id: HouseholdId
    meals: int
    value_fen: int
