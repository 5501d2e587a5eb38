"""The people and places of the eldercare tests, and short words for their facts."""

from __future__ import annotations

from datetime import date

from contracts.eldercare.known_household import HomeKnown, StatusEnded, StatusKnown
from contracts.eldercare.known_person import DeathKnown, DeathWithdrawn
from contracts.eldercare.meal_account import (
    AccountClosing,
    MealAccountClosed,
    MealAccountOpened,
    MealAccountReopened,
    MealCheckedIn,
    MealSubsidyApplied,
    SubsidyGround,
)
from contracts.eldercare.meal_point import MealPointClosed, MealPointKind, MealPointOpened
from contracts.ids import AreaCode, CheckInId, HouseholdId, MealAccountId, MealPointId, Month, PersonId
from contracts.terms import Certainty, CheckInMethod, Status
from services.eldercare.domain.meal_account import CheckIn

ID = "0190a000-0000-8000-8000-0000000000"
ACCOUNT, HOME, ELDER = MealAccountId(f"{ID}50"), HouseholdId(f"{ID}02"), PersonId(f"{ID}10")
CANTEEN = MealPointId("qiaodong-canteen")
TUESDAY = date(2022, 3, 1)


def check_in_id(number: int) -> CheckInId:
    return CheckInId(f"{ID}{60 + number}")


def opened(born: str = "1948-01", *, hukou: bool = True) -> MealAccountOpened:
    """An account; by default of somebody who is 74 in March 2022."""
    return MealAccountOpened(account_id=ACCOUNT, person_id=ELDER, household_id=HOME, born=Month(born), hukou=hukou)


def canteen_opened() -> MealPointOpened:
    return MealPointOpened(meal_point_id=CANTEEN, area=AreaCode("440308003-qiaodong"), kind=MealPointKind.CANTEEN, capacity=80)


def canteen_closed() -> MealPointClosed:
    return MealPointClosed(meal_point_id=CANTEEN)


def home_known() -> HomeKnown:
    return HomeKnown(household_id=HOME, area=AreaCode("440308003"))


def status_known(status: Status = Status.DIBAO, first: str = "2022-01", last: str | None = None) -> StatusKnown:
    return StatusKnown(household_id=HOME, status=status, from_month=Month(first), to_month=Month(last) if last else None)


def status_ended(last: str, status: Status = Status.DIBAO) -> StatusEnded:
    return StatusEnded(household_id=HOME, status=status, last_month=Month(last))


def death_known(day: date, certainty: Certainty = Certainty.CONFIRMED) -> DeathKnown:
    return DeathKnown(person_id=ELDER, died_on=day, certainty=certainty)


def death_withdrawn() -> DeathWithdrawn:
    return DeathWithdrawn(person_id=ELDER)


def closed(reason: AccountClosing) -> MealAccountClosed:
    return MealAccountClosed(account_id=ACCOUNT, household_id=HOME, reason=reason)


def reopened() -> MealAccountReopened:
    return MealAccountReopened(account_id=ACCOUNT, household_id=HOME)


def lunch(price_fen: int = 1_800, number: int = 1, method: CheckInMethod = CheckInMethod.FACE) -> CheckIn:
    """The command: a lunch at the canteen."""
    return CheckIn(account_id=ACCOUNT, check_in_id=check_in_id(number), meal_point_id=CANTEEN, price_fen=price_fen, method=method)


def served(
    pays_fen: int,
    ground: SubsidyGround,
    *,
    price_fen: int = 1_800,
    on: date = TUESDAY,
    number: int = 1,
    method: CheckInMethod = CheckInMethod.FACE,
    status: Status | None = None,
) -> MealCheckedIn:
    return MealCheckedIn(
        account_id=ACCOUNT,
        household_id=HOME,
        check_in_id=check_in_id(number),
        meal_point_id=CANTEEN,
        method=method,
        served_on=on,
        price_fen=price_fen,
        pays_fen=pays_fen,
        ground=ground,
        status=status,
    )


def subsidy(subsidy_fen: int, ground: SubsidyGround, cap_fen: int, *, on: date = TUESDAY, number: int = 1) -> MealSubsidyApplied:
    return MealSubsidyApplied(
        account_id=ACCOUNT,
        household_id=HOME,
        check_in_id=check_in_id(number),
        served_on=on,
        subsidy_fen=subsidy_fen,
        ground=ground,
        cap_fen=cap_fen,
    )
