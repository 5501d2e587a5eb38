"""A screening round: everybody on the list is reached, not reached or referred, and the three add up (B07, J06)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from contracts.envelope import Event
from contracts.ids import AreaCode, PersonId, ReferralId, RoundId
from contracts.relief.screening_round import (
    PersonScreened,
    RoundKind,
    ScreeningClosed,
    ScreeningOpened,
    ScreeningResult,
    ScreeningTargetsAdded,
)
from contracts.relief.visit import Channel
from contracts.relief.visit_campaign import TargetGroup
from kit.testing import Given, given
from services.relief.domain.household import OpenHousehold
from services.relief.domain.screening_round import (
    CHUNK,
    MOST_TARGETS,
    AddScreeningTargets,
    CloseScreening,
    OpenScreening,
    ScreenPerson,
    screening_round,
)
from tests.relief.discovery import (
    CHILD,
    HOME,
    MEDICAL,
    MOTHER,
    NEED,
    SIGNAL,
    STRANGER,
    TUESDAY,
    InMemory,
    home,
    received,
    registered,
    uid,
)

ROUND, STREET = RoundId("control-area-2022-03"), AreaCode("440308003")
REACHED, NOT_REACHED, REFERRED = ScreeningResult.REACHED, ScreeningResult.NOT_REACHED, ScreeningResult.REFERRED
OPENED = ScreeningOpened(
    round_id=ROUND,
    kind=RoundKind.CONTROL_AREA,
    area=STREET,
    channel=Channel.PHONE,
    groups=(TargetGroup.ELDER_ALONE,),
    opened_on=TUESDAY,
)
CLOSE = CloseScreening(round_id=ROUND)
PEOPLE = tuple(PersonId(uid(700 + number)) for number in range(6))


def listed(*persons: PersonId) -> ScreeningTargetsAdded:
    return ScreeningTargetsAdded(round_id=ROUND, person_ids=persons)


def screened(person: PersonId = MOTHER, result: ScreeningResult = REACHED, channel: Channel = Channel.PHONE, **more: Any) -> PersonScreened:
    return PersonScreened(round_id=ROUND, person_id=person, channel=channel, result=result, screened_on=TUESDAY, **more)


def screen(person: PersonId = MOTHER, result: ScreeningResult = REACHED, **more: Any) -> ScreenPerson:
    return ScreenPerson(round_id=ROUND, person_id=person, result=result, **more)


def facts(*events: Event) -> Given:
    return given(screening_round, *home(), OPENED, listed(MOTHER, CHILD), *events)


def closed(**numbers: int) -> ScreeningClosed:
    zero = dict.fromkeys(["targets", "screened", "not_reached", "referred", "not_tried", "in_person", "phone", "chat"], 0)
    return ScreeningClosed(round_id=ROUND, closed_on=TUESDAY, **{**zero, **numbers})


def test_a_round_is_opened_for_an_area_and_a_channel() -> None:
    """B07, J06."""
    ask = OpenScreening(round_id=ROUND, kind=RoundKind.CONTROL_AREA, area=STREET, channel=Channel.PHONE, groups=(TargetGroup.ELDER_ALONE,))
    given(screening_round).when(ask).then(OPENED)
    given(screening_round, OPENED).when(ask).refused("already_exists")


def test_the_list_grows_in_chunks_and_has_everybody_once() -> None:
    """B07: a repeated chunk changes nothing; beyond a street's size there is another round."""
    facts().when(AddScreeningTargets(round_id=ROUND, person_ids=(CHILD, STRANGER, STRANGER))).then(listed(STRANGER))
    facts().when(AddScreeningTargets(round_id=ROUND, person_ids=(CHILD,))).then()
    full = given(screening_round, OPENED, listed(*(PersonId(uid(10_000 + number)) for number in range(MOST_TARGETS))))
    full.when(AddScreeningTargets(round_id=ROUND, person_ids=(STRANGER,))).refused("too_many", limit=MOST_TARGETS)
    assert CHUNK < MOST_TARGETS


def test_each_attempt_is_a_person_time() -> None:
    """J06: by the round's channel, or another."""
    facts().when(screen()).then(screened())
    facts().when(screen(channel=Channel.CHAT)).then(screened(channel=Channel.CHAT))
    facts().when(screen(STRANGER)).refused("not_on_the_list", person_id=STRANGER)
    facts().when(screen(), on=date(2022, 2, 28)).refused("round_not_begun")


def test_the_same_attempt_told_again_changes_nothing() -> None:
    """B07: an import with other keys; another day or channel is another person-time."""
    once = facts(screened())
    once.when(screen()).then()
    once.when(screen(channel=Channel.IN_PERSON)).then(screened(channel=Channel.IN_PERSON))
    assert once.when(screen(), on=date(2022, 3, 2)).events[0].screened_on == date(2022, 3, 2)


def test_needs_found_are_registered_and_make_the_person_referred() -> None:
    """J06, B10: in the same append."""
    found = screen(result=REFERRED, needs=(MEDICAL,), household_id=HOME)
    facts().when(found).then(screened(result=REFERRED, need_ids=(NEED,)), registered(MEDICAL))
    facts().when(screen(result=REFERRED, needs=(MEDICAL,))).refused("household_missing")
    facts(registered(MEDICAL)).when(found).refused("need_known")


def test_referred_names_what_follows() -> None:
    """J06: a need, a signal or a referral that exists; no other result has one."""
    facts().when(screen(result=REFERRED)).refused("nothing_referred")
    facts(received()).when(screen(result=REFERRED, signal_id=SIGNAL)).then(screened(result=REFERRED, signal_id=SIGNAL))
    facts().when(screen(result=REFERRED, signal_id=SIGNAL)).refused("not_found")
    facts().when(screen(result=REFERRED, referral_id=ReferralId(uid(6)))).refused("not_found")
    facts(received()).when(screen(signal_id=SIGNAL)).refused("not_referred", result=REACHED)


def test_a_round_closes_when_everybody_was_tried() -> None:
    """B07: or when it is said that the rest was not reached."""
    facts(screened()).when(CLOSE).refused("not_all_tried", not_tried=1)
    facts(screened(), screened(CHILD, NOT_REACHED)).when(CLOSE).then(closed(targets=2, screened=1, not_reached=1, phone=2))
    rest = CloseScreening(round_id=ROUND, rest_not_reached=True)
    facts(screened()).when(rest).then(closed(targets=2, screened=1, not_reached=1, not_tried=1, phone=1))
    over = facts(closed(targets=2, not_reached=2))
    over.when(screen()).refused("round_closed")
    over.when(rest).refused("round_closed")
    over.when(AddScreeningTargets(round_id=ROUND, person_ids=(STRANGER,))).refused("round_closed")


def test_whoever_was_met_once_counts_as_met() -> None:
    """B07, J06: a person counts once, with the farthest result; every attempt is a person-time."""
    story = facts(screened(result=NOT_REACHED), screened(channel=Channel.IN_PERSON), screened(result=NOT_REACHED), screened(CHILD))
    story.when(CLOSE).then(closed(targets=2, screened=2, in_person=1, phone=3))


ATTEMPTS = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(list(ScreeningResult)), st.sampled_from(list(Channel))), max_size=20)


@for_all(ATTEMPTS, st.integers(1, len(PEOPLE)))
def test_the_three_always_add_up_to_the_list(attempts: list[tuple[PersonId, ScreeningResult, Channel]], size: int) -> None:
    """B07, J06: whatever was tried; person-times are the attempts told."""
    story: list[Event] = [OPENED, listed(*PEOPLE[:size]), received()]
    for person, result, channel in attempts:
        led_to = {"signal_id": SIGNAL} if result is REFERRED else {}
        story += given(screening_round, *story).when(screen(person, result, channel=channel, **led_to)).events
    (end,) = given(screening_round, *story).when(CloseScreening(round_id=ROUND, rest_not_reached=True)).events
    assert end.screened + end.not_reached + end.referred == end.targets == size
    assert end.in_person + end.phone + end.chat == sum(isinstance(event, PersonScreened) for event in story)


async def test_a_round_given_twice_stays_as_it_is() -> None:
    """B07, J06: through the command path, with other keys."""
    relief = InMemory()
    await relief.give(OpenHousehold(household_id=HOME, area=STREET, person_ids=(MOTHER, CHILD)))
    await relief.give(OpenScreening(round_id=ROUND, kind=RoundKind.CONTROL_AREA, area=STREET, channel=Channel.PHONE))
    for _ in range(2):
        await relief.give(AddScreeningTargets(round_id=ROUND, person_ids=(MOTHER, *PEOPLE)))
        await relief.give(screen(result=REFERRED, needs=(MEDICAL,), household_id=HOME))
        for person in PEOPLE:
            await relief.give(screen(person))
    counts = await relief.counts()
    assert (counts["relief.screening-round.person-screened"], counts["relief.need.registered"]) == (7, 1)


@pytest.mark.parametrize("result", [REACHED, NOT_REACHED])
def test_no_need_is_found_without_being_referred(result: ScreeningResult) -> None:
    """J06: needs found are referred."""
    facts().when(screen(result=result, needs=(MEDICAL,), household_id=HOME)).refused("not_referred")
