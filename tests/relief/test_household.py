"""A household: the people who live together, their units and their status (ruling 4, R-LAY-03, ruling 6)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.envelope import Event
from contracts.ids import HouseholdId, Month, PersonId, UnitId
from contracts.relief.household import (
    HouseholdClosed,
    HouseholdOpened,
    HouseholdReopened,
    LeavingReason,
    MemberJoined,
    MemberLeft,
    StatusExpired,
    StatusRecognised,
    UnitDissolved,
)
from contracts.terms import Certainty, ClosingCode, Scheme, Status
from kit.store.model import Link, Release, ReleaseAll, Take, Unlink
from kit.testing import given
from services.relief.domain.household import (
    AddMember,
    CloseHousehold,
    DissolveUnit,
    ExpireStatus,
    FormUnit,
    OpenHousehold,
    RecogniseStatus,
    RemoveForDeath,
    RemoveMember,
    ReturnAfterRevocation,
    household,
    index,
)
from services.relief.domain.known_person import known_person
from tests.relief.h1 import CHILD, GRANDMOTHER, H1, HOME, MOTHER, STRANGER, STREET, UNIT, dead, opened, uid, unit

MARCH = date(2022, 3, 1)
SECOND_UNIT = UnitId(uid(5))
CLOSED = HouseholdClosed(household_id=HOME, closed_on=MARCH, code=ClosingCode.MERGED)


def open_with(*persons: PersonId) -> OpenHousehold:
    return OpenHousehold(household_id=HOME, area=STREET, person_ids=persons)


def add(person: PersonId, on: date = MARCH) -> AddMember:
    return AddMember(household_id=HOME, person_id=person, joined_on=on)


def remove(person: PersonId, on: date = date(2022, 9, 1)) -> RemoveMember:
    return RemoveMember(household_id=HOME, person_id=person, left_on=on, reason=LeavingReason.MOVED_OUT)


def form(*persons: PersonId, unit_id: UnitId = SECOND_UNIT, scheme: Scheme = Scheme.DIBAO) -> FormUnit:
    return FormUnit(household_id=HOME, unit_id=unit_id, scheme=scheme, person_ids=persons)


def recognised(status: Status, month: str) -> StatusRecognised:
    return StatusRecognised(household_id=HOME, status=status, from_month=Month(month))


def left(person: PersonId, on: date) -> MemberLeft:
    return MemberLeft(household_id=HOME, person_id=person, left_on=on, reason=LeavingReason.MOVED_OUT)


def test_people_who_live_together_become_one_household() -> None:
    """Ruling 4: the household is open with all its members from the day of the decision."""
    given(household).when(open_with(*H1), on=MARCH).then(*opened())


def test_nobody_who_is_dead_or_named_twice_becomes_a_member() -> None:
    """SG-04: a death known here keeps a person out; ruling 4: a person is in the household once."""
    given(household).also(known_person, dead(CHILD, date(2022, 2, 1))).when(open_with(MOTHER, CHILD), on=MARCH).refused(
        "member_dead", person_id=CHILD
    )
    given(household).when(open_with(MOTHER, MOTHER)).refused("named_twice")


def test_a_reported_death_does_not_keep_a_person_out() -> None:
    """Ruling 22: a report only holds payments."""
    given(household).also(known_person, dead(MOTHER, date(2022, 2, 1), Certainty.REPORTED)).when(open_with(MOTHER), on=MARCH).then(
        *opened([MOTHER])
    )


def test_a_household_is_opened_once_and_has_a_member() -> None:
    """Ruling 4: someone without a household gets a household of one."""
    given(household, *opened()).when(open_with(*H1)).refused("already_exists")
    with pytest.raises(ValidationError):
        open_with()


def test_a_person_moves_in_and_out_on_a_day() -> None:
    """Ruling 4: membership is a dated interval, both days included; who left may come back."""
    joined = MemberJoined(household_id=HOME, person_id=STRANGER, joined_on=date(2022, 5, 1))
    given(household, *opened()).when(add(STRANGER, date(2022, 5, 1))).then(joined)
    given(household, *opened()).when(remove(CHILD)).then(left(CHILD, date(2022, 9, 1)))
    home = household.fold([*opened(), left(CHILD, date(2022, 9, 1))])
    assert home.members_on(date(2022, 2, 28)) == []
    assert home.members_on(MARCH) == list(H1)
    assert home.members_on(date(2022, 9, 1)) == list(H1)
    assert home.members_on(date(2022, 9, 2)) == [MOTHER, GRANDMOTHER]
    again = MemberJoined(household_id=HOME, person_id=CHILD, joined_on=date(2022, 10, 1))
    given(household, *opened(), left(CHILD, date(2022, 9, 1))).when(add(CHILD, date(2022, 10, 1))).then(again)


def test_moving_in_is_refused_to_members_the_dead_and_closed_households() -> None:
    """Ruling 4, SG-04."""
    given(household, *opened()).when(add(CHILD)).refused("already_member", person_id=CHILD)
    given(household, *opened()).also(known_person, dead(STRANGER, date(2022, 2, 1))).when(add(STRANGER)).refused("member_dead")
    given(household, *opened(), CLOSED).when(add(STRANGER)).refused("household_closed")


def test_moving_out_is_refused_to_strangers_before_joining_and_after_closing() -> None:
    """Ruling 4: closing has set the members free already."""
    given(household, *opened()).when(remove(STRANGER)).refused("not_a_member")
    given(household, *opened(), left(CHILD, MARCH)).when(remove(CHILD)).refused("not_a_member")
    given(household, *opened()).when(remove(CHILD, date(2022, 2, 28))).refused("left_before_joining")
    given(household, *opened(), CLOSED).when(remove(CHILD)).refused("household_closed")


def test_a_unit_counts_members_of_the_household_once_a_scheme() -> None:
    """Ruling 4, section 3.2: an active member of at most one unit per scheme; another scheme counts anew."""
    given(household, *opened()).when(form(*H1, unit_id=UNIT)).then(unit())
    given(household, *opened(), unit()).when(form(CHILD)).refused("counted_already", person_id=CHILD, scheme=Scheme.DIBAO)
    given(household, *opened(), unit()).when(form(GRANDMOTHER, scheme=Scheme.TEKUN)).then(unit((GRANDMOTHER,), Scheme.TEKUN, SECOND_UNIT))
    given(household, *opened(), unit()).when(form(CHILD, unit_id=UNIT, scheme=Scheme.TEKUN)).refused("unit_exists")
    given(household, *opened()).when(form(STRANGER)).refused("not_a_member", person_id=STRANGER)
    given(household, *opened()).when(form(CHILD, CHILD)).refused("named_twice")
    given(household, *opened(), CLOSED).when(form(CHILD)).refused("household_closed")


def test_a_dissolved_unit_counts_nobody() -> None:
    """Ruling 4: its members may be counted by another unit, and it is dissolved once."""
    dissolved = UnitDissolved(household_id=HOME, unit_id=UNIT, dissolved_on=MARCH)
    given(household, *opened(), unit()).when(DissolveUnit(household_id=HOME, unit_id=UNIT), on=MARCH).then(dissolved)
    given(household, *opened(), unit(), dissolved).when(form(*H1)).then(unit(unit_id=SECOND_UNIT))
    given(household, *opened(), unit(), dissolved).when(DissolveUnit(household_id=HOME, unit_id=UNIT)).refused("unit_unknown")


def test_a_status_holds_from_the_month_after_the_decision() -> None:
    """Ruling 6, R-LAY-03; December's decision holds from January."""
    edge = RecogniseStatus(household_id=HOME, status=Status.EDGE)
    given(household, *opened()).when(edge, on=date(2022, 4, 8)).then(recognised(Status.EDGE, "2022-05"))
    given(household, *opened()).when(edge, on=date(2022, 12, 31)).then(recognised(Status.EDGE, "2023-01"))
    given(household, *opened(), recognised(Status.EDGE, "2022-05")).when(edge).refused("status_unchanged")
    given(household, *opened(), CLOSED).when(edge).refused("household_closed")


def test_a_status_ends_with_the_month_of_the_decision() -> None:
    """Ruling 6, E02: at the month boundary, not at once."""
    ended = StatusExpired(household_id=HOME, status=Status.DIBAO, last_month=Month("2022-08"))
    held = [*opened(), recognised(Status.DIBAO, "2022-05")]
    given(household, *held).when(ExpireStatus(household_id=HOME), on=date(2022, 8, 26)).then(ended)
    given(household, *opened()).when(ExpireStatus(household_id=HOME)).refused("no_status")
    given(household, *held, ended).when(ExpireStatus(household_id=HOME)).refused("no_status")


def test_a_household_closes_once() -> None:
    """Ruling 4."""
    close = CloseHousehold(household_id=HOME, code=ClosingCode.MERGED)
    given(household, *opened()).when(close, on=MARCH).then(CLOSED)
    given(household, *opened(), CLOSED).when(close).refused("household_closed")


def test_membership_is_a_claim_on_the_person() -> None:
    """Ruling 4: one active household a person; closing sets everybody free."""
    joined, gone = MemberJoined(household_id=HOME, person_id=CHILD, joined_on=MARCH), left(CHILD, MARCH)
    assert list(index(joined)) == [Take("active-household", CHILD), Link(f"person/{CHILD}")]
    assert list(index(gone)) == [Release("active-household", CHILD), Unlink(f"person/{CHILD}")]
    assert list(index(CLOSED)) == [ReleaseAll()]
    assert list(index(HouseholdOpened(household_id=HOME, area=STREET, hukou=True, opened_on=MARCH))) == []


def _hold(claims: dict[PersonId, HouseholdId], event: Event) -> bool:
    """Apply the claims of an event as the store does; False where it refuses."""
    home = HouseholdId(getattr(event, "household_id"))  # noqa: B009 - every event of a household has it
    for change in index(event):  # type: ignore[arg-type]
        match change:
            case Take(key=person):
                if claims.get(PersonId(person), home) != home:
                    return False
                claims[PersonId(person)] = home
            case Release(key=person):
                assert claims.pop(PersonId(person), None) == home, "released a claim that it does not hold"
            case ReleaseAll():
                for person in [p for p, holder in claims.items() if holder == home]:
                    del claims[person]
            case _:
                pass
    return True


@any_of(st.lists(st.tuples(st.sampled_from(["add", "remove", "close"]), st.sampled_from([HOME, HouseholdId(uid(3))]), st.sampled_from(H1))))
def test_a_person_is_always_in_one_household_at_most(steps: list[tuple[str, HouseholdId, PersonId]]) -> None:
    """Ruling 4: whatever is asked, claims and members agree, and nobody is an active member of two open households."""
    homes: dict[HouseholdId, list[Event]] = {
        home: [HouseholdOpened(household_id=home, area=STREET, hukou=True, opened_on=MARCH)] for home in (HOME, HouseholdId(uid(3)))
    }
    claims: dict[PersonId, HouseholdId] = {}
    for step, home, person in steps:
        commands: dict[str, Any] = {
            "add": AddMember(household_id=home, person_id=person, joined_on=MARCH),
            "remove": RemoveMember(household_id=home, person_id=person, left_on=MARCH, reason=LeavingReason.MOVED_OUT),
            "close": CloseHousehold(household_id=home, code=ClosingCode.MOVED),
        }
        for event in given(household, *homes[home]).when(commands[step]).events:
            if _hold(claims, event):
                homes[home].append(event)
        states = {one: household.fold(events) for one, events in homes.items()}
        active = {p: one for one, s in states.items() if s.is_open for p, interval in s.members.items() if interval.last is None}
        assert active == claims


# --- a member's death ---


def died(person: PersonId, on: date) -> MemberLeft:
    return MemberLeft(household_id=HOME, person_id=person, left_on=on, reason=LeavingReason.DECEASED)


def without(person: PersonId) -> RemoveForDeath:
    return RemoveForDeath(household_id=HOME, person_id=person)


def again(person: PersonId) -> ReturnAfterRevocation:
    return ReturnAfterRevocation(household_id=HOME, person_id=person)


def joined(person: PersonId) -> MemberJoined:
    return MemberJoined(household_id=HOME, person_id=person, joined_on=MARCH)


JUNE_14, NOTICE = date(2022, 6, 14), date(2022, 8, 2)
DIED_OUT = HouseholdClosed(household_id=HOME, closed_on=NOTICE, code=ClosingCode.DECEASED)


def test_a_confirmed_death_ends_the_stay_with_its_day_and_frees_nobody_else() -> None:
    """SG-04: a reported one does not, and somebody who left before is not touched."""
    facts = [*opened(), dead(GRANDMOTHER, JUNE_14)]
    given(household, *facts).when(without(GRANDMOTHER), on=NOTICE).then(died(GRANDMOTHER, JUNE_14))
    given(household, *facts, died(GRANDMOTHER, JUNE_14)).when(without(GRANDMOTHER), on=NOTICE).then()
    reported = dead(GRANDMOTHER, JUNE_14, Certainty.REPORTED)
    given(household, *opened(), reported).when(without(GRANDMOTHER), on=NOTICE).then()
    moved = left(GRANDMOTHER, date(2022, 5, 1))
    given(household, *facts, moved).when(without(GRANDMOTHER), on=NOTICE).then()


def test_a_person_who_tells_the_same_death_changes_nothing() -> None:
    """SG-04: the caseworker's word comes after registry's, or the other way round."""
    told = RemoveMember(household_id=HOME, person_id=GRANDMOTHER, left_on=JUNE_14, reason=LeavingReason.DECEASED)
    given(household, *opened(), died(GRANDMOTHER, JUNE_14)).when(told, on=NOTICE).then()
    given(household, *opened()).when(told, on=NOTICE).then(died(GRANDMOTHER, JUNE_14))
    given(household, *opened(), died(GRANDMOTHER, JUNE_14)).when(remove(GRANDMOTHER), on=NOTICE).refused("not_a_member")


def test_a_death_before_the_stay_began_ends_it_with_its_first_day() -> None:
    """SG-04: nobody leaves before joining."""
    given(household, *opened(), dead(CHILD, date(2022, 2, 1))).when(without(CHILD), on=NOTICE).then(died(CHILD, MARCH))


def test_the_household_is_closed_with_its_last_member_s_death() -> None:
    """SG-04: its claims were released one by one, and it is still found from the dead, whose death may be revoked."""
    facts = [*opened((MOTHER, GRANDMOTHER)), left(MOTHER, date(2022, 5, 1)), dead(GRANDMOTHER, JUNE_14)]
    given(household, *facts).when(without(GRANDMOTHER), on=NOTICE).then(died(GRANDMOTHER, JUNE_14), DIED_OUT)
    told_before = [*opened((GRANDMOTHER,)), died(GRANDMOTHER, JUNE_14), dead(GRANDMOTHER, JUNE_14)]
    given(household, *told_before).when(without(GRANDMOTHER), on=NOTICE).then(DIED_OUT)
    assert list(index(died(GRANDMOTHER, JUNE_14))) == [Release("active-household", GRANDMOTHER)]
    assert list(index(DIED_OUT)) == []


def test_a_person_closes_a_household_as_deceased_only_when_nobody_is_left() -> None:
    """SG-04, ruling 21."""
    close = CloseHousehold(household_id=HOME, code=ClosingCode.DECEASED)
    given(household, *opened()).when(close).refused("members_live")
    emptied = [*opened((MOTHER,)), left(MOTHER, date(2022, 5, 1))]
    given(household, *emptied).when(close, on=NOTICE).then(DIED_OUT)
    given(household, *emptied, DIED_OUT).when(close, on=NOTICE).then()
    merge = CloseHousehold(household_id=HOME, code=ClosingCode.MERGED)
    given(household, *emptied, DIED_OUT).when(merge, on=NOTICE).refused("household_closed")


def test_a_revoked_death_gives_the_stay_back_as_if_it_had_never_ended() -> None:
    """Ruling 22: also in a household that had died out; one closed for another reason since stays closed."""
    one_of_three = [*opened(), died(GRANDMOTHER, JUNE_14)]
    given(household, *one_of_three).when(again(GRANDMOTHER), on=NOTICE).then(joined(GRANDMOTHER))
    alone = [*opened((GRANDMOTHER,)), died(GRANDMOTHER, JUNE_14), DIED_OUT]
    reopened = HouseholdReopened(household_id=HOME)
    given(household, *alone).when(again(GRANDMOTHER), on=NOTICE).then(reopened, joined(GRANDMOTHER))
    assert household.fold([*alone, reopened, joined(GRANDMOTHER)]) == household.fold(opened((GRANDMOTHER,)))
    given(household, *one_of_three, CLOSED).when(again(GRANDMOTHER), on=NOTICE).then()


def test_nobody_returns_whose_death_counts_or_did_not_end_the_stay() -> None:
    """Ruling 22."""
    given(household, *opened(), dead(GRANDMOTHER, JUNE_14), died(GRANDMOTHER, JUNE_14)).when(again(GRANDMOTHER)).then()
    given(household, *opened(), left(GRANDMOTHER, JUNE_14)).when(again(GRANDMOTHER), on=NOTICE).then()
    given(household, *opened()).when(again(GRANDMOTHER), on=NOTICE).then()
