"""Help with a stair climber: only with an operator whose training counts on the day."""

from __future__ import annotations

from datetime import date

from contracts.eldercare.assist import AssistCancelled, AssistCancelling, AssistCompleted, PartOfDay
from kit.store.model import Link, ReleaseAll, Take
from kit.testing import Given, given
from services.eldercare.domain.assist import (
    AssistStage,
    BookAssist,
    CancelAssist,
    CancelAssistForDeath,
    CompleteAssist,
    assist,
    index,
)
from services.eldercare.domain.known_person import known_person
from services.eldercare.domain.mobility_asset import mobility_asset
from services.eldercare.domain.operator_training import PassTraining, WithdrawTraining, operator_training
from tests.eldercare.facts import ELDER, HOME, death_known
from tests.eldercare.mobility_facts import (
    ASSIST,
    CHAIR,
    CLIMBER,
    OPERATOR,
    QIAODONG,
    booked,
    climber,
    deployed,
    faulty,
    trained,
    training_withdrawn,
)

TODAY, TOMORROW = date(2022, 3, 1), date(2022, 3, 2)
BOOK = BookAssist(
    assist_id=ASSIST,
    asset_id=CLIMBER,
    person_id=ELDER,
    operator_id=OPERATOR,
    day=TOMORROW,
    part=PartOfDay.MORNING,
    household_id=HOME,
)
COMPLETED = AssistCompleted(assist_id=ASSIST, asset_id=CLIMBER, household_id=HOME, area=QIAODONG)


def cancelled(reason: AssistCancelling) -> AssistCancelled:
    return AssistCancelled(assist_id=ASSIST, asset_id=CLIMBER, household_id=HOME, area=QIAODONG, reason=reason)


def at_the_station() -> Given:
    return given(assist).also(mobility_asset, climber())


def test_a_trained_operator_is_booked_with_the_unit() -> None:
    """E14."""
    at_the_station().also(operator_training, trained()).when(BOOK, on=TODAY).then(booked())


def test_a_booking_without_a_trained_operator_is_refused() -> None:
    """E14: never trained, withdrawn, or over by the day of the help."""
    at_the_station().when(BOOK).refused("operator_untrained", operator_id=OPERATOR)
    at_the_station().also(operator_training, trained(), training_withdrawn()).when(BOOK).refused("operator_untrained")
    at_the_station().also(operator_training, trained(TODAY)).when(BOOK, on=TODAY).refused("operator_untrained")
    at_the_station().also(operator_training, trained(TOMORROW)).when(BOOK, on=TODAY).then(booked())


def test_a_training_counts_for_the_months_of_the_pack() -> None:
    """E14: 24 months, until it is withdrawn."""
    given(operator_training).when(PassTraining(operator_id=OPERATOR), on=TODAY).then(trained(date(2024, 3, 1)))
    given(operator_training, trained()).when(WithdrawTraining(operator_id=OPERATOR)).then(training_withdrawn())
    given(operator_training, trained(), training_withdrawn()).when(WithdrawTraining(operator_id=OPERATOR)).refused("not_trained")


def test_only_a_stair_climber_that_works_is_booked_for_a_day_that_is_not_over() -> None:
    """E14."""
    ready = given(assist).also(operator_training, trained())
    chair = BOOK.model_copy(update={"asset_id": CHAIR})
    ready.also(mobility_asset, deployed()).when(chair).refused("no_stair_climber")
    ready.also(mobility_asset, climber()).when(BOOK, on=date(2022, 3, 3)).refused("day_over")
    ready.also(mobility_asset, faulty(CLIMBER)).when(BOOK).refused("asset_faulty")


def test_the_help_is_given_on_its_day_or_cancelled_before() -> None:
    """E14."""
    complete, cancel = CompleteAssist(assist_id=ASSIST), CancelAssist(assist_id=ASSIST, reason=AssistCancelling.OPERATOR_ABSENT)
    given(assist, booked()).when(complete, on=TODAY).refused("too_early")
    given(assist, booked()).when(complete, on=TOMORROW).then(COMPLETED)
    given(assist, booked(), COMPLETED).when(complete, on=TOMORROW).refused("not_booked", state=AssistStage.COMPLETED)
    given(assist, booked()).when(cancel).then(cancelled(AssistCancelling.OPERATOR_ABSENT))
    given(assist, booked(), COMPLETED).when(cancel).refused("not_booked")


def test_nobody_is_booked_for_the_dead() -> None:
    """SG-04: a booking before the death was known is cancelled, what was done stays."""
    dead, sweep = death_known(TODAY), CancelAssistForDeath(assist_id=ASSIST)
    at_the_station().also(operator_training, trained()).also(known_person, dead).when(BOOK).refused("person_dead")
    given(assist, booked()).also(known_person, dead).when(sweep).then(cancelled(AssistCancelling.DEATH))
    given(assist, booked()).when(sweep).then()
    given(assist, booked(), COMPLETED).also(known_person, dead).when(sweep).then()


def test_unit_and_operator_are_booked_once_a_part_of_a_day() -> None:
    """E14: two claims, given back by a cancellation."""
    slot = f"{TOMORROW}:morning"
    claims = [Take("assist-asset", f"{CLIMBER}:{slot}"), Take("assist-operator", f"{OPERATOR}:{slot}"), Link(f"person/{ELDER}")]
    assert list(index(booked())) == claims
    assert list(index(cancelled(AssistCancelling.OWN_WISH))) == [ReleaseAll()]
    assert list(index(COMPLETED)) == []
