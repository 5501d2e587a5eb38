"""An opinion: a visit, an owner, a due date; the next level has to act when it passes (A04, DET-14)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from contracts.envelope import Event
from contracts.ids import ActorId, AreaCode, OpinionId
from contracts.relief.opinion import (
    Level,
    OpinionAnswered,
    OpinionAssigned,
    OpinionClosed,
    OpinionCollected,
    OpinionOutcome,
    OpinionOverdue,
    OpinionReopened,
    OpinionTopic,
)
from kit.store.model import ReleaseAll, SetTimer
from kit.testing import Given, given
from services.relief.domain.opinion import (
    AnswerOpinion,
    AssignOpinion,
    CloseOpinion,
    CollectOpinion,
    MissOpinion,
    Opinion,
    ReopenOpinion,
    Stage,
    index,
    opinion,
)
from tests.relief.discovery import DISTRICT, PLACE, TUESDAY, VISIT, at, campaign, completed, home, scheduled, uid

OPINION, OWNER, OTHER = OpinionId(uid(73)), ActorId("caseworker-3"), ActorId("caseworker-4")
FIRST, SECOND, THIRD = at(15), at(23), at(31)
"""Collected on Tuesday the 1st: 10 working days of the community to the 15th, 5 of the street to the 23rd, 5 of the district to the 31st."""

COLLECT = CollectOpinion(opinion_id=OPINION, visit_id=VISIT, area=PLACE, topic=OpinionTopic.ELDER_CARE, owner=OWNER)
ANSWER, TIMER = AnswerOpinion(opinion_id=OPINION), MissOpinion(opinion_id=OPINION)
ASSIGN, REOPEN = AssignOpinion(opinion_id=OPINION, owner=OTHER), ReopenOpinion(opinion_id=OPINION)
CLOSE = CloseOpinion(opinion_id=OPINION, outcome=OpinionOutcome.TAKEN_UP)
TAKEN_UP = OpinionClosed(opinion_id=OPINION, area=PLACE, outcome=OpinionOutcome.TAKEN_UP)
ASSIGNED = OpinionAssigned(opinion_id=OPINION, area=PLACE, owner=OTHER, due_at=FIRST)


def collected(level: Level = Level.COMMUNITY, area: AreaCode = PLACE, due_at: datetime = FIRST) -> OpinionCollected:
    return OpinionCollected(
        opinion_id=OPINION, visit_id=VISIT, area=area, topic=OpinionTopic.ELDER_CARE, owner=OWNER, level=level, due_at=due_at
    )


def overdue(missed_at: datetime, level: Level, due_at: datetime | None) -> OpinionOverdue:
    return OpinionOverdue(opinion_id=OPINION, area=PLACE, owner=OWNER, missed_at=missed_at, level=level, due_at=due_at)


def answered(*, late: bool = False, owner: ActorId = OWNER) -> OpinionAnswered:
    return OpinionAnswered(opinion_id=OPINION, area=PLACE, owner=owner, late=late)


TO_STREET, TO_DISTRICT = overdue(FIRST, Level.STREET, SECOND), overdue(SECOND, Level.DISTRICT, THIRD)
LAST = overdue(THIRD, Level.DISTRICT, None)


def facts(*events: Event) -> Given:
    return given(opinion, campaign(), *home(), completed(), *events)


@pytest.mark.parametrize(
    ("area", "level", "due_at"),
    [(PLACE, Level.COMMUNITY, FIRST), (AreaCode("440308003"), Level.STREET, at(8)), (DISTRICT, Level.DISTRICT, at(8))],
)
def test_an_opinion_has_a_visit_an_owner_and_a_due_date(area: AreaCode, level: Level, due_at: datetime) -> None:
    """A04: each level has its own working days."""
    facts().when(COLLECT.model_copy(update={"area": area})).then(collected(level, area, due_at))
    assert list(index(collected())) == [SetTimer("overdue", FIRST)]


def test_it_comes_from_a_visit_that_was_made() -> None:
    """A04."""
    given(opinion, scheduled()).when(COLLECT).refused("visit_not_made")
    given(opinion).when(COLLECT).refused("not_found")
    facts().when(COLLECT.model_copy(update={"area": AreaCode("990000")})).refused("area_unknown")


def test_another_owner_has_the_same_date() -> None:
    """A04."""
    facts(collected()).when(ASSIGN).then(ASSIGNED)
    facts(collected(), ASSIGNED).when(ASSIGN).then()
    facts(collected(), answered()).when(ASSIGN).refused("wrong_stage", stage=Stage.ANSWERED)
    assert opinion.fold([collected(), ASSIGNED]).owner == OTHER


def test_an_unanswered_opinion_goes_up_a_level_the_next_day() -> None:
    """A04, DET-14, ruling 16: community, street, district; each step has a date of its own, the last has none above it."""
    facts(collected()).when(TIMER, at=FIRST - timedelta(seconds=1)).then()
    facts(collected()).when(TIMER, at=FIRST).then(TO_STREET)
    facts(collected(), TO_STREET).when(TIMER, at=SECOND).then(TO_DISTRICT)
    facts(collected(), TO_STREET, TO_DISTRICT).when(TIMER, at=THIRD).then(LAST)
    facts(collected(), TO_STREET, TO_DISTRICT, LAST).when(TIMER, at=at(30, month=4)).then()
    assert list(index(TO_STREET)) == [SetTimer("overdue", SECOND)]
    assert list(index(LAST)) == [SetTimer("overdue", None)]


def test_an_answer_in_time_is_in_time_whenever_it_is_told() -> None:
    """A04, rulings 14 and 16: the last day counts until 24:00."""
    in_time = FIRST - timedelta(seconds=1)
    facts(collected()).when(ANSWER, at=in_time).then(answered())
    facts(collected(), TO_STREET).when(ANSWER, at=in_time).then(answered())
    assert list(index(answered())) == [SetTimer("overdue", None)]


def test_a_late_answer_tells_every_date_that_passed() -> None:
    """A04, DET-14: as many steps as the clock would have told."""
    facts(collected()).when(ANSWER, at=FIRST).then(TO_STREET, answered(late=True))
    facts(collected()).when(ANSWER, at=THIRD).then(TO_STREET, TO_DISTRICT, LAST, answered(late=True))
    facts(collected(), TO_STREET).when(ANSWER, at=FIRST).then(answered(late=True))
    facts(collected(), answered()).when(ANSWER).refused("wrong_stage")


def test_an_answered_opinion_is_closed_with_an_outcome() -> None:
    """A04."""
    facts(collected()).when(CLOSE).refused("wrong_stage", stage=Stage.OPEN)
    facts(collected(), answered()).when(CLOSE).then(TAKEN_UP)
    facts(collected(), answered(), TAKEN_UP).when(CLOSE).refused("wrong_stage")
    facts(collected(), answered(), TAKEN_UP).when(TIMER, at=THIRD).then()
    assert list(index(TAKEN_UP)) == [ReleaseAll()]


@pytest.mark.parametrize("history", [(answered(),), (answered(), TAKEN_UP), (TO_STREET, answered(late=True))])
def test_what_is_not_settled_is_due_anew(history: tuple[Event, ...]) -> None:
    """A04: reopened on Friday the 18th at the level it began at, due after ten working days more, in April."""
    again = OpinionReopened(opinion_id=OPINION, area=PLACE, owner=OWNER, level=Level.COMMUNITY, due_at=at(1, month=4))
    facts(collected(), *history).when(REOPEN, on=date(2022, 3, 18)).then(again)
    facts(collected(), *history, again).when(REOPEN).refused("wrong_stage")
    facts(collected(), *history, again).when(ANSWER, at=at(31)).then(answered())


def test_a_second_round_of_the_clock_begins_with_the_reopening() -> None:
    """A04: what was late before is not late again; Saturday the 2nd of April is worked, the 3rd to the 5th are off."""
    again = OpinionReopened(opinion_id=OPINION, area=PLACE, owner=OWNER, level=Level.COMMUNITY, due_at=at(1, month=4))
    story = (collected(), TO_STREET, answered(late=True), again)
    facts(*story).when(TIMER, at=at(1, month=4)).then(overdue(at(1, month=4), Level.STREET, at(12, month=4)))


def swept(story: list[Event], until: datetime) -> list[Event]:
    """The story after the sweeper has given every timer that was due by then."""
    while (due := opinion.fold(story).due_at) is not None and due <= until:
        story = [*story, *facts(*story).when(TIMER, at=due).events]
    return story


DAYS = st.integers(min_value=2, max_value=31)


@for_all(DAYS, DAYS)
def test_it_does_not_matter_when_the_sweeper_came_by(answered_on: int, swept_on: int) -> None:
    """A04, DET-14: the same end, each missed date once, and all that had passed at the answer."""
    instant = at(answered_on, 4)
    ends: list[Opinion] = []
    for story in (swept([collected()], at(swept_on, 4)), [collected()]):
        told = [*story, *facts(*story).when(ANSWER, at=instant).events]
        missed = [event.missed_at for event in told if isinstance(event, OpinionOverdue)]
        assert len(set(missed)) == len(missed)
        assert {due for due in (FIRST, SECOND, THIRD) if due <= instant} <= set(missed)
        ends.append(opinion.fold(told))
    assert ends[0] == ends[1]
    assert instant.date() > TUESDAY
