"""What a death asks of relief: steps, their time, their end (SG-04, R-DIB-16, ruling 22)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from contracts.envelope import Event
from contracts.relief.death_case import (
    DeathCaseClosed,
    DeathCaseConfirmed,
    DeathCaseLate,
    DeathCaseOpened,
    DeathCaseRevoked,
    DeathOutcome,
    DeathRecalculationDue,
    DeathStep,
    DeathStepDone,
)
from contracts.relief.entitlement import EntitlementReviewDue, StopReason
from contracts.relief.known_person import DeathWithdrawn
from contracts.terms import Certainty, Scheme
from kit.store.model import Link, SetTimer
from kit.testing import SECOND, Given, given
from policy.calendar import end_of
from services.relief.domain.death_case import (
    DeathCaseOverdue,
    NoteTold,
    OpenDeathCase,
    RevokeDeathCase,
    death_case,
    index,
)
from services.relief.domain.entitlement import EndForDeath, ResumeAfterRevocation, ReviseEntitlement, StopEntitlement, entitlement
from tests.relief.h1 import (
    CHILD,
    ENTITLEMENT,
    GRANDMOTHER,
    HOME,
    MOTHER,
    TEKUN,
    committed,
    dead,
    entitled,
    living_need,
    on_aid,
    opened,
    proposed,
    released,
    stopped,
    unit,
    version,
)

JUNE_14, NOTICE, LIMIT = date(2022, 6, 14), date(2022, 8, 2), date(2022, 9, 14)
LATE_AT = end_of(LIMIT)
REPORTED, CONFIRMED = Certainty.REPORTED, Certainty.CONFIRMED
END, RECALCULATE, NOTIFY, LIFT = DeathStep.END, DeathStep.RECALCULATE, DeathStep.NOTIFY, DeathStep.LIFT
OPEN = OpenDeathCase(person_id=GRANDMOTHER, household_id=HOME, entitlement_ids=(ENTITLEMENT,))
OVERDUE, TOLD = DeathCaseOverdue(person_id=GRANDMOTHER), NoteTold(person_id=GRANDMOTHER)
REVOKE = RevokeDeathCase(person_id=GRANDMOTHER, entitlement_ids=(ENTITLEMENT,))
RECALCULATION = DeathRecalculationDue(person_id=GRANDMOTHER, household_id=HOME, entitlement_id=ENTITLEMENT)
END_OF_AID = EndForDeath(entitlement_id=ENTITLEMENT, person_id=GRANDMOTHER)


def opened_case(certainty: Certainty = CONFIRMED) -> DeathCaseOpened:
    return DeathCaseOpened(
        person_id=GRANDMOTHER,
        household_id=HOME,
        died_on=JUNE_14,
        certainty=certainty,
        entitlement_ids=(ENTITLEMENT,) if certainty is CONFIRMED else (),
        late_at=LATE_AT,
    )


def done(step: DeathStep) -> DeathStepDone:
    about = None if step is NOTIFY else ENTITLEMENT
    return DeathStepDone(person_id=GRANDMOTHER, household_id=HOME, step=step, entitlement_id=about)


def closed(outcome: DeathOutcome = DeathOutcome.DONE) -> DeathCaseClosed:
    return DeathCaseClosed(person_id=GRANDMOTHER, household_id=HOME, outcome=outcome)


def late(*steps: DeathStep, at: datetime = LATE_AT) -> DeathCaseLate:
    return DeathCaseLate(person_id=GRANDMOTHER, household_id=HOME, steps=steps, late_at=at)


def revoked(late_at: datetime) -> DeathCaseRevoked:
    return DeathCaseRevoked(person_id=GRANDMOTHER, household_id=HOME, entitlement_ids=(ENTITLEMENT,), late_at=late_at)


def case(*facts: Event) -> Given:
    return given(death_case, *facts)


# --- opening ---


def test_a_confirmed_death_lists_what_must_happen_within_three_months_of_it() -> None:
    """SG-04, R-DIB-16, ruling 16: died on the 14th of June, notice on the 2nd of August; the last day is the 14th of September."""
    case(dead(GRANDMOTHER, JUNE_14)).when(OPEN, on=NOTICE).then(opened_case())
    assert death_case.fold([opened_case()]).steps == {(END, ENTITLEMENT), (NOTIFY, None)}
    assert list(index(opened_case())) == [Link(f"person/{GRANDMOTHER}"), SetTimer("late", LATE_AT)]


def test_a_reported_death_is_to_be_confirmed_and_ends_nothing_until_then() -> None:
    """Ruling 22."""
    reported = dead(GRANDMOTHER, JUNE_14, REPORTED)
    case(reported).when(OPEN, on=NOTICE).then(opened_case(REPORTED))
    case(reported, opened_case(REPORTED)).when(OPEN, on=NOTICE).then()
    case(reported, opened_case(REPORTED)).when(TOLD, on=NOTICE).refused("nothing_to_tell")
    confirmed = DeathCaseConfirmed(
        person_id=GRANDMOTHER, household_id=HOME, died_on=JUNE_14, entitlement_ids=(ENTITLEMENT,), late_at=LATE_AT
    )
    case(reported, dead(GRANDMOTHER, JUNE_14), opened_case(REPORTED)).when(OPEN, on=NOTICE).then(confirmed)
    assert death_case.fold([opened_case(REPORTED), confirmed]) == death_case.fold([opened_case()])


def test_a_case_is_opened_once_and_not_for_a_death_that_counts_no_longer() -> None:
    """Ruling 2 of the design: what is known here decides, whatever the message said."""
    case(dead(GRANDMOTHER, JUNE_14), opened_case()).when(OPEN, on=NOTICE).then()
    case(dead(GRANDMOTHER, JUNE_14), DeathWithdrawn(person_id=GRANDMOTHER)).when(OPEN, on=NOTICE).then()
    case().when(OPEN, on=NOTICE).then()


# --- the steps, in the streams that they concern ---


def test_ending_the_aid_is_told_to_the_case_in_the_same_append() -> None:
    """SG-04: the sole recipient's aid ends; the case waits only for the family to be told."""
    alone = (GRANDMOTHER,)
    facts = [*opened(alone), unit(alone, Scheme.TEKUN), living_need(TEKUN), committed(TEKUN, scheme=Scheme.TEKUN)]
    facts += [proposed(0, alone, Scheme.TEKUN), entitled(alone), version(TEKUN, members=1, income=0, scheme=Scheme.TEKUN)]
    facts += [dead(GRANDMOTHER, JUNE_14), opened_case()]
    given(entitlement, *facts).when(END_OF_AID, on=NOTICE).then(
        stopped("2022-06", StopReason.DEATH, alone), *released("2022-07", amount=TEKUN), done(END)
    )
    case(opened_case(), done(END)).when(TOLD, on=NOTICE).then(done(NOTIFY), closed())


REVIEW_DUE = EntitlementReviewDue(entitlement_id=ENTITLEMENT, household_id=HOME, reason=StopReason.DEATH, person_id=GRANDMOTHER)
WAITING: list[Event] = [*on_aid(), dead(GRANDMOTHER, JUNE_14), opened_case(), REVIEW_DUE, RECALCULATION, done(END), done(NOTIFY)]
"""The grandmother of H1 died: the household knows, the amount of mother and child is not decided yet."""


def test_while_others_live_the_amount_is_to_be_decided_anew() -> None:
    """R-DIB-16, ruling 21: a task, no automatic cut."""
    given(entitlement, *on_aid(), dead(GRANDMOTHER, JUNE_14), opened_case()).when(END_OF_AID, on=NOTICE).then(
        REVIEW_DUE, RECALCULATION, done(END)
    )
    case(opened_case(), RECALCULATION, done(END)).when(TOLD, on=NOTICE).then(done(NOTIFY))


def test_a_true_death_after_a_false_report_waits_for_a_new_amount_too() -> None:
    """R-DIB-16, ruling 22: the unit's review is open already, and the new case has its step."""
    again = [*WAITING, revoked(end_of(date(2022, 8, 8))), done(LIFT), closed(DeathOutcome.REVOKED), opened_case()]
    given(entitlement, *again).when(END_OF_AID, on=NOTICE).then(RECALCULATION, done(END))


@pytest.mark.parametrize(
    "answer",
    [
        ReviseEntitlement(entitlement_id=ENTITLEMENT, counted_income_fen=260_000),
        StopEntitlement(entitlement_id=ENTITLEMENT, reason=StopReason.INCOME),
    ],
)
def test_a_new_amount_or_a_signed_stop_answers_the_death(answer: ReviseEntitlement | StopEntitlement) -> None:
    """R-DIB-16: decided on the last day, the 14th of September, it is in time."""
    events = given(entitlement, *WAITING).when(answer, on=LIMIT, actor=SECOND).events
    assert events[-2:] == [done(RECALCULATE), closed()]
    assert late(RECALCULATE) not in events


def test_what_is_decided_late_says_so_in_the_same_append_unless_the_timer_has() -> None:
    """R-DIB-16, ruling 16: from the 15th of September on it is late; exactly one fact says it either way."""
    revise = ReviseEntitlement(entitlement_id=ENTITLEMENT, counted_income_fen=260_000)
    events = given(entitlement, *WAITING).when(revise, on=date(2022, 9, 15), actor=SECOND).events
    assert events[-3:] == [late(RECALCULATE), done(RECALCULATE), closed()]
    case(*WAITING).when(OVERDUE, at=LATE_AT).then(late(RECALCULATE))
    events = given(entitlement, *WAITING, late(RECALCULATE)).when(revise, on=date(2022, 9, 15), actor=SECOND).events
    assert events[-2:] == [done(RECALCULATE), closed()]
    assert late(RECALCULATE) not in events


def test_the_timer_names_every_open_step_and_is_moot_after_the_end() -> None:
    """SG-04: nothing stops by it."""
    case(opened_case(), RECALCULATION).when(OVERDUE, at=LATE_AT).then(late(END, NOTIFY, RECALCULATE))
    case(opened_case(REPORTED)).when(OVERDUE, at=LATE_AT).then(late(DeathStep.CONFIRM))
    for facts in ([done(END), done(NOTIFY), closed()], [late(END, NOTIFY)]):
        case(opened_case(), *facts).when(OVERDUE, at=LATE_AT).then()
    assert list(index(late(END))) == list(index(closed())) == [SetTimer("late", None)]


def test_the_last_death_of_a_unit_needs_no_new_amount_any_more() -> None:
    """SG-04: the grandmother's death waited for a new amount; mother and child died meanwhile, so the aid ends and the case with it."""
    facts = [*WAITING, dead(MOTHER, date(2022, 7, 2)), dead(CHILD, date(2022, 7, 2))]
    events = given(entitlement, *facts).when(EndForDeath(entitlement_id=ENTITLEMENT, person_id=CHILD), on=NOTICE).events
    assert events[-2:] == [done(RECALCULATE), closed()]


# --- a false report ---


def test_a_revoked_death_is_undone_within_one_working_day() -> None:
    """Ruling 22: revoked on Friday the 5th of August, undone by Monday the 8th."""
    by_monday = end_of(date(2022, 8, 8))
    again = revoked(by_monday)
    facts = [opened_case(), done(END)]
    case(*facts).when(REVOKE, on=date(2022, 8, 5)).then(again)
    assert list(index(again)) == [SetTimer("late", by_monday)]
    resume = ResumeAfterRevocation(entitlement_id=ENTITLEMENT, person_id=GRANDMOTHER)
    lifting = given(entitlement, *on_aid(), *facts, again)
    lifting.when(resume, on=date(2022, 8, 8)).then(done(LIFT), closed(DeathOutcome.REVOKED))
    lifting.when(resume, on=date(2022, 8, 9)).then(late(LIFT, at=by_monday), done(LIFT), closed(DeathOutcome.REVOKED))
    case(*facts, again).when(OVERDUE, at=by_monday).then(late(LIFT, at=by_monday))
    case(*facts, again).when(REVOKE, on=date(2022, 8, 8)).then()


def test_a_death_without_aid_is_revoked_at_once_and_may_be_told_anew() -> None:
    """Ruling 22: also when the case was over already."""
    bare = RevokeDeathCase(person_id=GRANDMOTHER)
    for facts in ([opened_case()], [opened_case(), done(END), done(NOTIFY), closed()]):
        events = case(*facts).when(bare, on=NOTICE).events
        assert events[-1] == closed(DeathOutcome.REVOKED)
        over = [*facts, *events, dead(GRANDMOTHER, JUNE_14)]
        case(*over).when(OPEN, on=date(2022, 8, 10)).then(opened_case())


def test_a_death_revoked_too_late_for_its_steps_says_so() -> None:
    """R-DIB-16: the steps of the death were overdue when it turned out to be none."""
    by = datetime(2022, 9, 19, 16, tzinfo=UTC)
    case(opened_case()).when(REVOKE, on=date(2022, 9, 16)).then(late(END, NOTIFY), revoked(by))
