"""Facts about an elder's meal account (助餐账户). Prices and subsidies are fen a meal (R-ELD-03)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import CheckInId, HouseholdId, MealAccountId, MealPointId, Month, PersonId
from contracts.terms import CheckInMethod, Status


class SubsidyGround(StrEnum):
    """Why a meal is or is not subsidised."""

    KEY_GROUP = "key_group"
    REGISTERED_ELDER = "registered_elder"
    CENTENARIAN = "centenarian"
    NOT_A_WORKDAY = "not_a_workday"
    SECOND_MEAL = "second_meal"
    NOT_ENTITLED = "not_entitled"


class AccountClosing(StrEnum):
    DEATH = "death"
    OWN_WISH = "own_wish"
    MOVED = "moved"


@event("eldercare.meal-account.opened", version=1, stream="account_id")
class MealAccountOpened(Event):
    """An elder may eat at meal points. `born`: month of birth, for the age groups; `hukou`: registered in the district. Source: E04, R-ELD-03."""

    account_id: MealAccountId
    person_id: PersonId
    household_id: HouseholdId
    born: Month
    hukou: bool


@event("eldercare.meal-account.checked-in", version=1, stream="account_id")
class MealCheckedIn(Event):
    """A lunch was served. `pays_fen` = price - subsidy; `status`: the household's in that month, as known then. Source: E04, E18, SC-22."""

    account_id: MealAccountId
    household_id: HouseholdId
    check_in_id: CheckInId
    meal_point_id: MealPointId
    method: CheckInMethod
    served_on: date
    price_fen: int
    pays_fen: int
    ground: SubsidyGround
    status: Status | None = None


@event("eldercare.meal-account.subsidy-applied", version=1, stream="account_id")
class MealSubsidyApplied(Event):
    """The state paid a part of the meal: `cap_fen` of the elder's group, at most the price. Source: R-ELD-03, ruling 13 (L2, outside a need)."""

    account_id: MealAccountId
    household_id: HouseholdId
    check_in_id: CheckInId
    served_on: date
    subsidy_fen: int
    ground: SubsidyGround
    cap_fen: int = 0


@event("eldercare.meal-account.closed", version=1, stream="account_id")
class MealAccountClosed(Event):
    """The account serves no longer. Source: SG-04."""

    account_id: MealAccountId
    household_id: HouseholdId
    reason: AccountClosing


@event("eldercare.meal-account.reopened", version=1, stream="account_id")
class MealAccountReopened(Event):
    """A death was revoked: the account serves again. Source: ruling 22."""

    account_id: MealAccountId
    household_id: HouseholdId
