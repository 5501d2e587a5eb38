"""Donors' questions: answered within twenty days, or late on record once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from contracts.charity.donor_query import DonorQueryAnswered, DonorQueryOverdue, DonorQueryReceived, QueryTopic
from contracts.ids import DonorId, DonorQueryId, NoteRef
from kit.store.model import SetTimer
from kit.testing import given
from services.charity.domain.donation import donation
from services.charity.domain.donor_query import AnswerQuery, MarkQueryOverdue, ReceiveQuery, donor_query, index
from tests.charity.facts import DAY, DONOR, GIFT, received, uuid

QUERY = DonorQueryId(uuid(0xCA))
NOTE = NoteRef(uuid(0xC5))
DUE = datetime(2022, 3, 21, 16, tzinfo=UTC)
"""Twenty days after the 1st of March end with the 21st, at midnight in Shanghai."""
ASKED = DonorQueryReceived(query_id=QUERY, donor_id=DONOR, topic=QueryTopic.USE, received_on=DAY, due_at=DUE, donation_id=GIFT)
LATE = DonorQueryOverdue(query_id=QUERY, donor_id=DONOR, due_at=DUE)
ANSWER, OVERDUE = AnswerQuery(query_id=QUERY, answer=NOTE), MarkQueryOverdue(query_id=QUERY)
INSTANT = timedelta(seconds=1)


def answered(on: date, *, in_time: bool) -> DonorQueryAnswered:
    return DonorQueryAnswered(query_id=QUERY, donor_id=DONOR, answered_on=on, in_time=in_time, answer=NOTE)


def test_a_question_is_due_in_twenty_days() -> None:
    """R-CHA-11, ruling 16: the day it came is not counted, the 21st of March is in time to its end; a question in general names no gift."""
    ask = ReceiveQuery(query_id=QUERY, donor_id=DONOR, topic=QueryTopic.USE, donation_id=GIFT)
    given(donor_query).also(donation, received(100)).when(ask, on=DAY).then(ASKED)
    general = ReceiveQuery(query_id=QUERY, donor_id=DONOR, topic=QueryTopic.PROJECT, question=NOTE)
    told = DonorQueryReceived(
        query_id=QUERY, donor_id=DONOR, topic=QueryTopic.PROJECT, received_on=DAY, due_at=DUE, donation_id=None, question=NOTE
    )
    given(donor_query).when(general, on=DAY).then(told)
    assert list(index(ASKED)) == [SetTimer("overdue", DUE)]


def test_nobody_asks_about_the_gift_of_another() -> None:
    """R-CHA-11, R-CHA-09: a donor sees the own gift only."""
    ask = ReceiveQuery(query_id=QUERY, donor_id=DonorId(uuid(0xDA)), topic=QueryTopic.USE, donation_id=GIFT)
    given(donor_query).also(donation, received(100)).when(ask, on=DAY).refused("not_the_donor")
    given(donor_query).when(ask, on=DAY).refused("not_found")


def test_an_answer_on_the_last_day_is_in_time_and_one_after_it_tells_the_breach() -> None:
    """R-CHA-11, ruling 16: at the last second, and at midnight."""
    open_one = given(donor_query, ASKED)
    open_one.when(ANSWER, at=DUE - INSTANT).then(answered(date(2022, 3, 21), in_time=True))
    open_one.when(ANSWER, at=DUE).then(LATE, answered(date(2022, 3, 22), in_time=False))
    given(donor_query, ASKED, LATE).when(ANSWER, at=DUE).then(answered(date(2022, 3, 22), in_time=False))
    given(donor_query, ASKED, answered(DAY, in_time=True)).when(ANSWER, at=DUE).refused("already_answered", answered_on="2022-03-01")


def test_the_clock_tells_an_unanswered_question_once() -> None:
    """R-CHA-11: at its instant and not before; moot after an answer; the timer ends with either."""
    given(donor_query, ASKED).when(OVERDUE, at=DUE - INSTANT).refused("not_yet")
    given(donor_query, ASKED).when(OVERDUE, at=DUE).then(LATE)
    given(donor_query, ASKED, LATE).when(OVERDUE, at=DUE).then()
    given(donor_query, ASKED, answered(DAY, in_time=True)).when(OVERDUE, at=DUE).then()
    assert [list(index(event)) for event in (LATE, answered(DAY, in_time=True))] == [[SetTimer("overdue", None)]] * 2


@pytest.mark.parametrize("clock_first", [True, False])
def test_an_answer_given_in_time_and_told_after_the_clock_is_in_time(clock_first: bool) -> None:
    """R-CHA-11, ruling 16: it counts by when it was given, whether or not the clock had spoken."""
    before = [ASKED, LATE] if clock_first else [ASKED]
    given(donor_query, *before).when(ANSWER, at=DUE - INSTANT).then(answered(date(2022, 3, 21), in_time=True))


@forall(st.integers(0, 60))
def test_every_question_has_one_outcome_whoever_was_first(days: int) -> None:
    """R-CHA-11: the breach is told exactly when the answer was late, once, whether the clock came before the answer or never."""
    when = datetime(2022, 3, 1, 4, tzinfo=UTC) + timedelta(days=days)
    alone = given(donor_query, ASKED).when(ANSWER, at=when).events
    clock = given(donor_query, ASKED).when(OVERDUE, at=max(when, DUE)).events if when >= DUE else []
    after = given(donor_query, ASKED, *clock).when(ANSWER, at=when).events
    assert [*clock, *after] == alone
    assert sum(isinstance(event, DonorQueryOverdue) for event in alone) == (when >= DUE)
