"""Meal accounts: who gets how much of which lunch paid (R-ELD-03, SC-22), and what a death does."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st
from msgspec.structs import replace
from pydantic import ValidationError

from contracts.eldercare.meal_account import AccountClosing, MealCheckedIn, MealSubsidyApplied, SubsidyGround
from contracts.envelope import Event
from contracts.ids import MealPointId, Month
from contracts.terms import Certainty, CheckInMethod, Status
from kit.store.model import Link, ReleaseAll, Take
from kit.testing import Given, given
from services.eldercare.domain.known_household import known_household
from services.eldercare.domain.known_person import known_person
from services.eldercare.domain.meal_account import (
    CheckIn,
    CloseForDeath,
    CloseMealAccount,
    OpenMealAccount,
    ReopenAfterRevocation,
    index,
    meal_account,
)
from services.eldercare.domain.meal_point import meal_point
from tests.eldercare.facts import (
    ACCOUNT,
    ELDER,
    HOME,
    TUESDAY,
    canteen_closed,
    canteen_opened,
    check_in_id,
    closed,
    death_known,
    death_withdrawn,
    home_known,
    lunch,
    opened,
    reopened,
    served,
    status_ended,
    status_known,
    subsidy,
)

KEY, ELDERLY, OLDEST = SubsidyGround.KEY_GROUP, SubsidyGround.REGISTERED_ELDER, SubsidyGround.CENTENARIAN
DIBAO = Status.DIBAO


def elder(*more: Event, born: str = "1948-01", hukou: bool = True) -> Given:
    """An elder (74) with an account, and an open canteen."""
    return given(meal_account, opened(born, hukou=hukou), *more).also(meal_point, canteen_opened())


def dibao_elder(*more: Event) -> Given:
    return elder(*more).also(known_household, status_known())


def test_a_dibao_elder_of_74_pays_three_yuan_for_a_meal_of_eighteen() -> None:
    """SC-22: 18.00 - 15.00 = 3.00."""
    dibao_elder().when(lunch(), on=TUESDAY).then(served(300, KEY, status=DIBAO), subsidy(1_500, KEY, 1_500))


def test_the_second_meal_of_a_lunch_costs_the_full_price() -> None:
    """SC-22: the same person again the same lunch pays 18.00, no subsidy."""
    first = [served(300, KEY, status=DIBAO), subsidy(1_500, KEY, 1_500)]
    again = served(1_800, SubsidyGround.SECOND_MEAL, number=2, status=DIBAO)
    dibao_elder(*first).when(lunch(number=2), on=TUESDAY).then(again)


def test_the_next_working_day_has_its_own_subsidised_lunch() -> None:
    """R-ELD-03: one subsidised lunch a working day."""
    first, wednesday = [served(300, KEY, status=DIBAO), subsidy(1_500, KEY, 1_500)], date(2022, 3, 2)
    expected = [served(300, KEY, on=wednesday, number=2, status=DIBAO), subsidy(1_500, KEY, 1_500, on=wednesday, number=2)]
    dibao_elder(*first).when(lunch(number=2), on=wednesday).then(*expected)


@pytest.mark.parametrize("method", list(CheckInMethod))
def test_whoever_refuses_face_recognition_gets_the_same_meal_and_subsidy(method: CheckInMethod) -> None:
    """SC-22, E18, R-ELD-07: card and code give the same 15.00."""
    expected = [served(300, KEY, method=method, status=DIBAO), subsidy(1_500, KEY, 1_500)]
    dibao_elder().when(lunch(method=method), on=TUESDAY).then(*expected)


def test_another_elder_of_71_pays_thirteen_yuan() -> None:
    """SC-22: hukou, not dibao: 18.00 - 5.00 = 13.00."""
    elder(born="1951-01").when(lunch(), on=TUESDAY).then(served(1_300, ELDERLY), subsidy(500, ELDERLY, 500))


def test_the_subsidy_is_never_more_than_the_price() -> None:
    """SC-22: a meal of 12.00 costs a dibao elder nothing, the subsidy is 12.00."""
    expected = [served(0, KEY, price_fen=1_200, status=DIBAO), subsidy(1_200, KEY, 1_500)]
    dibao_elder().when(lunch(1_200), on=TUESDAY).then(*expected)


@pytest.mark.parametrize("day", [date(2022, 3, 5), date(2022, 4, 4)])
def test_a_day_off_has_no_subsidy(day: date) -> None:
    """SC-22: Saturday 2022-03-05 and Monday 2022-04-04, a holiday."""
    dibao_elder().when(lunch(), on=day).then(served(1_800, SubsidyGround.NOT_A_WORKDAY, on=day, status=DIBAO))


def test_a_make_up_workday_has_a_subsidy() -> None:
    """SC-22, ruling 16: people work on Saturday 2022-04-02."""
    saturday = date(2022, 4, 2)
    expected = [served(300, KEY, on=saturday, status=DIBAO), subsidy(1_500, KEY, 1_500, on=saturday)]
    dibao_elder().when(lunch(), on=saturday).then(*expected)


def paid(out: list[MealCheckedIn | MealSubsidyApplied]) -> int:
    return sum(event.subsidy_fen for event in out if isinstance(event, MealSubsidyApplied))


@pytest.mark.parametrize(
    ("born", "status", "subsidy_fen", "ground"),
    [
        ("1962-04", DIBAO, 0, SubsidyGround.NOT_ENTITLED),  # 59 until the end of March
        ("1962-03", DIBAO, 1_500, KEY),  # 60 in March
        ("1952-04", None, 0, SubsidyGround.NOT_ENTITLED),  # 69
        ("1952-03", None, 500, ELDERLY),  # 70
        ("1922-04", None, 500, ELDERLY),  # 99
        ("1922-03", None, 1_500, OLDEST),  # 100: a key group without a status
        ("1922-03", DIBAO, 1_500, KEY),
        ("1962-03", Status.TEKUN, 1_500, KEY),
        ("1962-03", Status.EDGE, 1_500, KEY),
        ("1962-03", Status.RIGID, 0, SubsidyGround.NOT_ENTITLED),  # no key group
        ("1952-03", Status.RIGID, 500, ELDERLY),
    ],
)
def test_groups_begin_with_the_month_of_the_birthday(born: str, status: Status | None, subsidy_fen: int, ground: SubsidyGround) -> None:
    """R-ELD-03, values added to TP-2022A: key groups from 60, elders from 70, centenarians from 100."""
    home = [status_known(status)] if status else []
    outcome = elder(born=born).also(known_household, *home).when(lunch(), on=date(2022, 3, 31))
    assert (paid(outcome.events), outcome.events[0].ground) == (subsidy_fen, ground)


@pytest.mark.parametrize("born", ["1948-01", "1922-01"])
def test_without_hukou_there_is_a_meal_and_no_subsidy(born: str) -> None:
    """R-ELD-03 'registered elders'; key groups with hukou."""
    expected = served(1_800, SubsidyGround.NOT_ENTITLED, status=DIBAO)
    elder(born=born, hukou=False).also(known_household, status_known()).when(lunch(), on=TUESDAY).then(expected)


@pytest.mark.parametrize(("day", "subsidy_fen"), [(date(2022, 9, 30), 1_500), (date(2022, 10, 8), 500)])
def test_an_expired_status_ends_at_the_month_boundary_not_at_once(day: date, subsidy_fen: int) -> None:
    """E02: a status that expires in September holds on its last working day; in October (08: make-up workday) the elder's own 5.00 is left."""
    outcome = elder().also(known_household, status_known(), status_ended("2022-09")).when(lunch(), on=day)
    assert paid(outcome.events) == subsidy_fen


def test_a_status_counts_from_its_first_month() -> None:
    """Ruling 6: recognised in March from April on; in March the elder of 65 has no right yet."""
    home = elder(born="1957-01").also(known_household, status_known(first="2022-04"))
    assert paid(home.when(lunch(), on=date(2022, 3, 31)).events) == 0
    assert paid(home.when(lunch(), on=date(2022, 4, 1)).events) == 1_500


def test_a_price_of_nothing_is_no_check_in() -> None:
    """A check-in has a price above zero; nothing is free by accident."""
    with pytest.raises(ValidationError, match="price_fen"):
        lunch(0)


def test_the_same_check_in_told_twice_is_refused() -> None:
    """E04: a canteen that syncs a meal again under another key does not serve it twice."""
    first = [served(300, KEY, status=DIBAO), subsidy(1_500, KEY, 1_500)]
    dibao_elder(*first).when(lunch(), on=TUESDAY).refused("check_in_known")


def test_nobody_checks_in_at_a_closed_or_unknown_meal_point() -> None:
    """E04: the meal point must be open."""
    dibao_elder().also(meal_point, canteen_closed()).when(lunch(), on=TUESDAY).refused("meal_point_closed")
    elsewhere = CheckIn(**{**lunch().model_dump(), "meal_point_id": MealPointId("nowhere")})
    dibao_elder().when(elsewhere, on=TUESDAY).refused("not_found", stream="meal-point/nowhere")


def test_a_meal_point_serves_by_the_methods_it_offers() -> None:
    """R-ELD-07: one without a camera has card and code."""
    plain = replace(canteen_opened(), methods=(CheckInMethod.CARD, CheckInMethod.CODE))
    home = given(meal_account, opened()).also(meal_point, plain)
    home.when(lunch(method=CheckInMethod.FACE), on=TUESDAY).refused("method_not_offered")
    home.when(lunch(method=CheckInMethod.CARD), on=TUESDAY).then(
        served(1_300, ELDERLY, method=CheckInMethod.CARD), subsidy(500, ELDERLY, 500)
    )


def test_nobody_checks_in_without_an_account() -> None:
    """E04."""
    given(meal_account).also(meal_point, canteen_opened()).when(lunch()).refused("not_found")


def test_after_a_confirmed_death_no_meal_is_served() -> None:
    """SG-04: refused for the days after the death, also while the account is not closed yet."""
    dead = elder().also(known_person, death_known(date(2022, 6, 14)))
    dead.when(lunch(), on=date(2022, 6, 15)).refused("person_dead")


def test_a_meal_of_the_day_of_death_may_be_told_late() -> None:
    """SC-09: the death is a fact of its date; a meal eaten that day was eaten, also when the account is closed by now."""
    day = date(2022, 6, 14)
    dead = elder(closed(AccountClosing.DEATH)).also(known_person, death_known(day))
    dead.when(lunch(), on=day).then(served(1_300, ELDERLY, on=day), subsidy(500, ELDERLY, 500, on=day))


def test_a_death_that_is_only_reported_stops_no_meal() -> None:
    """Ruling 22: `reported` only holds payments."""
    reported = elder().also(known_person, death_known(date(2022, 2, 1), Certainty.REPORTED))
    reported.when(lunch(), on=TUESDAY).then(served(1_300, ELDERLY), subsidy(500, ELDERLY, 500))


def test_a_closed_account_serves_no_meal() -> None:
    """E04."""
    elder(closed(AccountClosing.OWN_WISH)).when(lunch()).refused("account_closed", reason=AccountClosing.OWN_WISH)


# --- opening and closing -------------------------------------------------------------------------------------------------------------


def open_account(born: str = "1948-01") -> OpenMealAccount:
    return OpenMealAccount(account_id=ACCOUNT, person_id=ELDER, household_id=HOME, born=Month(born), hukou=True)


def test_an_elder_opens_an_account() -> None:
    """E04."""
    given(meal_account).also(known_household, home_known()).when(open_account()).then(opened())


def test_no_account_is_opened_for_a_household_nobody_told_of() -> None:
    """A caseworker acts in the own area only, so the household's must be known first; the caller repeats later."""
    given(meal_account).when(open_account()).refused("household_unknown")


def test_an_account_is_opened_once() -> None:
    """One stream, one account."""
    given(meal_account, opened()).when(open_account()).refused("already_exists")


def test_an_account_opened_a_month_after_the_status_sees_it() -> None:
    """Ruling 2 of the design: the status has a home before the account exists."""
    told_before = given(meal_account).also(known_household, home_known(), status_known(first="2022-02"))
    account = told_before.when(open_account(), on=date(2022, 3, 1)).events
    later = elder(born="1960-01").also(known_household, status_known(first="2022-02"))
    assert account == [opened()]
    assert paid(later.when(lunch(), on=TUESDAY).events) == 1_500


def test_no_account_is_opened_for_the_dead() -> None:
    """SG-04, ruling 2 of the design: a death cannot slip between look-up and opening."""
    known = given(meal_account).also(known_household, home_known())
    known.also(known_person, death_known(date(2022, 2, 1))).when(open_account()).refused("person_dead")


def test_a_month_of_birth_lies_not_in_the_future() -> None:
    """E04."""
    known = given(meal_account).also(known_household, home_known())
    known.when(open_account("2022-04"), on=date(2022, 3, 31)).refused("not_born_yet")


def test_a_person_closes_the_own_account_once() -> None:
    """E04."""
    command = CloseMealAccount(account_id=ACCOUNT, reason=AccountClosing.OWN_WISH)
    given(meal_account, opened()).when(command).then(closed(AccountClosing.OWN_WISH))
    given(meal_account, opened(), closed(AccountClosing.DEATH)).when(command).refused("account_closed", reason=AccountClosing.DEATH)


def test_an_account_is_not_closed_on_a_day_whose_lunch_was_subsidised() -> None:
    """R-ELD-03: another account of the person would give a second subsidised lunch that day."""
    eaten = given(meal_account, opened(), served(1_300, ELDERLY), subsidy(500, ELDERLY, 500))
    command = CloseMealAccount(account_id=ACCOUNT, reason=AccountClosing.MOVED)
    eaten.when(command, on=TUESDAY).refused("lunch_today")
    eaten.when(command, on=date(2022, 3, 2)).then(closed(AccountClosing.MOVED))


def test_nobody_closes_an_account_for_death_by_hand() -> None:
    """Ruling 21: a death is registry's fact."""
    with pytest.raises(ValidationError, match="reason"):
        CloseMealAccount.model_validate({"account_id": ACCOUNT, "reason": "death"})


def test_a_confirmed_death_closes_the_account_and_its_revocation_opens_it_again() -> None:
    """SG-04, ruling 22."""
    dead = death_known(date(2022, 6, 14))
    given(meal_account, opened()).also(known_person, dead).when(CloseForDeath(account_id=ACCOUNT)).then(closed(AccountClosing.DEATH))
    alive = given(meal_account, opened(), closed(AccountClosing.DEATH)).also(known_person, dead, death_withdrawn())
    alive.when(ReopenAfterRevocation(account_id=ACCOUNT)).then(reopened())


def test_what_the_person_closed_stays_closed() -> None:
    """Ruling 22: a revocation undoes only what the death did."""
    own = given(meal_account, opened(), closed(AccountClosing.OWN_WISH))
    own.also(known_person, death_known(date(2022, 6, 14))).when(CloseForDeath(account_id=ACCOUNT)).then()
    own.also(known_person, death_withdrawn()).when(ReopenAfterRevocation(account_id=ACCOUNT)).then()


def test_a_death_withdrawn_meanwhile_closes_nothing_and_a_death_that_stands_opens_nothing() -> None:
    """Ruling 13 of the design: a redelivered reaction looks at what is known now."""
    given(meal_account, opened()).when(CloseForDeath(account_id=ACCOUNT)).then()
    standing = given(meal_account, opened(), closed(AccountClosing.DEATH)).also(known_person, death_known(date(2022, 6, 14)))
    standing.when(ReopenAfterRevocation(account_id=ACCOUNT)).then()


def test_a_person_has_one_account_and_a_death_lets_go_of_nothing() -> None:
    """R-ELD-03: a claim; a revocation must still find the account by the person."""
    assert list(index(opened())) == [Take("meal-account", ELDER), Link(f"person/{ELDER}")]
    assert list(index(closed(AccountClosing.MOVED))) == [ReleaseAll()]
    assert list(index(closed(AccountClosing.DEATH))) == []


MEALS = st.lists(st.tuples(st.integers(1, 3_000), st.dates(date(2022, 3, 1), date(2022, 4, 30))), min_size=1, max_size=12)


@hypothesis_given(meals=MEALS, born=st.sampled_from(["1962-03", "1951-01", "1922-01", "1970-01"]), poor=st.booleans())
def test_price_is_what_the_elder_pays_and_the_subsidy_and_no_day_has_two(meals: list[tuple[int, date]], born: str, poor: bool) -> None:
    """R-ELD-03: pays + subsidy = price, pays >= 0, at most 15.00 a meal, at most one subsidised lunch a day, whatever the order of days."""
    facts: list[Event] = []
    for number, (price_fen, day) in enumerate(meals):
        home = elder(*facts, born=born).also(known_household, *([status_known()] if poor else []))
        events = home.when(lunch(price_fen, number), on=day).events
        assert events[0].pays_fen == price_fen - paid(events) >= 0
        assert paid(events) <= 1_500
        facts += events
    days = [event.served_on for event in facts if isinstance(event, MealSubsidyApplied)]
    assert len(days) == len(set(days))
    assert {event.check_in_id for event in facts if isinstance(event, MealCheckedIn)} == {check_in_id(n) for n in range(len(meals))}
