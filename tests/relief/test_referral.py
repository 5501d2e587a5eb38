"""A referral's states and clocks (section 3.5, rulings 14 and 15). Answers count by the time they were given."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.envelope import Event
from contracts.ids import HouseholdId, NeedId, ReferralId
from contracts.relief.need import NeedClosed, UnmetNeedRecorded, UnmetReason
from contracts.relief.referral import (
    DeclineReason,
    Follow,
    Progress,
    ReferralClosed,
    ReferralCovered,
    ReferralEscalated,
    ReferralExpired,
    ReferralLevel,
    ReferralProgressNoted,
    ReferralProposed,
    ReferralReopened,
    ReferralReturned,
    ReferralSent,
    ReferralServiceStarted,
    ReferralStage,
    ReferralTaken,
    ReferralTurnedDown,
    ReferralWithdrawn,
)
from contracts.terms import ClosingCode, Layer, Measure, NeedCategory, Receiver, Scheme, Urgency
from kit.command import Command
from kit.identity import Role
from kit.reaction import household_subject
from kit.store.model import Link, ReleaseAll, SetTimer
from kit.testing import Given, given, id_for, noon
from kit.timers import timer_command
from services.relief.domain.need import need
from services.relief.domain.referral import (
    CloseReferral,
    CoverReferral,
    ExpireReferral,
    NoteProgress,
    ProposeReferral,
    ReferralEvent,
    ReopenReferral,
    ReturnReferral,
    SendReferral,
    StartService,
    TakeReferral,
    TurnDownReferral,
    WithdrawReferral,
    referral,
)
from tests.relief.family import HOME, NEED, line, need_of, uid

REFERRAL = ReferralId(uid(6))
TUESDAY = date(2022, 3, 1)
SEND_BY = datetime(2022, 3, 2, 16, tzinfo=UTC)  # one working day
ANSWER_BY = datetime(2022, 3, 4, 16, tzinfo=UTC)  # three working days: Friday, 24:00 in Shanghai
IN_TIME, LATE = ANSWER_BY - timedelta(seconds=1), ANSWER_BY
NO_FUNDS = DeclineReason.NO_FUNDS


def at(day: int, hour: int = 16, month: int = 3) -> datetime:
    """An instant of 2022 in UTC; 16:00 is midnight in Shanghai."""
    return datetime(2022, month, day, hour, tzinfo=UTC)


def proposed(
    referral_id: ReferralId = REFERRAL,
    *,
    residual: int = 24_120_00,
    receiver: Receiver = Receiver.CHARITY,
    urgency: Urgency = Urgency.YELLOW,
    send_by: datetime = SEND_BY,
) -> ReferralProposed:
    return ReferralProposed(
        referral_id=referral_id,
        household_id=HOME,
        need_id=NEED,
        category=NeedCategory.MEDICAL,
        receiver=receiver,
        urgency=urgency,
        residual=residual,
        send_by=send_by,
    )


def sent(*, residual: int = 24_120_00, urgency: Urgency = Urgency.YELLOW, answer_by: datetime = ANSWER_BY) -> ReferralSent:
    return ReferralSent(
        referral_id=REFERRAL,
        household_id=HOME,
        need_id=NEED,
        category=NeedCategory.MEDICAL,
        receiver=Receiver.CHARITY,
        urgency=urgency,
        residual=residual,
        answer_by=answer_by,
    )


def taken(plan_by: datetime) -> ReferralTaken:
    return ReferralTaken(referral_id=REFERRAL, household_id=HOME, plan_by=plan_by)


def noted(note_by: date, progress: Progress = Progress.ON_COURSE, *, keeps_date: bool = False) -> ReferralProgressNoted:
    return ReferralProgressNoted(referral_id=REFERRAL, household_id=HOME, progress=progress, note_by=note_by, keeps_date=keeps_date)


def escalated(stage: ReferralStage, level: ReferralLevel, late_since: datetime, next_due: datetime | None) -> ReferralEscalated:
    return ReferralEscalated(referral_id=REFERRAL, household_id=HOME, stage=stage, level=level, late_since=late_since, next_due=next_due)


def turned_down(reroute_by: datetime) -> ReferralTurnedDown:
    return ReferralTurnedDown(referral_id=REFERRAL, household_id=HOME, reason=NO_FUNDS, reroute_by=reroute_by)


def returned(reroute_by: datetime) -> ReferralReturned:
    return ReferralReturned(referral_id=REFERRAL, household_id=HOME, reason=NO_FUNDS, reroute_by=reroute_by)


def closed(
    code: ClosingCode,
    *,
    follow: Follow | None = None,
    replaced_by: str | None = None,
    reopen_until: date | None = date(2022, 3, 31),
) -> ReferralClosed:
    return ReferralClosed(
        referral_id=REFERRAL,
        household_id=HOME,
        need_id=NEED,
        code=code,
        follow=follow,
        replaced_by=ReferralId(replaced_by) if replaced_by else None,
        reopen_until=reopen_until,
    )


EXPIRED = ReferralExpired(referral_id=REFERRAL, household_id=HOME)
TO_STREET = escalated(ReferralStage.EXPIRED, ReferralLevel.STREET, ANSWER_BY, at(7))  # Saturday 00:00, so by the end of Monday
TO_DISTRICT = escalated(ReferralStage.EXPIRED, ReferralLevel.DISTRICT, at(7), at(9))
TO_BUREAU = escalated(ReferralStage.EXPIRED, ReferralLevel.BUREAU, at(9), None)
RAN_OUT = (EXPIRED, TO_STREET)
WITHDRAWN = ReferralWithdrawn(referral_id=REFERRAL, household_id=HOME)
STARTED = ReferralServiceStarted(referral_id=REFERRAL, household_id=HOME, note_by=date(2022, 3, 31))
REOPENED = ReferralReopened(referral_id=REFERRAL, household_id=HOME, send_by=SEND_BY)
TAKEN, TURNED_DOWN, RETURNED = taken(at(9)), turned_down(at(3)), returned(at(3))
NEED_CLOSED = NeedClosed(need_id=NEED, household_id=HOME, code=ClosingCode.DECEASED)
TAKE = TakeReferral(referral_id=REFERRAL)
TURN_DOWN = TurnDownReferral(referral_id=REFERRAL, reason=NO_FUNDS)
EXPIRE = ExpireReferral(referral_id=REFERRAL)
SEND = SendReferral(referral_id=REFERRAL)
REOPEN = ReopenReferral(referral_id=REFERRAL)
NOTE = NoteProgress(referral_id=REFERRAL, progress=Progress.ON_COURSE)


def unmet(reason: UnmetReason, residual: int = 24_120_00) -> UnmetNeedRecorded:
    return UnmetNeedRecorded(
        need_id=NEED, household_id=HOME, category=NeedCategory.MEDICAL, residual=residual, reason=reason, referral_id=REFERRAL
    )


def facts(*events: Event, gross: int = 24_120_00, covered: int = 0) -> Given:
    """A referral with a history, of a need with a residual."""
    lines = [line(40, Layer.CHARITY, Scheme.CHARITY, covered)] if covered else []
    return given(referral, *events, need_of(gross), *lines)


def close_as(code: ClosingCode, follow: Follow | None = None, receiver: Receiver | None = None) -> CloseReferral:
    return CloseReferral(referral_id=REFERRAL, code=code, follow=follow, receiver=receiver)


# --- proposing and sending ---


def test_a_need_with_a_residual_is_proposed_and_sent_within_a_working_day() -> None:
    """Section 3.5: the need gives category, residual and urgency."""
    ask = ProposeReferral(referral_id=REFERRAL, household_id=HOME, need_id=NEED, receiver=Receiver.CHARITY)
    given(referral, need_of(24_120_00)).when(ask).then(proposed())
    urgent = ProposeReferral(**{**ask.model_dump(), "urgency": Urgency.RED})
    given(referral, need_of(24_120_00)).when(urgent).then(proposed(urgency=Urgency.RED))


@pytest.mark.parametrize(
    ("need_id", "household_id", "code"),
    [(NEED, HouseholdId(uid(99)), "other_household"), (NeedId(uid(98)), HOME, "not_found")],
)
def test_a_referral_is_of_a_need_of_that_household(need_id: NeedId, household_id: HouseholdId, code: str) -> None:
    """Ruling 4."""
    ask = ProposeReferral(referral_id=REFERRAL, household_id=household_id, need_id=need_id, receiver=Receiver.CHARITY)
    given(referral, need_of(1_00)).when(ask).refused(code)


def test_nobody_is_asked_when_nothing_is_open() -> None:
    """Section 3.5 step 4: if residual > 0."""
    ask = ProposeReferral(referral_id=REFERRAL, household_id=HOME, need_id=NEED, receiver=Receiver.CHARITY)
    given(referral, need_of(1_00), line(40, Layer.SPECIAL, Scheme.MEDICAL_AID, 1_00)).when(ask).refused("nothing_left")
    given(referral, need_of(1_00), NEED_CLOSED).when(ask).refused("need_closed")
    facts(proposed(), covered=24_120_00).when(SEND).refused("nothing_left")


@pytest.mark.parametrize(
    ("urgency", "at_instant", "answer_by"),
    [
        (Urgency.RED, at(30, 23, month=9), at(1, 3, month=10)),  # 07:00 on National Day: four hours, day and night
        (Urgency.ORANGE, at(1, 2, month=4), at(2, month=4)),  # Saturday 2022-04-02 is worked
        (Urgency.YELLOW, at(1, 4), ANSWER_BY),
        (Urgency.BLUE, at(1, 4), ANSWER_BY),
    ],
)
def test_the_answers_clock_starts_when_it_is_sent(urgency: Urgency, at_instant: datetime, answer_by: datetime) -> None:
    """Ruling 14: red 4 h, orange 1 WD, yellow and blue 3 WD."""
    later = at_instant + timedelta(days=1)
    facts(proposed(urgency=urgency, send_by=later)).when(SEND, at=at_instant).then(sent(urgency=urgency, answer_by=answer_by))


def test_what_is_open_now_is_what_the_receiver_is_asked_for() -> None:
    """Section 3.5 step 6: each delivery re-computes the residual."""
    facts(proposed(), covered=20_000_00).when(SEND).then(sent(residual=4_120_00))


def test_a_referral_is_sent_once() -> None:
    """Ruling 15."""
    facts(proposed(), sent()).when(SEND).refused("wrong_stage", stage=ReferralStage.SENT)


@pytest.mark.parametrize("history", [(proposed(),), (proposed(), sent())])
def test_the_sender_may_take_it_back_before_an_answer(history: tuple[Event, ...]) -> None:
    """Ruling 15."""
    facts(*history).when(WithdrawReferral(referral_id=REFERRAL)).then(WITHDRAWN)


@pytest.mark.parametrize("last", [TAKEN, TURNED_DOWN, EXPIRED])
def test_an_answered_or_expired_referral_is_not_taken_back(last: Event) -> None:
    """Ruling 15: it stays open until relief closes it."""
    facts(proposed(), sent(), last).when(WithdrawReferral(referral_id=REFERRAL), at=LATE).refused("wrong_stage")


# --- answers and the clock ---


def test_an_acceptance_asks_for_a_plan_within_five_working_days() -> None:
    """Section 3.5: Wednesday the 2nd, so by the end of the 9th."""
    facts(proposed(), sent()).when(TAKE, on=date(2022, 3, 2)).then(taken(at(9)))


def test_a_no_asks_for_another_way_within_one_working_day() -> None:
    """Section 3.5: Wednesday the 2nd, so by the end of the 3rd."""
    facts(proposed(), sent()).when(TURN_DOWN, on=date(2022, 3, 2)).then(TURNED_DOWN)


def test_an_answer_given_in_time_counts_although_it_arrives_after_the_expiry() -> None:
    """Ruling 14."""
    for ran_out in (RAN_OUT, (*RAN_OUT, TO_DISTRICT), (*RAN_OUT, TO_DISTRICT, TO_BUREAU)):
        facts(proposed(), sent(), *ran_out).when(TAKE, at=IN_TIME).then(taken(at(11)))
    facts(proposed(), sent(), *RAN_OUT).when(TURN_DOWN, at=IN_TIME).then(turned_down(at(7)))


def test_an_answer_after_the_deadline_is_an_expiry_whichever_arrives_first() -> None:
    """Rulings 14 and 16: working days end at 24:00, which is the breach."""
    for answer in (TAKE, TURN_DOWN):
        facts(proposed(), sent()).when(answer, at=LATE).then(*RAN_OUT)
        facts(proposed(), sent(), *RAN_OUT).when(answer, at=LATE).then()


def test_a_limit_in_hours_includes_its_last_instant() -> None:
    """Ruling 16: the limit itself is still in time."""
    due = at(1, 8)
    red = (proposed(urgency=Urgency.RED), sent(urgency=Urgency.RED, answer_by=due))
    facts(*red).when(TAKE, at=due).then(taken(at(8)))
    street = escalated(ReferralStage.EXPIRED, ReferralLevel.STREET, due, at(1, 12))  # each level has four hours
    facts(*red).when(TAKE, at=due + timedelta(microseconds=1)).then(EXPIRED, street)
    facts(*red, EXPIRED, street).when(close_as(ClosingCode.NO_SUPPLY, Follow.CASE_CONFERENCE), at=at(1, 12)).then(
        closed(ClosingCode.NO_SUPPLY, follow=Follow.CASE_CONFERENCE)
    )


def test_an_answer_in_time_to_a_referral_already_re_routed_is_a_duplicate() -> None:
    """Ruling 14: the receiver is told, once."""
    gone = closed(ClosingCode.NO_SUPPLY, follow=Follow.NEW_REFERRAL, replaced_by=uid(7))
    told = closed(ClosingCode.DUPLICATE, follow=Follow.NEW_REFERRAL, replaced_by=uid(7), reopen_until=None)
    facts(proposed(), sent(), EXPIRED, gone).when(TAKE, at=IN_TIME).then(told)
    facts(proposed(), sent(), EXPIRED, gone, told).when(TAKE, at=IN_TIME).then()
    facts(proposed(), sent(), EXPIRED, gone).when(TAKE, at=LATE).then()


@pytest.mark.parametrize("follow", [Follow.UNMET_NEED, Follow.CASE_CONFERENCE])
def test_an_acceptance_in_time_opens_again_what_was_given_up(follow: Follow) -> None:
    """Ruling 14: it counts unless the referral was re-routed."""
    gone = closed(ClosingCode.NO_SUPPLY, follow=follow)
    reopened = replace(REOPENED, send_by=at(7))
    facts(proposed(), sent(), *RAN_OUT, gone).when(TAKE, at=IN_TIME).then(reopened, taken(at(11)))


def test_an_acceptance_of_what_ended_otherwise_changes_nothing() -> None:
    """Ruling 15: the closing or withdrawal has already told the receiver."""
    facts(proposed(), sent(), WITHDRAWN).when(TAKE, at=IN_TIME).then()
    facts(proposed(), sent(), EXPIRED, closed(ClosingCode.DECEASED)).when(TAKE, at=IN_TIME).then()


def test_a_repeated_answer_changes_nothing() -> None:
    """Ruling 13 of the design: redelivery is harmless."""
    facts(proposed(), sent(), TAKEN).when(TAKE, at=IN_TIME).then()
    facts(proposed(), sent(), TAKEN, STARTED).when(TAKE, at=IN_TIME).then()
    facts(proposed(), sent(), turned_down(at(7))).when(TURN_DOWN, at=IN_TIME).then()


def test_an_answer_that_contradicts_the_story_is_refused() -> None:
    """Section 3.5: nobody answers what was not sent, or says yes after a no."""
    facts(proposed()).when(TAKE).refused("wrong_stage", stage=ReferralStage.PROPOSED)
    facts(proposed()).when(TURN_DOWN).refused("wrong_stage", stage=ReferralStage.PROPOSED)
    facts(proposed(), sent(), turned_down(at(7))).when(TAKE, at=IN_TIME).refused("wrong_stage", stage=ReferralStage.DECLINED)


def test_a_no_after_a_yes_gives_the_referral_back() -> None:
    """Ruling 15: returned = declined after acceptance."""
    on = date(2022, 3, 2)
    facts(proposed(), sent(), TAKEN).when(TURN_DOWN, on=on).then(RETURNED)
    facts(proposed(), sent(), TAKEN, STARTED).when(TURN_DOWN, on=on).then(RETURNED)
    back = ReturnReferral(referral_id=REFERRAL, reason=NO_FUNDS)
    facts(proposed(), sent(), TAKEN).when(back, on=on).then(RETURNED)
    facts(proposed(), sent()).when(back, on=on).refused("wrong_stage")


def test_nobody_answered_in_time() -> None:
    """Section 3.5: by the timer or by hand, not before the deadline."""
    facts(proposed(), sent()).when(EXPIRE, at=IN_TIME).refused("not_due", answer_by=ANSWER_BY.isoformat())
    facts(proposed(), sent()).when(EXPIRE, at=ANSWER_BY).then(*RAN_OUT)


@pytest.mark.parametrize("last", [TAKEN, TURNED_DOWN, EXPIRED, WITHDRAWN])
def test_a_timer_that_comes_too_late_changes_nothing(last: Event) -> None:
    """The answer was first."""
    facts(proposed(), sent(), last).when(EXPIRE, at=LATE).then()


def test_a_service_owes_a_note_each_thirty_days() -> None:
    """Section 3.5: the 1st of March and 30 days."""
    facts(proposed(), sent(), TAKEN).when(StartService(referral_id=REFERRAL), on=TUESDAY).then(STARTED)
    facts(proposed(), sent()).when(StartService(referral_id=REFERRAL)).refused("wrong_stage")


def test_each_note_asks_for_the_next_within_thirty_days() -> None:
    """Section 3.5: noted on the 29th of March, a day or two early, and on the 5th of April, too late; 30 days later each."""
    at_work = facts(proposed(), sent(), TAKEN, STARTED)
    at_work.when(NOTE, on=date(2022, 3, 29)).then(noted(date(2022, 4, 28)))
    blocked = NoteProgress(referral_id=REFERRAL, progress=Progress.BLOCKED)
    late = escalated(ReferralStage.IN_SERVICE, ReferralLevel.STREET, at(31), at(2, month=4))  # Saturday 2 April is worked
    further = escalated(ReferralStage.IN_SERVICE, ReferralLevel.DISTRICT, at(2, month=4), at(6, month=4))
    at_work.when(blocked, on=date(2022, 4, 5)).then(late, further, noted(date(2022, 5, 5), Progress.BLOCKED))


def test_a_note_typed_in_late_does_not_move_the_next_one_back() -> None:
    """Section 3.5: the talk of the 10th of March is recorded after the note of the 29th, which asked for the 28th of April."""
    later = noted(date(2022, 4, 28))
    again = facts(proposed(), sent(), TAKEN, STARTED, later).when(NOTE, on=date(2022, 3, 10)).then(replace(later, keeps_date=True))
    assert list(referral.index(again.events[0])) == []


def test_an_old_talk_cures_no_missing_note() -> None:
    """Section 3.5: what is told of the first day of work does not answer for the month after it; who sees to it stays."""
    late = escalated(ReferralStage.IN_SERVICE, ReferralLevel.STREET, at(31), at(2, month=4))
    story = [proposed(), sent(), TAKEN, STARTED, late]
    outcome = facts(*story).when(NOTE, on=TUESDAY).then(noted(date(2022, 3, 31), keeps_date=True))
    assert referral.fold([*story, *outcome.events]) == referral.fold(story)


@pytest.mark.parametrize("last", [sent(), TAKEN, RETURNED, closed(ClosingCode.MET)])
def test_only_work_under_way_is_noted(last: Event) -> None:
    """Section 3.5: notes belong to `in_service`."""
    facts(proposed(), sent(), last).when(NOTE).refused("wrong_stage")


def test_coverage_that_comes_back_is_known_in_any_stage() -> None:
    """Ruling 15: closing asks for it, and a payment may overtake or follow a closing."""
    covered = ReferralCovered(referral_id=REFERRAL, household_id=HOME, amount=4_120_00)
    news = CoverReferral(referral_id=REFERRAL, amount=4_120_00)
    for last in (TAKEN, EXPIRED, closed(ClosingCode.MET)):
        facts(proposed(), sent(), last).when(news).then(covered)
    facts(proposed()).when(news).refused("wrong_stage")


# --- closing ---


def test_met_is_said_only_when_the_needs_own_facts_agree() -> None:
    """Ruling 15."""
    history = (proposed(), sent(), TAKEN)
    facts(*history).when(close_as(ClosingCode.MET)).refused("not_met", residual=24_120_00)
    facts(*history, covered=24_120_00).when(close_as(ClosingCode.MET)).then(closed(ClosingCode.MET))


def test_partly_met_is_said_only_when_something_was_covered() -> None:
    """Ruling 15: residual carried."""
    history = (proposed(), sent(), TAKEN, STARTED)
    facts(*history).when(close_as(ClosingCode.PARTLY_MET)).refused("nothing_covered")
    facts(*history, covered=20_000_00).when(close_as(ClosingCode.PARTLY_MET)).then(closed(ClosingCode.PARTLY_MET))
    paid = ReferralCovered(referral_id=REFERRAL, household_id=HOME, amount=1_00)
    facts(*history, paid).when(close_as(ClosingCode.PARTLY_MET)).then(closed(ClosingCode.PARTLY_MET))


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        ((TURNED_DOWN,), UnmetReason.NO_FUNDS),
        ((TAKEN, RETURNED), UnmetReason.NO_FUNDS),
        (RAN_OUT, UnmetReason.NO_ANSWER),
    ],
)
def test_a_referral_that_brought_no_help_may_not_simply_end(last: tuple[Event, ...], reason: UnmetReason) -> None:
    """Section 3.5: a new referral, a conference item or an explicit unmet need, which is a fact of the need with its reason."""
    on, until = date(2022, 3, 5), date(2022, 4, 4)
    case = facts(proposed(), sent(), *last)
    for code in set(ClosingCode) - {ClosingCode.MET, ClosingCode.PARTLY_MET}:
        case.when(close_as(code), on=on).refused("follow_missing", residual=24_120_00)
    given_up = closed(ClosingCode.NO_SUPPLY, follow=Follow.UNMET_NEED, reopen_until=until)
    assert case.when(close_as(ClosingCode.NO_SUPPLY, Follow.UNMET_NEED), on=on).events[-2:] == [given_up, unmet(reason)]
    conference = closed(ClosingCode.NO_SUPPLY, follow=Follow.CASE_CONFERENCE, reopen_until=until)
    assert case.when(close_as(ClosingCode.NO_SUPPLY, Follow.CASE_CONFERENCE), on=on).events[-1] == conference


@pytest.mark.parametrize("code", sorted(ClosingCode))
def test_what_was_accepted_ends_with_every_code_but_no_supply(code: ClosingCode) -> None:
    """Section 3.5: half of the need is covered; only `NO_SUPPLY` has to say what follows, `MET` waits for the other half."""
    case = facts(proposed(), sent(), TAKEN, STARTED, covered=12_060_00)
    outcome = case.when(close_as(code))
    match code:
        case ClosingCode.MET:
            outcome.refused("not_met", residual=12_060_00)
        case ClosingCode.NO_SUPPLY:
            outcome.refused("follow_missing", residual=12_060_00)
            followed = case.when(close_as(code, Follow.UNMET_NEED))
            followed.then(closed(code, follow=Follow.UNMET_NEED), unmet(UnmetReason.NO_SUPPLY, 12_060_00))
        case _:
            outcome.then(closed(code))


def test_every_word_of_a_receiver_is_a_reason_of_an_unmet_need() -> None:
    """Section 3.5: the reason goes on with the need."""
    assert {reason.value for reason in DeclineReason} <= {reason.value for reason in UnmetReason}


def test_no_supply_may_not_simply_end_either() -> None:
    """Section 3.5: a declined or no-supply referral."""
    facts(proposed(), sent(), TAKEN).when(close_as(ClosingCode.NO_SUPPLY)).refused("follow_missing")


def test_re_routing_proposes_the_next_referral_in_the_same_append() -> None:
    """Ruling 15: in one transaction, the old one names the new."""
    new = ReferralId(id_for("referral", TUESDAY))
    case = facts(proposed(), sent(), TURNED_DOWN, covered=20_000_00)
    case.when(close_as(ClosingCode.NO_SUPPLY, Follow.NEW_REFERRAL, Receiver.ELDERCARE)).then(
        closed(ClosingCode.NO_SUPPLY, follow=Follow.NEW_REFERRAL, replaced_by=new),
        proposed(new, residual=4_120_00, receiver=Receiver.ELDERCARE),
    )
    case.when(close_as(ClosingCode.NO_SUPPLY, Follow.NEW_REFERRAL)).then(
        closed(ClosingCode.NO_SUPPLY, follow=Follow.NEW_REFERRAL, replaced_by=new), proposed(new, residual=4_120_00)
    )


def test_nothing_is_re_routed_when_nothing_is_open() -> None:
    """Section 3.5."""
    history = (proposed(), sent(), TURNED_DOWN)
    facts(*history, covered=24_120_00).when(close_as(ClosingCode.MET, Follow.NEW_REFERRAL)).refused("nothing_left")
    for follow in (Follow.NEW_REFERRAL, Follow.UNMET_NEED):
        facts(*history).also(need, NEED_CLOSED).when(close_as(ClosingCode.DECEASED, follow)).refused("need_closed")


def test_a_referral_without_help_ends_when_its_need_did() -> None:
    """Section 3.5: the death, the move or another giver closed the need; nothing is dropped."""
    history = (proposed(), sent(), TURNED_DOWN)
    facts(*history).also(need, NEED_CLOSED).when(close_as(ClosingCode.DECEASED)).then(closed(ClosingCode.DECEASED))
    facts(*history, covered=24_120_00).when(close_as(ClosingCode.MET)).then(closed(ClosingCode.MET))


@pytest.mark.parametrize("history", [(), (sent(),), (sent(), WITHDRAWN), (sent(), TAKEN, closed(ClosingCode.MET))])
def test_only_an_answered_or_expired_referral_is_closed(history: tuple[Event, ...]) -> None:
    """Ruling 15: before an answer it is withdrawn."""
    facts(proposed(), *history).when(close_as(ClosingCode.DUPLICATE)).refused("wrong_stage")


@pytest.mark.parametrize(("on", "allowed"), [(date(2022, 3, 31), True), (date(2022, 4, 1), False)])
def test_a_referral_is_opened_again_within_thirty_days_under_its_id(on: date, allowed: bool) -> None:
    """Ruling 15: closed on the 1st of March; then it can be sent anew."""
    case = facts(proposed(), sent(), TAKEN, closed(ClosingCode.PARTLY_MET))
    if not allowed:
        case.when(REOPEN, on=on).refused("too_late", reopen_until="2022-03-31")
        return
    outcome = case.when(REOPEN, on=on).then(replace(REOPENED, send_by=at(1, month=4)))
    assert timers(outcome.events[0]) == {"escalate": at(1, month=4), "expire": None}
    again = case.facts(outcome.events).when(SEND, on=on)
    assert again.events == [sent(answer_by=at(6, month=4))]  # 1, 2 (worked) and 6 April, after the holiday
    assert timers(again.events[0]) == {"escalate": None, "expire": at(6, month=4)}


def test_what_was_re_routed_or_has_nothing_open_stays_closed() -> None:
    """Ruling 15."""
    rerouted = closed(ClosingCode.NO_SUPPLY, follow=Follow.NEW_REFERRAL, replaced_by=uid(7))
    facts(proposed(), sent(), TURNED_DOWN, rerouted).when(REOPEN).refused("rerouted", replaced_by=uid(7))
    met = (proposed(), sent(), TAKEN, closed(ClosingCode.MET))
    facts(*met, covered=24_120_00).when(REOPEN).refused("nothing_left")
    facts(*met).also(need, NEED_CLOSED).when(REOPEN).refused("need_closed")
    facts(proposed(), sent()).when(REOPEN).refused("wrong_stage")


# --- index and declaration ---


def timers(event: Event) -> dict[str, datetime | None]:
    return {change.name: change.due for change in referral.index(event) if isinstance(change, SetTimer)}


@pytest.mark.parametrize(
    ("event", "name", "due"),
    [
        (proposed(), "escalate", SEND_BY),
        (sent(), "expire", ANSWER_BY),
        (TAKEN, "escalate", at(9)),
        (STARTED, "escalate", at(31)),
        (noted(date(2022, 4, 28)), "escalate", at(28, month=4)),
        (TURNED_DOWN, "escalate", at(3)),
        (RETURNED, "escalate", at(3)),
        (TO_STREET, "escalate", at(7)),
        (REOPENED, "escalate", SEND_BY),
    ],
)
def test_each_stage_has_one_deadline_and_ends_the_others(event: Event, name: str, due: datetime) -> None:
    """Section 3.5: the rows are written with the fact (ruling 24 of the design)."""
    expected: dict[str, datetime | None] = dict.fromkeys(["escalate", "expire"])
    assert timers(event) == {**expected, name: due}


def test_the_last_level_has_no_deadline_and_an_ended_referral_no_rows() -> None:
    """Section 3.5: above the bureau there is nobody."""
    assert timers(TO_BUREAU) == {"escalate": None, "expire": None}
    for event in (WITHDRAWN, closed(ClosingCode.MET)):
        assert list(referral.index(event)) == [ReleaseAll()]


def test_an_open_referral_is_found_from_its_household() -> None:
    """Ruling 2 of the design."""
    for event in (proposed(), REOPENED):
        assert Link(household_subject(HOME)) in list(referral.index(event))


def test_only_reactions_and_timers_speak_for_the_receiver() -> None:
    """Role.SYSTEM has no route for people."""
    for model in (TakeReferral, TurnDownReferral, CoverReferral):
        assert referral.by_model[model].roles == {Role.SYSTEM}


def test_every_timer_names_a_command_of_the_program() -> None:
    """Section 3.5: all deadlines act by themselves; they only tell people, nothing is sent, closed or re-routed (ruling 21)."""
    for name in timers(TO_STREET):
        assert Role.SYSTEM in timer_command(referral, name).roles


def test_every_example_fits_its_command() -> None:
    """The API page shows them."""
    for spec in referral.commands:
        assert spec.model.model_validate(spec.example.model_dump()) == spec.example


# --- properties ---

STEPS: list[tuple[Command, datetime]] = [
    (SEND, noon(TUESDAY)),
    (TAKE, IN_TIME),
    (TAKE, LATE),
    (TURN_DOWN, IN_TIME),
    (TURN_DOWN, LATE),
    (EXPIRE, LATE),
    (WithdrawReferral(referral_id=REFERRAL), IN_TIME),
    (StartService(referral_id=REFERRAL), LATE),
    (NOTE, LATE),
    (CoverReferral(referral_id=REFERRAL, amount=1_00), LATE),
    (close_as(ClosingCode.NOT_ELIGIBLE), LATE),
    (close_as(ClosingCode.NO_SUPPLY, Follow.UNMET_NEED), LATE),
    (close_as(ClosingCode.NO_SUPPLY, Follow.NEW_REFERRAL), LATE),
    (REOPEN, LATE),
]


def play(steps: Iterable[tuple[Command, datetime]]) -> tuple[list[Any], list[Any]]:
    """All facts of the referral and its states one by one; refused steps leave nothing."""
    story: list[Any] = [proposed()]
    states = [referral.fold(story)]
    for command, instant in steps:
        outcome = given(referral, *story, need_of(24_120_00)).when(command, at=instant)
        story += [event for event in outcome.events if isinstance(event, ReferralEvent) and event.referral_id == REFERRAL]
        states.append(referral.fold(story))
    return story, states


@settings(max_examples=150)
@for_all(st.lists(st.sampled_from(STEPS), max_size=10))
def test_no_story_drops_an_open_need(steps: list[tuple[Command, datetime]]) -> None:
    """Section 3.5: what was declined, returned or expired is closed only with what follows, and a new referral is named."""
    story, states = play(steps)
    for before, after in pairwise(states):
        if before.stage in {ReferralStage.DECLINED, ReferralStage.RETURNED, ReferralStage.EXPIRED} and after.stage is ReferralStage.CLOSED:
            assert after.follow is not None
    for event in story:
        if isinstance(event, ReferralClosed):
            assert (event.replaced_by is not None) == (event.follow is Follow.NEW_REFERRAL)


@pytest.mark.parametrize("answer", [TAKE, TURN_DOWN])
@pytest.mark.parametrize("given_at", [IN_TIME, LATE])
def test_timer_and_answer_lead_to_the_same_stage_in_either_order(answer: Command, given_at: datetime) -> None:
    """Ruling 14: what counts is when the answer was given."""
    start = (SEND, noon(TUESDAY))
    one = play([start, (answer, given_at), (EXPIRE, LATE)])[1][-1]
    other = play([start, (EXPIRE, LATE), (answer, given_at)])[1][-1]
    assert dataclasses.replace(one, acted=other.acted) == other


def test_needs_in_other_measures_are_referred_in_their_measure() -> None:
    """Ruling 12: sessions are not money."""
    ask = ProposeReferral(referral_id=REFERRAL, household_id=HOME, need_id=NEED, receiver=Receiver.CHARITY)
    given(referral, need_of(12, measure=Measure.SESSION)).when(ask).then(proposed(residual=12))
