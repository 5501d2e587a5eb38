"""A toy service with deadlines: promises that lapse unless kept, are asked about each day, and can be odd in every way a timer can."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from contracts.envelope import Event, event
from contracts.ids import AreaCode, PersonId
from kit.aggregate import Aggregate, command, require
from kit.clock import Clock
from kit.command import Command, Context
from kit.identity import Role
from kit.service import Service
from kit.store.model import IndexChange, ReleaseAll, SetTimer


@event("timed.promise.given", version=1, stream="promise_id")
class PromiseGiven(Event):
    """A promise with an end; the timer of that name acts then."""

    promise_id: PersonId
    until: datetime
    timer: AreaCode


@event("timed.promise.kept", version=1, stream="promise_id")
class PromiseKept(Event):
    """Kept in time."""

    promise_id: PersonId


@event("timed.promise.lapsed", version=1, stream="promise_id")
class PromiseLapsed(Event):
    """Nobody kept it."""

    promise_id: PersonId


@event("timed.promise.asked", version=1, stream="promise_id")
class PromiseAsked(Event):
    """Asked about; again a day later."""

    promise_id: PersonId
    again: datetime


PromiseEvent = PromiseGiven | PromiseKept | PromiseLapsed | PromiseAsked


@dataclass(frozen=True, kw_only=True)
class Promise:
    until: datetime | None = None
    over: bool = False
    asked: int = 0


def evolve(promise: Promise, fact: PromiseEvent) -> Promise:
    match fact:
        case PromiseGiven(until=until):
            return replace(promise, until=until)
        case PromiseKept() | PromiseLapsed():
            return replace(promise, over=True)
        case PromiseAsked():
            return replace(promise, asked=promise.asked + 1)


def index(fact: PromiseEvent) -> Iterable[IndexChange]:
    match fact:
        case PromiseGiven(until=until, timer=name):
            return [SetTimer(name, until)]
        case PromiseAsked(again=again):
            return [SetTimer("ask", again)]
        case PromiseKept() | PromiseLapsed():
            return [ReleaseAll()]


class GivePromise(Command):
    """Promise something until an instant."""

    promise_id: PersonId
    until: datetime
    timer: AreaCode = AreaCode("lapse")


class Keep(Command):
    """Keep it."""

    promise_id: PersonId


class Lapse(Command):
    """Nobody kept it in time."""

    promise_id: PersonId


class Ask(Command):
    """Ask about it."""

    promise_id: PersonId


class Shrug(Command):
    """Leads to nothing."""

    promise_id: PersonId


class Balk(Command):
    """Is always refused."""

    promise_id: PersonId


class Await(Command):
    """Waits for a calendar that nobody has loaded."""

    promise_id: PersonId


class Break(Command):
    """Fails without a verdict."""

    promise_id: PersonId


def give(command: GivePromise, _promise: Promise, _context: Context) -> list[PromiseEvent]:
    return [PromiseGiven(promise_id=command.promise_id, until=command.until, timer=command.timer)]


def keep(command: Keep, promise: Promise, _context: Context) -> list[PromiseEvent]:
    require(not promise.over, "over")
    return [PromiseKept(promise_id=command.promise_id)]


def lapse(command: Lapse, promise: Promise, _context: Context) -> list[PromiseEvent]:
    return [] if promise.over else [PromiseLapsed(promise_id=command.promise_id)]


def ask(command: Ask, _promise: Promise, context: Context) -> list[PromiseEvent]:
    return [PromiseAsked(promise_id=command.promise_id, again=context.occurred_at + timedelta(days=1))]


def shrug(_command: Shrug, _promise: Promise, _context: Context) -> list[PromiseEvent]:
    return []


def balk(_command: Balk, _promise: Promise, _context: Context) -> list[PromiseEvent]:
    require(False, "never")  # noqa: FBT003 - that is what it is for
    return []


def await_calendar(_command: Await, _promise: Promise, context: Context) -> list[PromiseEvent]:
    context.calendar.due_at(date(2190, 1, 1), 3)
    return []


def break_off(_command: Break, _promise: Promise, _context: Context) -> list[PromiseEvent]:
    raise ArithmeticError("a mistake in a rule")


ONE = PersonId("0190a000-0000-8000-8000-000000000001")
EVERYBODY, SYSTEM = {Role.CASEWORKER}, {Role.SYSTEM}
promise = Aggregate(
    "promise",
    id="promise_id",
    state=Promise,
    evolve=evolve,
    index=index,
    commands=[
        command(
            give, stream="any", roles=EVERYBODY, anywhere=True, example=GivePromise(promise_id=ONE, until=datetime.max.replace(tzinfo=UTC))
        ),
        command(keep, roles=EVERYBODY, anywhere=True, example=Keep(promise_id=ONE)),
        command(lapse, roles=SYSTEM, example=Lapse(promise_id=ONE)),
        command(ask, roles=SYSTEM, example=Ask(promise_id=ONE)),
        command(shrug, roles=SYSTEM, example=Shrug(promise_id=ONE)),
        command(balk, roles=SYSTEM, example=Balk(promise_id=ONE)),
        command(await_calendar, roles=SYSTEM, example=Await(promise_id=ONE)),
        command(break_off, roles=SYSTEM, example=Break(promise_id=ONE)),
    ],
)
timed = Service("timed", aggregates=[promise])


class Hands(Clock):
    """A clock whose hands the test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.acted: datetime | None = None

    def now(self) -> datetime:
        return self.at

    def deadlines(self) -> datetime:
        return self.acted or self.at
