"""A change that registry told of somebody on aid: a task for a street, nothing by itself (SG-05, SG-06, ruling 21)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import assert_never

from contracts.ids import AreaCode, CaseId, HouseholdId, PersonId, SignalId
from contracts.relief.resident_change import (
    DismissalReason,
    ResidentChange,
    ResidentChangeConfirmed,
    ResidentChangeDismissed,
    ResidentChangeOverdue,
    ResidentChangeToConfirm,
    ResidentChangeWithdrawn,
)
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from kit.reaction import person_subject
from kit.store.model import IndexChange, Link, SetTimer
from services.relief.domain.household import Household, household
from services.relief.domain.known_person import KnownPerson, known_person

ResidentChangeEvent = (
    ResidentChangeToConfirm | ResidentChangeConfirmed | ResidentChangeDismissed | ResidentChangeWithdrawn | ResidentChangeOverdue
)


@dataclass(frozen=True, kw_only=True)
class ChangeTask:
    """area: whose caseworker answers.  confirmed: what a withdrawal must say."""

    change_id: CaseId = CaseId("")
    household_id: HouseholdId = HouseholdId("")
    area: AreaCode | None = None
    signal_id: SignalId | None = None
    due_at: datetime = datetime.max.replace(tzinfo=UTC)
    is_open: bool = False
    confirmed: bool = False
    told_overdue: bool = False


def evolve(task: ChangeTask, event: ResidentChangeEvent) -> ChangeTask:
    match event:
        case ResidentChangeToConfirm():
            return ChangeTask(
                change_id=event.change_id,
                household_id=event.household_id,
                area=event.area,
                signal_id=event.signal_id,
                due_at=event.due_at,
                is_open=True,
            )
        case ResidentChangeConfirmed():
            return replace(task, is_open=False, confirmed=True)
        case ResidentChangeDismissed() | ResidentChangeWithdrawn():
            return replace(task, is_open=False, confirmed=False)
        case ResidentChangeOverdue():
            return replace(task, told_overdue=True)
        case _:
            assert_never(event)


class AskAboutHousehold(Command):
    """A member of the household married, parted, or has a new child, as registry's signal says."""

    change_id: CaseId
    household_id: HouseholdId
    person_id: PersonId
    signal_id: SignalId


class AskAboutMove(Command):
    """A member of the household lives in another area."""

    change_id: CaseId
    household_id: HouseholdId
    person_id: PersonId
    from_area: AreaCode
    to_area: AreaCode
    on: date


class ConfirmChange(Command):
    """The change is so; what follows is commanded at the household."""

    change_id: CaseId


class DismissChange(Command):
    """The change means nothing for the household."""

    change_id: CaseId
    reason: DismissalReason


class WithdrawChange(Command):
    """Registry took a signal back."""

    change_id: CaseId
    signal_id: SignalId


class ChangeOverdue(Command):
    """The time to answer is over."""

    change_id: CaseId


def ask_about_household(
    command: AskAboutHousehold, task: ChangeTask, context: Context, home: Household, person: KnownPerson
) -> list[ResidentChangeToConfirm]:
    """The household's street is to confirm or dismiss it, once; not when the signal was taken back meanwhile or the household is closed.

    Source: SG-05, ruling 21, ruling 2 of the design.
    """
    known = person.changes.get(command.signal_id)
    if task.area is not None or known is None or not home.is_open or home.area is None:
        return []
    return [
        ResidentChangeToConfirm(
            change_id=command.change_id,
            household_id=command.household_id,
            area=home.area,
            person_id=command.person_id,
            change=ResidentChange(known.kind.value),
            on=known.on,
            due_at=context.calendar.due_at(context.on, context.policy.household_change_wd),
            signal_id=command.signal_id,
            other_person_id=known.other_person_id,
        )
    ]


def ask_about_move(
    command: AskAboutMove, task: ChangeTask, context: Context, home: Household, person: KnownPerson
) -> list[ResidentChangeToConfirm]:
    """The receiving street is to take it up; until then the household's own street pays as before.

    Not when the person has moved on meanwhile or the household is closed.  Source: SG-06, SC-12, ruling 26 of the design.
    """
    if task.area is not None or person.area != command.to_area or not home.is_open:
        return []
    return [
        ResidentChangeToConfirm(
            change_id=command.change_id,
            household_id=command.household_id,
            area=command.to_area,
            person_id=command.person_id,
            change=ResidentChange.MOVE,
            on=command.on,
            due_at=context.calendar.due_at(context.on, context.policy.move_accept_wd),
            from_area=command.from_area,
        )
    ]


def confirm(_command: ConfirmChange, task: ChangeTask, context: Context) -> list[ResidentChangeOverdue | ResidentChangeConfirmed]:
    """It is so.

    Raises: Refused("answered_already").  Source: SG-05, ruling 21.
    """
    require(task.is_open, "answered_already")
    return [*_overdue(task, context), ResidentChangeConfirmed(change_id=task.change_id, household_id=task.household_id)]


def dismiss(command: DismissChange, task: ChangeTask, context: Context) -> list[ResidentChangeOverdue | ResidentChangeDismissed]:
    """Nothing changes.

    Raises: Refused("answered_already").  Source: SG-05, ruling 21.
    """
    require(task.is_open, "answered_already")
    dismissed = ResidentChangeDismissed(change_id=task.change_id, household_id=task.household_id, reason=command.reason)
    return [*_overdue(task, context), dismissed]


def withdraw(command: WithdrawChange, task: ChangeTask, context: Context) -> list[ResidentChangeOverdue | ResidentChangeWithdrawn]:
    """The task is over; one that was confirmed says so, for somebody may have acted on it. Source: SG-05, R-MAR-02."""
    if task.signal_id != command.signal_id or not (task.is_open or task.confirmed):
        return []
    withdrawn = ResidentChangeWithdrawn(change_id=task.change_id, household_id=task.household_id, was_confirmed=task.confirmed)
    return [*_overdue(task, context), withdrawn]


def overdue(_command: ChangeOverdue, task: ChangeTask, context: Context) -> list[ResidentChangeOverdue]:
    """It is known to be late, once; the task stays open. Source: SG-05, ruling 21."""
    return _overdue(task, context)


def _overdue(task: ChangeTask, context: Context) -> list[ResidentChangeOverdue]:
    if not task.is_open or task.told_overdue or context.occurred_at < task.due_at:
        return []
    return [ResidentChangeOverdue(change_id=task.change_id, household_id=task.household_id, due_at=task.due_at)]


def index(event: ResidentChangeEvent) -> Iterable[IndexChange]:
    """Found by the person, for a withdrawal; its time ends with the answer."""
    match event:
        case ResidentChangeToConfirm(person_id=person, due_at=due):
            return [Link(person_subject(person)), SetTimer("overdue", due)]
        case _:
            return [SetTimer("overdue", None)]


_ID = "0190a000-0000-8000-8000-0000000000"
_CHANGE, _HOME, _PERSON, _SIGNAL = CaseId(f"{_ID}72"), HouseholdId(f"{_ID}02"), PersonId(f"{_ID}10"), SignalId(f"{_ID}71")
_READ = [household.by("household_id", missing_ok=True), known_person.by("person_id", missing_ok=True)]

resident_change = Aggregate(
    "resident-change",
    id="change_id",
    state=ChangeTask,
    evolve=evolve,
    key="household_id",
    area="area",
    index=index,
    commands=[
        command(
            ask_about_household,
            stream="any",
            also=_READ,
            roles={Role.SYSTEM},
            example=AskAboutHousehold(change_id=_CHANGE, household_id=_HOME, person_id=_PERSON, signal_id=_SIGNAL),
        ),
        command(
            ask_about_move,
            stream="any",
            also=_READ,
            roles={Role.SYSTEM},
            example=AskAboutMove(
                change_id=_CHANGE,
                household_id=_HOME,
                person_id=_PERSON,
                from_area=AreaCode("440308003-qiaodong"),
                to_area=AreaCode("440308004-pengwan"),
                on=date(2022, 9, 1),
            ),
        ),
        command(confirm, roles={Role.CASEWORKER}, example=ConfirmChange(change_id=_CHANGE)),
        command(dismiss, roles={Role.CASEWORKER}, example=DismissChange(change_id=_CHANGE, reason=DismissalReason.NO_EFFECT)),
        command(withdraw, roles={Role.SYSTEM}, example=WithdrawChange(change_id=_CHANGE, signal_id=_SIGNAL)),
        command(overdue, roles={Role.SYSTEM}, example=ChangeOverdue(change_id=_CHANGE)),
    ],
)
