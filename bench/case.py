"""The workload's toy service on the kit, with everything that the kit's services use: a claim, a subject, a check over two streams, a view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NewType

from bench.workload import Kind, Op, Past
from contracts.envelope import Event, Meta, event
from contracts.ids import AreaCode, CaseId, HouseholdId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context, PositiveFen
from kit.identity import Role
from kit.reaction import household_subject
from kit.service import Service
from kit.store.model import IndexChange, Link, ReleaseAll, Take
from kit.view import Row, View

Details = NewType("Details", str)
AREA = AreaCode("440308003")
MOST_FEN = 10**12


@event("civil.case.opened", version=1, stream="case_id")
class CaseOpened(Event):
    """A case of a household."""

    case_id: CaseId
    household_id: HouseholdId
    area: AreaCode
    details: Details


@event("civil.case.noted", version=1, stream="case_id")
class CaseNoted(Event):
    """Something was noted."""

    case_id: CaseId
    household_id: HouseholdId
    details: Details


@event("civil.case.paid", version=1, stream="case_id")
class CasePaid(Event):
    """Money was paid."""

    case_id: CaseId
    household_id: HouseholdId
    amount_fen: int
    details: Details


@event("civil.case.referred", version=1, stream="case_id")
class CaseReferred(Event):
    """Another bureau was asked."""

    case_id: CaseId
    household_id: HouseholdId
    details: Details


@event("civil.case.closed", version=1, stream="case_id")
class CaseClosed(Event):
    """It is over."""

    case_id: CaseId
    household_id: HouseholdId
    details: Details


@event("civil.budget.stopped", version=1, stream="household_id")
class BudgetStopped(Event):
    """A household gets no more money; the load never says so, each payment asks."""

    household_id: HouseholdId


CaseEvent = CaseOpened | CaseNoted | CasePaid | CaseReferred | CaseClosed


@dataclass(frozen=True, kw_only=True)
class Budget:
    stopped: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    household_id: HouseholdId | None = None
    area: AreaCode | None = None
    paid_fen: int = 0
    closed: bool = False


def evolve_budget(budget: Budget, _fact: BudgetStopped) -> Budget:
    return replace(budget, stopped=True)


def evolve(case: Case, fact: CaseEvent) -> Case:
    match fact:
        case CaseOpened(household_id=home, area=area):
            return replace(case, household_id=home, area=area)
        case CasePaid(amount_fen=fen):
            return replace(case, paid_fen=case.paid_fen + fen)
        case CaseClosed():
            return replace(case, closed=True)
        case _:
            return case


class OpenCase(Command):
    """Open a case."""

    case_id: CaseId
    household_id: HouseholdId
    area: AreaCode
    details: tuple[Details, ...]


class NoteCase(Command):
    """Note something."""

    case_id: CaseId
    details: tuple[Details, ...]


class PayCase(Command):
    """Pay."""

    case_id: CaseId
    amount_fen: PositiveFen
    details: tuple[Details, ...]


class ReferCase(Command):
    """Ask another bureau."""

    case_id: CaseId
    details: tuple[Details, ...]


class CloseCase(Command):
    """End it."""

    case_id: CaseId
    details: tuple[Details, ...]


def _home(case: Case) -> HouseholdId:
    require(not case.closed, "closed")
    assert case.household_id is not None
    return case.household_id


def _noted(case_id: CaseId, home: HouseholdId, details: Iterable[Details]) -> list[Event]:
    return [CaseNoted(case_id=case_id, household_id=home, details=one) for one in details]


def open_case(command: OpenCase, _case: Case, _context: Context) -> list[Event]:
    first, *more = command.details
    opened = CaseOpened(case_id=command.case_id, household_id=command.household_id, area=command.area, details=first)
    return [opened, *_noted(command.case_id, command.household_id, more)]


def note_case(command: NoteCase, case: Case, _context: Context) -> list[Event]:
    return _noted(command.case_id, _home(case), command.details)


def pay_case(command: PayCase, case: Case, _context: Context, budget: Budget) -> list[Event]:
    home = _home(case)
    require(not budget.stopped and case.paid_fen + command.amount_fen < MOST_FEN, "above_budget")
    return [CasePaid(case_id=command.case_id, household_id=home, amount_fen=command.amount_fen, details=one) for one in command.details]


def refer_case(command: ReferCase, case: Case, _context: Context) -> list[Event]:
    home = _home(case)
    return [CaseReferred(case_id=command.case_id, household_id=home, details=one) for one in command.details]


def close_case(command: CloseCase, case: Case, _context: Context) -> list[Event]:
    home, (*more, last) = _home(case), command.details
    return [*_noted(command.case_id, home, more), CaseClosed(case_id=command.case_id, household_id=home, details=last)]


def index(fact: CaseEvent) -> Iterable[IndexChange]:
    match fact:
        case CaseOpened(case_id=one, household_id=home):
            return [Take("case-file", f"file-{one}"), Link(household_subject(home))]
        case CaseClosed():
            return [ReleaseAll()]
        case _:
            return []


_CASE, _HOME = CaseId("0190a000-0000-8000-8000-000000000001"), HouseholdId("0190a000-0000-8000-9000-000000000001")
_DETAILS, _ROLES = (Details("seen"),), {Role.CASEWORKER}
budget = Aggregate("budget", id="household_id", state=Budget, evolve=evolve_budget)
case = Aggregate(
    "case",
    id="case_id",
    state=Case,
    evolve=evolve,
    key="household_id",
    area="area",
    index=index,
    commands=[
        command(open_case, stream="new", roles=_ROLES, example=OpenCase(case_id=_CASE, household_id=_HOME, area=AREA, details=_DETAILS)),
        command(note_case, roles=_ROLES, example=NoteCase(case_id=_CASE, details=_DETAILS)),
        command(
            pay_case,
            roles=_ROLES,
            also=[budget.by("household_id", missing_ok=True)],
            example=PayCase(case_id=_CASE, amount_fen=100, details=_DETAILS),
        ),
        command(refer_case, roles=_ROLES, example=ReferCase(case_id=_CASE, details=_DETAILS)),
        command(close_case, roles=_ROLES, example=CloseCase(case_id=_CASE, details=_DETAILS)),
    ],
)
civil = Service("civil", aggregates=[budget, case])


class CaseRow(Row, frozen=True):
    """What a screen shows of a case."""

    case_id: CaseId
    household_id: HouseholdId | None = None
    events: int = 0
    paid_fen: int = 0
    closed: bool = False
    last_position: int = 0


def key_of(fact: Event) -> Iterable[str]:
    match fact:
        case CaseOpened() | CaseNoted() | CasePaid() | CaseReferred() | CaseClosed():
            return [fact.case_id]
        case _:
            return []


def show(row: CaseRow | None, fact: Any, meta: Meta) -> CaseRow:
    known = row or CaseRow(case_id=fact.case_id, household_id=HouseholdId(meta.key))
    return CaseRow(
        case_id=known.case_id,
        household_id=known.household_id,
        events=known.events + 1,
        paid_fen=known.paid_fen + (fact.amount_fen if isinstance(fact, CasePaid) else 0),
        closed=known.closed or isinstance(fact, CaseClosed),
        last_position=meta.position,
    )


cases = View("case-list", row=CaseRow, key=key_of, evolve=show, index=["household_id"])


def command_of(op: Op) -> Command:
    """The command as the kit's callers give it."""
    case_id, details = CaseId(op.case), tuple(map(Details, op.details))
    match op.kind:
        case "open":
            return OpenCase(case_id=case_id, household_id=HouseholdId(op.household), area=AREA, details=details)
        case "note":
            return NoteCase(case_id=case_id, details=details)
        case "pay":
            return PayCase(case_id=case_id, amount_fen=op.amount_fen, details=details)
        case "refer":
            return ReferCase(case_id=case_id, details=details)
        case "close":
            return CloseCase(case_id=case_id, details=details)


def past_event(past: Past) -> CaseEvent:
    """One event of the stored past."""
    case_id, home, details = CaseId(past.case), HouseholdId(past.household), Details(past.details)
    match past.kind:
        case "open":
            return CaseOpened(case_id=case_id, household_id=home, area=AREA, details=details)
        case "note":
            return CaseNoted(case_id=case_id, household_id=home, details=details)
        case "pay":
            return CasePaid(case_id=case_id, household_id=home, amount_fen=past.amount_fen, details=details)
        case "refer":
            return CaseReferred(case_id=case_id, household_id=home, details=details)
        case "close":
            return CaseClosed(case_id=case_id, household_id=home, details=details)


KINDS: dict[type[Event], Kind] = {CaseOpened: "open", CaseNoted: "note", CasePaid: "pay", CaseReferred: "refer", CaseClosed: "close"}
