"""An elder's meal account (助餐账户): one subsidised lunch a working day, by face, card or code alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, assert_never

from pydantic import Field

from contracts.eldercare.meal_account import (
    AccountClosing,
    MealAccountClosed,
    MealAccountOpened,
    MealAccountReopened,
    MealCheckedIn,
    MealSubsidyApplied,
    SubsidyGround,
)
from contracts.ids import CheckInId, HouseholdId, MealAccountId, MealPointId, Month, PersonId
from contracts.terms import CheckInMethod, Status
from kit.aggregate import Aggregate, command, require
from kit.clock import month_of
from kit.command import Command, Context, PositiveFen
from kit.identity import Role
from kit.reaction import person_subject
from kit.store.model import IndexChange, Link, ReleaseAll, Take
from services.eldercare.domain.known_household import KnownHousehold, known_household
from services.eldercare.domain.known_person import KnownPerson, known_person
from services.eldercare.domain.meal_point import MealPoint, meal_point
from services.eldercare.domain.meal_subsidy import NO_RIGHT, Right, right_in

MealAccountEvent = MealAccountOpened | MealCheckedIn | MealSubsidyApplied | MealAccountClosed | MealAccountReopened


@dataclass(frozen=True, kw_only=True)
class MealAccount:
    """Whose account it is, what was eaten, and how many lunches of each day were subsidised."""

    account_id: MealAccountId = MealAccountId("")
    person_id: PersonId | None = None
    household_id: HouseholdId = HouseholdId("")
    born: Month = Month("")
    hukou: bool = False
    closed: AccountClosing | None = None
    check_ins: frozenset[CheckInId] = frozenset()
    subsidised: Mapping[date, int] = field(default_factory=dict)


def evolve(account: MealAccount, event: MealAccountEvent) -> MealAccount:
    match event:
        case MealAccountOpened():
            return MealAccount(
                account_id=event.account_id,
                person_id=event.person_id,
                household_id=event.household_id,
                born=event.born,
                hukou=event.hukou,
            )
        case MealCheckedIn(check_in_id=check_in):
            return replace(account, check_ins=account.check_ins | {check_in})
        case MealSubsidyApplied(served_on=day):
            return replace(account, subsidised={**account.subsidised, day: account.subsidised.get(day, 0) + 1})
        case MealAccountClosed(reason=reason):
            return replace(account, closed=reason)
        case MealAccountReopened():
            return replace(account, closed=None)
        case _:
            assert_never(event)


class OpenMealAccount(Command):
    """An elder may eat at meal points; a person has one account at a time."""

    account_id: MealAccountId
    person_id: PersonId
    household_id: HouseholdId
    born: Month
    hukou: bool = Field(description="registered in the district (户籍)")


class CheckIn(Command):
    """A lunch is served; whoever does not want the camera uses a card or a code."""

    account_id: MealAccountId
    check_in_id: CheckInId
    meal_point_id: MealPointId
    price_fen: PositiveFen
    method: CheckInMethod


class CloseMealAccount(Command):
    """The elder does not eat here any more."""

    account_id: MealAccountId
    reason: Literal[AccountClosing.OWN_WISH, AccountClosing.MOVED]


class CloseForDeath(Command):
    """The elder's death was confirmed."""

    account_id: MealAccountId


class ReopenAfterRevocation(Command):
    """The elder's death was an error."""

    account_id: MealAccountId


def open_account(
    command: OpenMealAccount, _account: MealAccount, context: Context, person: KnownPerson, home: KnownHousehold
) -> list[MealAccountOpened]:
    """The elder can check in; a status of the household that is known already counts at once.

    Raises: Refused("household_unknown") until relief has told of the household: repeat later; Refused("person_dead" | "not_born_yet").
    Source: E04, ruling 2 of the design.
    """
    require(home.area is not None, "household_unknown")
    require(not person.is_dead, "person_dead")
    require(command.born <= month_of(context.on), "not_born_yet")
    return [
        MealAccountOpened(
            account_id=command.account_id,
            person_id=command.person_id,
            household_id=command.household_id,
            born=command.born,
            hukou=command.hukou,
        )
    ]


def check_in(
    command: CheckIn, account: MealAccount, context: Context, point: MealPoint, household: KnownHousehold, person: KnownPerson
) -> list[MealCheckedIn | MealSubsidyApplied]:
    """The lunch is served and, if the elder has a right to it, a part is paid; the method of check-in changes nothing.

    A meal of a day up to the death may still be told after the account was closed for it.
    Raises: Refused("person_dead" | "account_closed" | "meal_point_closed" | "method_not_offered" | "check_in_known").
    Source: R-ELD-03, R-ELD-07, SC-22, SC-09.
    """
    require(not person.died_before(context.on), "person_dead")
    require(account.closed in {None, AccountClosing.DEATH}, "account_closed", reason=account.closed)
    require(point.is_open, "meal_point_closed")
    require(command.method in point.methods, "method_not_offered")
    require(command.check_in_id not in account.check_ins, "check_in_known")
    status = household.status_in(Month(month_of(context.on)))
    right = _right_on(account, context, status)
    subsidy_fen = min(command.price_fen, right.cap_fen)
    served = _served(command, account, context.on, subsidy_fen, right.ground, status)
    return [served, *_paid(served, subsidy_fen, right)]


def _right_on(account: MealAccount, context: Context, status: Status | None) -> Right:
    """The elder's right on the business day: none on a day off, none beyond the day's subsidised lunches."""
    day, policy = context.on, context.policy
    right = right_in(Month(month_of(day)), born=account.born, hukou=account.hukou, status=status, policy=policy)
    if right.cap_fen == 0:
        return NO_RIGHT
    if not context.calendar.is_workday(day):
        return replace(NO_RIGHT, ground=SubsidyGround.NOT_A_WORKDAY)
    if account.subsidised.get(day, 0) >= policy.meals_subsidised_a_workday:
        return replace(NO_RIGHT, ground=SubsidyGround.SECOND_MEAL)
    return right


def _served(
    command: CheckIn, account: MealAccount, day: date, subsidy_fen: int, ground: SubsidyGround, status: Status | None
) -> MealCheckedIn:
    return MealCheckedIn(
        account_id=account.account_id,
        household_id=account.household_id,
        check_in_id=command.check_in_id,
        meal_point_id=command.meal_point_id,
        method=command.method,
        served_on=day,
        price_fen=command.price_fen,
        pays_fen=command.price_fen - subsidy_fen,
        ground=ground,
        status=status,
    )


def _paid(served: MealCheckedIn, subsidy_fen: int, right: Right) -> list[MealSubsidyApplied]:
    if subsidy_fen == 0:
        return []
    return [
        MealSubsidyApplied(
            account_id=served.account_id,
            household_id=served.household_id,
            check_in_id=served.check_in_id,
            served_on=served.served_on,
            subsidy_fen=subsidy_fen,
            ground=right.ground,
            cap_fen=right.cap_fen,
        )
    ]


def close(command: CloseMealAccount, account: MealAccount, context: Context) -> list[MealAccountClosed]:
    """The account serves no longer and the person may open another, but not on a day whose lunch was subsidised: one lunch a day.

    Raises: Refused("account_closed" | "lunch_today").  Source: E04, R-ELD-03.
    """
    require(account.closed is None, "account_closed", reason=account.closed)
    require(all(day < context.on for day in account.subsidised), "lunch_today")
    return [_closed(account, command.reason)]


def close_for_death(_command: CloseForDeath, account: MealAccount, _context: Context, person: KnownPerson) -> list[MealAccountClosed]:
    """The account serves no longer, as long as the death stands. Nothing happens when it is closed already. Source: SG-04."""
    return [_closed(account, AccountClosing.DEATH)] if account.closed is None and person.is_dead else []


def reopen_after_revocation(
    _command: ReopenAfterRevocation, account: MealAccount, _context: Context, person: KnownPerson
) -> list[MealAccountReopened]:
    """What the death closed serves again; what the person closed stays closed. Source: ruling 22."""
    if account.closed is not AccountClosing.DEATH or person.is_dead:
        return []
    return [MealAccountReopened(account_id=account.account_id, household_id=account.household_id)]


def _closed(account: MealAccount, reason: AccountClosing) -> MealAccountClosed:
    return MealAccountClosed(account_id=account.account_id, household_id=account.household_id, reason=reason)


def index(event: MealAccountEvent) -> Iterable[IndexChange]:
    """One account a person (claim), found by the person. Closed for death it keeps both: a revocation must find it."""
    match event:
        case MealAccountOpened(person_id=person):
            return [Take("meal-account", person), Link(person_subject(person))]
        case MealAccountClosed(reason=reason) if reason is not AccountClosing.DEATH:
            return [ReleaseAll()]
        case _:
            return []


_ID = "0190a000-0000-8000-8000-0000000000"
_ACCOUNT, _HOME, _ELDER = MealAccountId(f"{_ID}50"), HouseholdId(f"{_ID}02"), PersonId(f"{_ID}10")
_KNOWN_PERSON = known_person.by("person_id", missing_ok=True)
_KNOWN_HOME = known_household.by("household_id", missing_ok=True)

meal_account = Aggregate(
    "meal-account",
    id="account_id",
    state=MealAccount,
    evolve=evolve,
    key="household_id",
    area=known_household.by("household_id"),
    index=index,
    commands=[
        command(
            open_account,
            stream="new",
            also=[_KNOWN_PERSON, _KNOWN_HOME],
            roles={Role.CASEWORKER},
            example=OpenMealAccount(account_id=_ACCOUNT, person_id=_ELDER, household_id=_HOME, born=Month("1948-01"), hukou=True),
        ),
        command(
            check_in,
            also=[meal_point.by("meal_point_id"), _KNOWN_HOME, _KNOWN_PERSON],
            area=meal_point.by("meal_point_id"),  # an elder eats where he likes; the clerk serves at the own place (E04)
            roles={Role.CANTEEN_CLERK},
            example=CheckIn(
                account_id=_ACCOUNT,
                check_in_id=CheckInId(f"{_ID}60"),
                meal_point_id=MealPointId("qiaodong-canteen"),
                price_fen=1_800,
                method=CheckInMethod.CARD,
            ),
        ),
        command(close, roles={Role.CASEWORKER}, example=CloseMealAccount(account_id=_ACCOUNT, reason=AccountClosing.OWN_WISH)),
        command(close_for_death, also=[_KNOWN_PERSON], roles={Role.SYSTEM}, example=CloseForDeath(account_id=_ACCOUNT)),
        command(reopen_after_revocation, also=[_KNOWN_PERSON], roles={Role.SYSTEM}, example=ReopenAfterRevocation(account_id=_ACCOUNT)),
    ],
)
