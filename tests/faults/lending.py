"""A toy service that uses every kind of index row: accounts and limits of the kit's toy, and loans of numbered wheelchairs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.envelope import Event, event
from contracts.ids import AreaCode, LotId, PersonId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context, PositiveFen
from kit.identity import Role
from kit.reaction import person_subject
from kit.service import Service
from kit.store.model import IndexChange, Link, Release, ReleaseAll, SetTimer, Take, Unlink
from tests.kit.toy import ID, ONE, TWO, account, limit


@event("toy.loan.lent", version=1, stream="loan_id")
class Lent(Event):
    """A wheelchair went out, to be back by an instant."""

    loan_id: LotId
    chair: AreaCode
    person_id: PersonId
    due_at: datetime


@event("toy.loan.extended", version=1, stream="loan_id")
class Extended(Event):
    """It may stay longer."""

    loan_id: LotId
    due_at: datetime


@event("toy.loan.passed-on", version=1, stream="loan_id")
class PassedOn(Event):
    """Another person uses it now; nobody waits for it any more."""

    loan_id: LotId
    from_person_id: PersonId
    person_id: PersonId


@event("toy.loan.swapped", version=1, stream="loan_id")
class Swapped(Event):
    """Another chair for the same loan."""

    loan_id: LotId
    old_chair: AreaCode
    chair: AreaCode


@event("toy.loan.ended", version=1, stream="loan_id")
class Ended(Event):
    """It is back."""

    loan_id: LotId


LoanEvent = Lent | Extended | PassedOn | Swapped | Ended


@dataclass(frozen=True, kw_only=True)
class Loan:
    chair: AreaCode | None = None
    person_id: PersonId | None = None
    due_at: datetime | None = None
    over: bool = False


def evolve(loan: Loan, fact: LoanEvent) -> Loan:
    match fact:
        case Lent(chair=chair, person_id=person, due_at=due):
            return replace(loan, chair=chair, person_id=person, due_at=due)
        case Extended(due_at=due):
            return replace(loan, due_at=due)
        case PassedOn(person_id=person):
            return replace(loan, person_id=person, due_at=None)
        case Swapped(chair=chair):
            return replace(loan, chair=chair)
        case Ended():
            return replace(loan, over=True)


class Lend(Command):
    """Lend a chair."""

    loan_id: LotId
    chair: AreaCode
    person_id: PersonId


class Extend(Command):
    """A day longer for each fen (any small number will do)."""

    loan_id: LotId
    days: PositiveFen


class PassOn(Command):
    """Give it to another person."""

    loan_id: LotId
    person_id: PersonId


class Swap(Command):
    """Another chair."""

    loan_id: LotId
    chair: AreaCode


class EndLoan(Command):
    """Bring it back."""

    loan_id: LotId


def lend(command: Lend, _loan: Loan, context: Context) -> list[Event]:
    due = context.now + timedelta(days=30)
    return [Lent(loan_id=command.loan_id, chair=command.chair, person_id=command.person_id, due_at=due)]


def extend(command: Extend, loan: Loan, context: Context) -> list[Event]:
    require(not loan.over, "over")
    return [Extended(loan_id=command.loan_id, due_at=(loan.due_at or context.now) + timedelta(days=command.days))]


def pass_on(command: PassOn, loan: Loan, _context: Context) -> list[Event]:
    require(not loan.over, "over")
    assert loan.person_id is not None
    return [PassedOn(loan_id=command.loan_id, from_person_id=loan.person_id, person_id=command.person_id)]


def swap(command: Swap, loan: Loan, _context: Context) -> list[Event]:
    require(not loan.over, "over")
    require(loan.chair != command.chair, "same_chair")
    assert loan.chair is not None
    return [Swapped(loan_id=command.loan_id, old_chair=loan.chair, chair=command.chair)]


def end_loan(command: EndLoan, loan: Loan, _context: Context) -> list[Event]:
    return [] if loan.over else [Ended(loan_id=command.loan_id)]


def index(fact: LoanEvent) -> Iterable[IndexChange]:
    match fact:
        case Lent(chair=chair, person_id=person, due_at=due):
            return [Take("chair", chair), Link(person_subject(person)), SetTimer("remind", due)]
        case Extended(due_at=due):
            return [SetTimer("remind", due)]
        case PassedOn(from_person_id=old, person_id=new):
            return [Unlink(person_subject(old)), Link(person_subject(new)), SetTimer("remind", None)]
        case Swapped(old_chair=old, chair=new):
            return [Release("chair", old), Take("chair", new)]
        case Ended():
            return [ReleaseAll()]


_LOAN, _CHAIR, _ROLES = LotId(f"{ID}77"), AreaCode("chair-1"), {Role.CASEWORKER}
loan = Aggregate(
    "loan",
    id="loan_id",
    state=Loan,
    evolve=evolve,
    index=index,
    commands=[
        command(lend, stream="new", roles=_ROLES, example=Lend(loan_id=_LOAN, chair=_CHAIR, person_id=ONE)),
        command(extend, roles=_ROLES, example=Extend(loan_id=_LOAN, days=3)),
        command(pass_on, roles=_ROLES, example=PassOn(loan_id=_LOAN, person_id=TWO)),
        command(swap, roles=_ROLES, example=Swap(loan_id=_LOAN, chair=_CHAIR)),
        command(end_loan, roles=_ROLES, example=EndLoan(loan_id=_LOAN)),
    ],
)
lending = Service("toy", aggregates=[account, limit, loan])
