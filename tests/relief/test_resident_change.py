"""What registry tells of people on aid is a task for a street, and nothing follows by itself (SG-05, SG-06, ruling 21)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from contracts.envelope import Event
from contracts.ids import AreaCode, CaseId, SignalId
from contracts.registry.person import HouseholdChangeKind, HouseholdChangeSignalled, HouseholdChangeWithdrawn, ResidenceChanged
from contracts.relief.household import HouseholdClosed
from contracts.relief.known_person import HouseholdChangeForgotten, HouseholdChangeKnown, ResidenceKnown
from contracts.relief.resident_change import (
    DismissalReason,
    ResidentChange,
    ResidentChangeConfirmed,
    ResidentChangeDismissed,
    ResidentChangeOverdue,
    ResidentChangeToConfirm,
    ResidentChangeWithdrawn,
)
from contracts.terms import ClosingCode
from kit.command import Command
from kit.store.model import Link, SetTimer
from kit.testing import Given, given, noon
from policy.calendar import end_of
from services.relief.domain.known_person import ForgetHouseholdChange, NoteHouseholdChange, NoteResidence, known_person
from services.relief.domain.resident_change import (
    AskAboutHousehold,
    AskAboutMove,
    ChangeOverdue,
    ConfirmChange,
    DismissChange,
    WithdrawChange,
    index,
    resident_change,
)
from services.relief.reactions.residents import change_of, resident_reactions
from tests.relief.h1 import CHILD, HOME, MOTHER, STRANGER, STREET, opened, uid
from tests.relief.test_death import meta

SIGNAL, OTHER_SIGNAL = SignalId(uid(71)), SignalId(uid(72))
MAY_20, TOLD_ON, LIMIT = date(2022, 5, 20), date(2022, 5, 23), date(2022, 6, 7)
DUE = end_of(LIMIT)
PENGWAN, QIAODONG = AreaCode("440308004-pengwan"), AreaCode("440308003-qiaodong")
DIVORCED = HouseholdChangeSignalled(
    person_id=MOTHER, signal_id=SIGNAL, other_person_id=STRANGER, kind=HouseholdChangeKind.DIVORCE, on=MAY_20
)
TAKEN_BACK = HouseholdChangeWithdrawn(person_id=MOTHER, signal_id=SIGNAL, other_person_id=STRANGER)
MOVED = ResidenceChanged(person_id=MOTHER, from_area=QIAODONG, to_area=PENGWAN, on=MAY_20)
CHANGE = change_of(SIGNAL, HOME)
KNOWN = HouseholdChangeKnown(person_id=MOTHER, signal_id=SIGNAL, other_person_id=STRANGER, kind=HouseholdChangeKind.DIVORCE, on=MAY_20)
FORGOTTEN = HouseholdChangeForgotten(person_id=MOTHER, signal_id=SIGNAL)
ASK = AskAboutHousehold(change_id=CHANGE, household_id=HOME, person_id=MOTHER, signal_id=SIGNAL)
CONFIRM, OVERDUE = ConfirmChange(change_id=CHANGE), ChangeOverdue(change_id=CHANGE)
DISMISS = DismissChange(change_id=CHANGE, reason=DismissalReason.NO_EFFECT)
WITHDRAW = WithdrawChange(change_id=CHANGE, signal_id=SIGNAL)
TO_CONFIRM = ResidentChangeToConfirm(
    change_id=CHANGE,
    household_id=HOME,
    area=STREET,
    person_id=MOTHER,
    change=ResidentChange.DIVORCE,
    on=MAY_20,
    due_at=DUE,
    signal_id=SIGNAL,
    other_person_id=STRANGER,
)
CONFIRMED = ResidentChangeConfirmed(change_id=CHANGE, household_id=HOME)
DISMISSED = ResidentChangeDismissed(change_id=CHANGE, household_id=HOME, reason=DismissalReason.NO_EFFECT)
LATE = ResidentChangeOverdue(change_id=CHANGE, household_id=HOME, due_at=DUE)
CLOSED = HouseholdClosed(household_id=HOME, closed_on=MAY_20, code=ClosingCode.SPLIT)


def withdrawn(*, was_confirmed: bool) -> ResidentChangeWithdrawn:
    return ResidentChangeWithdrawn(change_id=CHANGE, household_id=HOME, was_confirmed=was_confirmed)


def task(*facts: Event) -> Given:
    return given(resident_change, *facts)


def recorded(event: Event) -> list[Command]:
    return [command for one in resident_reactions if one.on is type(event) for command in one.record(event, meta())]


def asked(event: Event, streams: Sequence[str]) -> list[list[Command]]:
    return [list(one.then(event, streams)) for one in resident_reactions if one.on is type(event)]


# --- the reactions ---


def test_a_signal_is_written_down_for_both_people_first() -> None:
    """SG-05, ruling 2 of the design."""
    at = meta().occurred_at
    kind = HouseholdChangeKind.DIVORCE
    assert recorded(DIVORCED) == [
        NoteHouseholdChange(person_id=who, signal_id=SIGNAL, other_person_id=other, kind=kind, on=MAY_20, occurred_at=at)
        for who, other in ((MOTHER, STRANGER), (STRANGER, MOTHER))
    ]
    assert recorded(TAKEN_BACK) == [ForgetHouseholdChange(person_id=who, signal_id=SIGNAL, occurred_at=at) for who in (MOTHER, STRANGER)]
    assert recorded(MOVED) == [NoteResidence(person_id=MOTHER, area=PENGWAN, since=MAY_20, occurred_at=at)]


def test_each_household_of_either_is_asked_and_a_common_one_once() -> None:
    """SG-05: the task of a household has one id, whoever leads to it."""
    subjects = [one.subject(DIVORCED) for one in resident_reactions if one.on is HouseholdChangeSignalled and one.subject]
    assert subjects == [f"person/{MOTHER}", f"person/{STRANGER}"]
    of_other = AskAboutHousehold(change_id=CHANGE, household_id=HOME, person_id=STRANGER, signal_id=SIGNAL)
    assert asked(DIVORCED, [f"household/{HOME}", f"entitlement/{uid(8)}"]) == [[ASK], [of_other]]
    assert asked(TAKEN_BACK, [f"household/{HOME}", f"resident-change/{CHANGE}"]) == [[WITHDRAW], [WITHDRAW]]
    assert asked(DIVORCED, []) == [[], []]


# --- the task ---


def test_the_household_s_street_has_ten_working_days_to_confirm_or_dismiss() -> None:
    """SG-05, ruling 16: told on Monday the 23rd of May; the dragon-boat holiday (3rd of June) is no working day, so to the 7th of June."""
    task(KNOWN, *opened()).when(ASK, on=TOLD_ON).then(TO_CONFIRM)
    assert list(index(TO_CONFIRM)) == [Link(f"person/{MOTHER}"), SetTimer("overdue", DUE)]
    task(KNOWN, *opened(), TO_CONFIRM).when(ASK, on=TOLD_ON).then()


def test_nobody_is_asked_about_what_was_taken_back_or_a_household_that_is_no_more() -> None:
    """SG-05: in whatever order they arrive."""
    task(KNOWN, FORGOTTEN, *opened()).when(ASK, on=TOLD_ON).then()
    task(*opened()).when(ASK, on=TOLD_ON).then()
    task(KNOWN, *opened(), CLOSED).when(ASK, on=TOLD_ON).then()
    task(KNOWN).when(ASK, on=TOLD_ON).then()


def test_a_caseworker_confirms_or_dismisses_once_and_nothing_else_follows() -> None:
    """SG-05, ruling 21: households, units and aid are changed by their own commands."""
    task(TO_CONFIRM).when(CONFIRM, on=LIMIT).then(CONFIRMED)
    task(TO_CONFIRM).when(DISMISS, on=LIMIT).then(DISMISSED)
    for answered in (CONFIRMED, DISMISSED):
        task(TO_CONFIRM, answered).when(CONFIRM, on=LIMIT).refused("answered_already")
        task(TO_CONFIRM, answered).when(DISMISS, on=LIMIT).refused("answered_already")
        assert list(index(answered)) == [SetTimer("overdue", None)]


def test_an_answer_that_is_late_says_so_once() -> None:
    """SG-05, ruling 16: by the timer at the end of the last day, or in the append of the late answer."""
    after = date(2022, 6, 8)
    task(TO_CONFIRM).when(OVERDUE, at=DUE).then(LATE)
    task(TO_CONFIRM).when(CONFIRM, on=after).then(LATE, CONFIRMED)
    task(TO_CONFIRM, LATE).when(CONFIRM, on=after).then(CONFIRMED)
    task(TO_CONFIRM, LATE).when(CONFIRM, at=noon(LIMIT)).then(CONFIRMED)
    for facts in ([CONFIRMED], [LATE], [withdrawn(was_confirmed=False)]):
        task(TO_CONFIRM, *facts).when(OVERDUE, at=DUE).then()
    task(TO_CONFIRM).when(OVERDUE, at=datetime(2022, 6, 7, 15, tzinfo=UTC)).then()


def test_a_signal_that_was_taken_back_ends_the_task_and_tells_what_was_confirmed() -> None:
    """SG-05, R-MAR-02: a withdrawal within the 30 days cancels; another signal's withdrawal touches nothing."""
    task(TO_CONFIRM).when(WITHDRAW, on=LIMIT).then(withdrawn(was_confirmed=False))
    task(TO_CONFIRM, CONFIRMED).when(WITHDRAW, on=date(2022, 6, 20)).then(withdrawn(was_confirmed=True))
    task(TO_CONFIRM, DISMISSED).when(WITHDRAW, on=LIMIT).then()
    task(TO_CONFIRM, withdrawn(was_confirmed=False)).when(WITHDRAW, on=LIMIT).then()
    task(TO_CONFIRM).when(WithdrawChange(change_id=CHANGE, signal_id=OTHER_SIGNAL), on=LIMIT).then()
    task(TO_CONFIRM, withdrawn(was_confirmed=False)).when(CONFIRM, on=LIMIT).refused("answered_already")


# --- a move ---

MOVE = change_of(f"{MOTHER}/{PENGWAN}/2022-05-20", HOME)
ASK_MOVE = AskAboutMove(change_id=MOVE, household_id=HOME, person_id=MOTHER, from_area=QIAODONG, to_area=PENGWAN, on=MAY_20)
LIVES_THERE = ResidenceKnown(person_id=MOTHER, area=PENGWAN, since=MAY_20)


def test_a_move_is_the_receiving_street_s_task() -> None:
    """SG-06: ten working days; the household stays where it is, and so does who pays (ruling 26 of the design)."""
    assert asked(MOVED, [f"household/{HOME}", f"resident-change/{CHANGE}"]) == [[ASK_MOVE]]
    outcome = task(LIVES_THERE, *opened()).when(ASK_MOVE, on=TOLD_ON)
    outcome.then(
        ResidentChangeToConfirm(
            change_id=MOVE,
            household_id=HOME,
            area=PENGWAN,
            person_id=MOTHER,
            change=ResidentChange.MOVE,
            on=MAY_20,
            due_at=DUE,
            from_area=QIAODONG,
        )
    )
    assert resident_change.fold(outcome.events).area == PENGWAN


@pytest.mark.parametrize(
    "facts",
    [
        [LIVES_THERE, ResidenceKnown(person_id=MOTHER, area=QIAODONG, since=TOLD_ON), *opened()],
        [LIVES_THERE, *opened(), CLOSED],
        [*opened()],
    ],
    ids=["moved-on", "closed", "not-known"],
)
def test_a_street_is_not_asked_about_a_move_that_is_over(facts: list[Event]) -> None:
    """SG-06: what is known here now decides."""
    task(*facts).when(ASK_MOVE, on=TOLD_ON).then()


def test_what_is_known_of_a_person_stays_when_a_death_is_withdrawn() -> None:
    """SG-05, ruling 22: a signal is told once, and a death that was an error takes none of it away."""
    from contracts.relief.known_person import DeathWithdrawn
    from tests.relief.h1 import dead

    note = NoteHouseholdChange(person_id=MOTHER, signal_id=SIGNAL, other_person_id=STRANGER, kind=HouseholdChangeKind.DIVORCE, on=MAY_20)
    given(known_person).when(note).then(KNOWN)
    given(known_person, KNOWN).when(note).then()
    given(known_person, KNOWN).when(ForgetHouseholdChange(person_id=MOTHER, signal_id=SIGNAL)).then(FORGOTTEN)
    given(known_person).when(ForgetHouseholdChange(person_id=MOTHER, signal_id=SIGNAL)).then()
    given(known_person).when(NoteResidence(person_id=MOTHER, area=PENGWAN, since=MAY_20)).then(LIVES_THERE)
    facts = [KNOWN, LIVES_THERE, dead(MOTHER, MAY_20), DeathWithdrawn(person_id=MOTHER)]
    assert known_person.fold(facts) == known_person.fold([KNOWN, LIVES_THERE])


def test_the_ids_of_tasks_are_those_of_signal_and_household() -> None:
    """SG-05: redelivered, the same; another household or signal, another."""
    ids = {change_of(SIGNAL, HOME), change_of(OTHER_SIGNAL, HOME), change_of(SIGNAL, CHILD)}
    assert len(ids) == 3
    assert CaseId(change_of(SIGNAL, HOME)) in ids
