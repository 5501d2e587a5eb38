"""A toy service for tests of the kit: accounts with a daily limit over a household's accounts, and a nickname nobody else may have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from contracts.envelope import Event, Meta, event
from contracts.ids import AreaCode, HouseholdId, PersonId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context, PositiveFen
from kit.identity import Role
from kit.reaction import Reaction, ids_of, person_subject
from kit.service import Service
from kit.store.model import IndexChange, Link, Take

LIMIT_FEN = 10_000


@event("toy.account.opened", version=1, stream="account_id")
class AccountOpened(Event):
    """Opened."""

    account_id: PersonId
    household_id: HouseholdId
    area: AreaCode
    nickname: AreaCode


@event("toy.account.paid-in", version=1, stream="account_id")
class PaidIn(Event):
    """Money came."""

    account_id: PersonId
    amount_fen: int


@event("toy.account.paid-out", version=1, stream="account_id")
class PaidOut(Event):
    """Money went."""

    account_id: PersonId
    amount_fen: int


@event("toy.account.closed", version=1, stream="account_id")
class AccountEnded(Event):
    """Closed."""

    account_id: PersonId


@event("toy.limit.charged", version=1, stream="household_id")
class LimitCharged(Event):
    """A household's payments add up."""

    household_id: HouseholdId
    amount_fen: int


@event("elsewhere.person.gone", version=1, stream="person_id")
class PersonGone(Event):
    """A foreign fact."""

    person_id: PersonId


@dataclass(frozen=True, kw_only=True)
class Limit:
    charged_fen: int = 0


@dataclass(frozen=True, kw_only=True)
class Account:
    household_id: HouseholdId | None = None
    area: AreaCode | None = None
    balance_fen: int = 0
    closed: bool = False


def evolve_limit(limit: Limit, fact: LimitCharged) -> Limit:
    return replace(limit, charged_fen=limit.charged_fen + fact.amount_fen)


def evolve(account: Account, fact: AccountOpened | PaidIn | PaidOut | AccountEnded) -> Account:
    match fact:
        case AccountOpened(household_id=home, area=area):
            return replace(account, household_id=home, area=area)
        case PaidIn(amount_fen=fen):
            return replace(account, balance_fen=account.balance_fen + fen)
        case PaidOut(amount_fen=fen):
            return replace(account, balance_fen=account.balance_fen - fen)
        case AccountEnded():
            return replace(account, closed=True)


class Open(Command):
    """Open an account."""

    account_id: PersonId
    household_id: HouseholdId
    area: AreaCode
    nickname: AreaCode


class PayIn(Command):
    """Bring money."""

    account_id: PersonId
    amount_fen: PositiveFen


class PayOut(Command):
    """Take money."""

    account_id: PersonId
    amount_fen: PositiveFen


class Approve(Command):
    """Something that needs the version seen."""

    account_id: PersonId


class End(Command):
    """The owner is gone."""

    account_id: PersonId


def open_account(command: Open, _state: Account, _context: Context) -> list[Event]:
    return [AccountOpened(**command.model_dump(exclude={"occurred_at"}))]


def pay_in(command: PayIn, _state: Account, _context: Context) -> list[Event]:
    return [PaidIn(account_id=command.account_id, amount_fen=command.amount_fen)]


def pay_out(command: PayOut, state: Account, _context: Context, limit: Limit) -> list[Event]:
    require(state.balance_fen >= command.amount_fen, "not_enough", balance_fen=state.balance_fen)
    require(limit.charged_fen + command.amount_fen <= LIMIT_FEN, "above_limit", left_fen=LIMIT_FEN - limit.charged_fen)
    assert state.household_id is not None
    return [
        PaidOut(account_id=command.account_id, amount_fen=command.amount_fen),
        LimitCharged(household_id=state.household_id, amount_fen=command.amount_fen),
    ]


def approve(command: Approve, _state: Account, _context: Context) -> list[Event]:
    return [PaidIn(account_id=command.account_id, amount_fen=1)]


def end(command: End, state: Account, _context: Context) -> list[Event]:
    return [] if state.closed else [AccountEnded(account_id=command.account_id)]


def index(fact: Event) -> Iterable[IndexChange]:
    match fact:
        case AccountOpened(account_id=person, nickname=nickname):
            return [Take("nickname", nickname), Link(person_subject(person))]
        case _:
            return []


ID = "0190a000-0000-8000-8000-0000000000"
HOME, ONE, TWO = HouseholdId(f"{ID}aa"), PersonId(f"{ID}01"), PersonId(f"{ID}02")

limit = Aggregate("limit", id="household_id", state=Limit, evolve=evolve_limit)
account = Aggregate(
    "account",
    id="account_id",
    state=Account,
    evolve=evolve,
    key="household_id",
    area="area",
    index=index,
    commands=[
        command(
            open_account,
            stream="new",
            roles={Role.CASEWORKER},
            example=Open(account_id=ONE, household_id=HOME, area=AreaCode("440308003"), nickname=AreaCode("ann")),
        ),
        command(pay_in, roles={Role.CASEWORKER}, example=PayIn(account_id=ONE, amount_fen=500)),
        command(
            pay_out,
            roles={Role.CASEWORKER},
            also=[limit.by("household_id", missing_ok=True)],
            example=PayOut(account_id=ONE, amount_fen=500),
        ),
        command(approve, roles={Role.APPROVER}, approval=True, example=Approve(account_id=ONE)),
        command(end, roles={Role.SYSTEM}, example=End(account_id=ONE)),
    ],
)


def _record(fact: PersonGone, _meta: Meta) -> list[Command]:
    return []


def _then(_fact: PersonGone, streams: Sequence[str]) -> list[Command]:
    return [End(account_id=PersonId(one)) for one in ids_of(streams, "account")]


on_gone = Reaction("gone", on=PersonGone, record=_record, subject=lambda fact: person_subject(fact.person_id), then=_then)
toy = Service("toy", aggregates=[account, limit], reactions=[on_gone])
