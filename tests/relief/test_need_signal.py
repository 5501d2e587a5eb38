"""A signal: kept, matched, verified, and the clock of its colour; nothing follows before somebody made sure (A07, B01, R-MON-07)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from contracts.envelope import Event
from contracts.ids import AssessmentId, HouseholdId, PersonId
from contracts.relief.household import HouseholdAssessed
from contracts.relief.need_assessment import AssessmentFinalised, AssessmentOpened, DimensionAnswered
from contracts.relief.need_signal import (
    DismissReason,
    NeedSignalClosed,
    NeedSignalDismissed,
    NeedSignalReceived,
    NeedSignalStale,
    SignalSource,
    Verification,
)
from contracts.terms import Dimension, NeedCategory, Urgency
from kit.store.model import ReleaseAll, SetTimer
from kit.testing import Given, given
from services.relief.domain.need_assessment import FinaliseAssessment, OpenAssessment, need_assessment
from services.relief.domain.need_signal import (
    CloseSignal,
    DismissSignal,
    GoStale,
    MatchSignal,
    ReceiveSignal,
    Stage,
    VerifySignal,
    need_signal,
)
from services.relief.domain.need_signal.state import index
from tests.relief.discovery import (
    HOME,
    MEDICAL,
    MOTHER,
    NEED,
    OTHER_HOME,
    PLACE,
    SIGNAL,
    STRANGER,
    at,
    home,
    matched,
    received,
    registered,
    stale,
    uid,
    verified,
)

ASSESSMENT = AssessmentId(uid(5))
DUE = at(2)
"""Orange, of Tuesday the 1st of March: one working day, to Wednesday 24:00."""

IN_TIME = DUE - timedelta(seconds=1)
VERIFY, TIMER = VerifySignal(signal_id=SIGNAL, verification=Verification.ON_SITE), GoStale(signal_id=SIGNAL)
DISMISS = DismissSignal(signal_id=SIGNAL, reason=DismissReason.NOT_IN_NEED)


def dismissed(*, late: bool = False) -> NeedSignalDismissed:
    return NeedSignalDismissed(signal_id=SIGNAL, area=PLACE, reason=DismissReason.NOT_IN_NEED, late=late)


def facts(*events: Event) -> Given:
    return given(need_signal, *home(), *events)


# --- receiving and its clock ---


@pytest.mark.parametrize(
    ("urgency", "due_at"),
    [
        (Urgency.RED, at(1, 8)),
        (Urgency.ORANGE, DUE),
        (Urgency.YELLOW, at(8)),
        (Urgency.BLUE, at(29)),
    ],
)
def test_a_signal_is_kept_and_its_colour_sets_the_clock(urgency: Urgency, due_at: datetime) -> None:
    """B01, R-MON-07: red 4 hours, orange 1, yellow 5, blue 20 working days, counted from noon of the 1st of March."""
    ask = ReceiveSignal(signal_id=SIGNAL, source=SignalSource.GRID, category=NeedCategory.LIVING, area=PLACE, urgency=urgency)
    facts().when(ask).then(received(urgency, due_at))
    assert list(index(received(urgency, due_at))) == [SetTimer("go-stale", due_at)]


def test_a_signal_that_matches_nobody_is_kept_and_ages_into_the_stale_list() -> None:
    """B01: it cannot be verified before somebody is found, so its clock runs out; after that it may still be matched."""
    nobody = facts(received())
    nobody.when(VERIFY).refused("not_matched")
    nobody.when(TIMER, at=IN_TIME).refused("not_due")
    nobody.when(TIMER, at=DUE).then(stale())
    facts(received(), stale()).when(TIMER, at=DUE).then()
    found = MatchSignal(signal_id=SIGNAL, person_id=MOTHER, household_id=HOME)
    facts(received(), stale()).when(found, on=date(2022, 3, 9)).then(matched())


def test_a_match_names_a_person_or_a_household_that_fit() -> None:
    """B01, ruling 4: a match may be made in steps and corrected; the same match again changes nothing."""
    some = facts(received())
    some.when(MatchSignal(signal_id=SIGNAL)).refused("nobody_named")
    some.when(MatchSignal(signal_id=SIGNAL, person_id=STRANGER)).then(matched(STRANGER, None))
    some.when(MatchSignal(signal_id=SIGNAL, person_id=STRANGER, household_id=HOME)).refused("not_a_member")
    some.when(MatchSignal(signal_id=SIGNAL, household_id=HouseholdId(uid(99)))).refused("not_found")
    facts(received(), matched(MOTHER, None)).when(MatchSignal(signal_id=SIGNAL, household_id=HOME)).then(matched(None, HOME))
    facts(received(), matched()).when(MatchSignal(signal_id=SIGNAL, person_id=MOTHER)).then()
    facts(received(), matched()).when(MatchSignal(signal_id=SIGNAL, person_id=STRANGER)).refused("not_a_member")
    facts(received(), dismissed()).when(MatchSignal(signal_id=SIGNAL, person_id=MOTHER)).refused("wrong_stage")


# --- acting on it ---


@pytest.mark.parametrize("by", list(Verification))
def test_somebody_makes_sure_on_site_or_remotely(by: Verification) -> None:
    """A07."""
    facts(received(), matched()).when(VerifySignal(signal_id=SIGNAL, verification=by)).then(verified(by=by))
    facts(received(), matched(), verified()).when(VERIFY).refused("wrong_stage", stage=Stage.VERIFIED)
    assert list(index(verified())) == [SetTimer("go-stale", None)]


def test_acting_in_time_counts_whenever_it_is_told() -> None:
    """R-MON-07, ruling 14: the clock may have gone before the news came."""
    facts(received(), matched(), stale()).when(VERIFY, at=IN_TIME).then(verified())
    assert not need_signal.fold([received(), matched(), stale(), verified()]).is_stale


def test_acting_late_tells_that_it_was_stale() -> None:
    """B01, R-MON-07: once, whoever came first."""
    facts(received(), matched()).when(VERIFY, at=DUE).then(stale(), verified(late=True))
    facts(received(), matched(), stale()).when(VERIFY, at=DUE).then(verified(late=True))
    facts(received()).when(DISMISS, at=DUE).then(stale(), dismissed(late=True))
    facts(received(), matched(), verified()).when(TIMER, at=DUE).then()


def test_a_limit_in_hours_includes_its_last_instant() -> None:
    """R-MON-07, ruling 16: red, four hours."""
    limit = at(1, 8)
    red = facts(received(Urgency.RED, limit), matched())
    red.when(VERIFY, at=limit).then(verified())
    red.when(VERIFY, at=limit + timedelta(microseconds=1)).then(stale(limit, Urgency.RED), verified(late=True))


@pytest.mark.parametrize("history", [(), (matched(),), (matched(), verified()), (stale(),)])
def test_it_is_dismissed_with_a_reason_at_any_step(history: tuple[Event, ...]) -> None:
    """SG-01, B01."""
    facts(received(), *history).when(DISMISS).then(dismissed())
    facts(received(), *history, dismissed()).when(DISMISS).refused("wrong_stage")
    assert list(index(dismissed())) == [ReleaseAll()]


def test_it_is_closed_with_the_need_it_led_to() -> None:
    """B01, A07: only after it was verified, and by a need of its household."""
    ask = CloseSignal(signal_id=SIGNAL, need_id=NEED)
    led_to = NeedSignalClosed(signal_id=SIGNAL, area=PLACE, need_id=NEED)
    facts(received(), matched(), registered(MEDICAL)).when(ask).refused("wrong_stage")
    facts(received(), matched(), verified(), registered(MEDICAL)).when(ask).then(led_to)
    facts(received(), matched(), verified(), registered(MEDICAL, OTHER_HOME)).when(ask).refused("other_household")
    facts(received(), matched(), verified()).when(ask).refused("not_found")


# --- what it leads to ---


OPEN = OpenAssessment(assessment_id=ASSESSMENT, household_id=HOME, signal_id=SIGNAL)
OPENED = AssessmentOpened(assessment_id=ASSESSMENT, household_id=HOME, signal_id=SIGNAL)
NONE = [DimensionAnswered(assessment_id=ASSESSMENT, dimension=dimension) for dimension in Dimension]
FINAL = AssessmentFinalised(assessment_id=ASSESSMENT, household_id=HOME)
ASSESSED = HouseholdAssessed(household_id=HOME, assessment_id=ASSESSMENT, needs=0)


def test_no_signal_becomes_an_assessment_before_somebody_made_sure() -> None:
    """A07, SG-01: and of no other household than it is about."""
    base = given(need_assessment, *home(), *home(OTHER_HOME, (STRANGER,)))
    base.when(OPEN).refused("not_found")
    data = NeedSignalReceived(
        signal_id=SIGNAL, source=SignalSource.DATA, category=NeedCategory.LIVING, urgency=Urgency.ORANGE, area=PLACE, due_at=DUE
    )
    known = given(need_assessment, *home(), *home(OTHER_HOME, (STRANGER,)), data, matched())
    known.when(OPEN).refused("signal_not_verified", stage=Stage.RECEIVED)
    known.facts([verified()])
    known.when(OPEN).then(OPENED)
    known.when(OPEN.model_copy(update={"household_id": OTHER_HOME})).refused("other_household")
    known.facts([dismissed()])
    known.when(OPEN).refused("signal_not_verified", stage=Stage.DISMISSED)


def test_the_final_assessment_closes_its_signal() -> None:
    """SG-01: in the same append; one that was dismissed meanwhile stays dismissed."""
    closed = NeedSignalClosed(signal_id=SIGNAL, area=PLACE, assessment_id=ASSESSMENT)
    ask = FinaliseAssessment(assessment_id=ASSESSMENT)
    story = [*home(), received(), matched(), verified(), OPENED, *NONE]
    given(need_assessment, *story).when(ask).then(FINAL, ASSESSED, closed)
    given(need_assessment, *story, dismissed()).when(ask).then(FINAL, ASSESSED)


Act = VerifySignal | DismissSignal


@for_all(
    st.sampled_from(list(Urgency)),
    st.sampled_from([VERIFY, DISMISS]),
    st.timedeltas(timedelta(0), timedelta(days=40)),
    st.sampled_from([None, PersonId(uid(500))]),
)
def test_it_does_not_matter_whether_the_clock_went_first(urgency: Urgency, act: Act, after: timedelta, person: PersonId | None) -> None:
    """B01, R-MON-07: the same end, one breach at most, and exactly one when the act came late."""
    limits = {Urgency.RED: at(1, 8), Urgency.ORANGE: DUE, Urgency.YELLOW: at(8), Urgency.BLUE: at(29)}
    due, instant = limits[urgency], at(1, 4) + after
    begun: list[Event] = [received(urgency, due, person_id=person)]
    ends = []
    for order in ((act, TIMER), (TIMER, act)):
        story = list(begun)
        for command in order:
            story += facts(*story).when(command, at=due if command is TIMER else instant).events
        breaches = sum(isinstance(event, NeedSignalStale) for event in story)
        late = instant > due if urgency is Urgency.RED else instant >= due
        acted = act is DISMISS or person is not None
        assert breaches == 1 if late or not acted else breaches <= 1
        ends.append(need_signal.fold(story))
    assert ends[0] == ends[1]
