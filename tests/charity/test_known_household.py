"""What charity knows of a household, from relief's facts in the order relief said them."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.charity.known_household import (
    HouseholdKnownClosed,
    MemberGone,
    NeedKnownClosed,
    NeedKnownReopened,
    StatusEnded,
)
from contracts.envelope import Event
from contracts.ids import Month
from contracts.terms import Status
from kit.command import Command
from kit.testing import given
from services.charity.domain.known_household import (
    EndStatus,
    NoteHouseholdClosed,
    NoteMember,
    NoteMemberGone,
    NoteNeedClosed,
    NoteNeedReopened,
    NoteStatus,
    known_household,
)
from tests.charity.facts import CHILD, DAY, HOME, MOTHER, NEED, member, status_known


def ended(status: Status, last: str) -> StatusEnded:
    return StatusEnded(household_id=HOME, status=status, last_month=Month(last))


def gone(left_on: date) -> MemberGone:
    return MemberGone(household_id=HOME, person_id=CHILD, left_on=left_on)


@pytest.mark.parametrize(
    ("command", "fact"),
    [
        (NoteStatus(household_id=HOME, status=Status.DIBAO, from_month=Month("2022-04")), status_known()),
        (EndStatus(household_id=HOME, status=Status.DIBAO, last_month=Month("2022-09")), ended(Status.DIBAO, "2022-09")),
        (NoteMember(household_id=HOME, person_id=CHILD, joined_on=DAY), member(CHILD)),
        (NoteMemberGone(household_id=HOME, person_id=CHILD, left_on=DAY), gone(DAY)),
        (NoteNeedClosed(household_id=HOME, need_id=NEED), NeedKnownClosed(household_id=HOME, need_id=NEED)),
        (NoteNeedReopened(household_id=HOME, need_id=NEED), NeedKnownReopened(household_id=HOME, need_id=NEED)),
        (NoteHouseholdClosed(household_id=HOME, closed_on=DAY), HouseholdKnownClosed(household_id=HOME, closed_on=DAY)),
    ],
)
def test_what_relief_says_is_noted_whether_the_household_is_known_or_not(command: Command, fact: Event) -> None:
    """Ruling 2 of the design: a foreign fact has a home before it has an effect."""
    given(known_household).when(command).then(fact)
    given(known_household, member(MOTHER)).when(command).then(fact)


@pytest.mark.parametrize(
    ("facts", "months"),
    [
        ([], {"2022-04": None}),
        ([status_known()], {"2022-03": None, "2022-04": Status.DIBAO, "2023-01": Status.DIBAO}),
        ([status_known(last="2022-06")], {"2022-06": Status.DIBAO, "2022-07": None}),
        ([status_known(), ended(Status.DIBAO, "2022-09")], {"2022-09": Status.DIBAO, "2022-10": None}),
        ([status_known(), status_known(Status.EDGE, "2022-06")], {"2022-05": Status.DIBAO, "2022-06": Status.EDGE}),
        (
            [status_known(), status_known(Status.EDGE, "2022-06"), ended(Status.EDGE, "2022-05")],
            {"2022-05": Status.DIBAO, "2022-06": None},
        ),
        ([status_known(first="2022-06"), status_known(Status.EDGE, "2022-05")], {"2022-05": Status.EDGE, "2022-06": Status.EDGE}),
        ([ended(Status.DIBAO, "2022-09"), status_known()], {"2022-10": Status.DIBAO}),
    ],
)
def test_a_month_has_the_status_that_was_recognised_for_it(facts: list[Event], months: dict[str, Status | None]) -> None:
    """Section 3.4: a status replaces the one before from its month on; E02: it ends at a month boundary."""
    home = known_household.fold(facts)
    assert {month: home.status_in(Month(month)) for month in months} == months


def test_a_person_is_counted_from_the_first_to_the_last_day() -> None:
    """Ruling 4: membership is a dated interval; a leaving that overtook the joining still ends it."""
    home = known_household.fold([member(MOTHER), member(CHILD), gone(date(2022, 9, 1))])
    assert home.members_on(date(2022, 2, 28)) == []
    assert home.members_on(date(2022, 9, 1)) == [MOTHER, CHILD]
    assert home.members_on(date(2022, 9, 2)) == [MOTHER]
    assert known_household.fold([gone(DAY)]).members_on(date(2022, 3, 2)) == []


def test_nobody_lives_in_a_closed_household() -> None:
    """Ruling 4: after a merger its people are counted elsewhere."""
    home = known_household.fold([member(MOTHER), HouseholdKnownClosed(household_id=HOME, closed_on=date(2022, 5, 31))])
    assert home.members_on(date(2022, 5, 31)) == [MOTHER]
    assert home.members_on(date(2022, 6, 1)) == []
