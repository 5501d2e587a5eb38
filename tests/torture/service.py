"""The tortured service: accounts, limits and loans of the lending toy, and glances, which read two streams and write neither.

A glance records what it saw, so the log itself shows whether a decision rested on streams that had moved on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from contracts.envelope import Event, Meta, event
from contracts.ids import AreaCode, HouseholdId, LotId, PersonId
from kit.aggregate import Aggregate, command
from kit.command import Command, Context
from kit.identity import Role
from kit.service import Service
from kit.view import Row, View
from tests.faults.lending import Ended, Extended, Lent, PassedOn, Swapped, loan
from tests.kit.toy import ID, ONE, Account, AccountOpened, Limit, LimitCharged, PaidIn, PaidOut, account, limit


@event("toy.glance.taken", version=1, stream="glance_id")
class GlanceTaken(Event):
    """Somebody looked at an account and at its household's limit at one moment."""

    glance_id: LotId
    account_id: PersonId
    household_id: HouseholdId
    balance_fen: int
    charged_fen: int


@dataclass(frozen=True, kw_only=True)
class Glance:
    taken: bool = False


class Look(Command):
    """Note balance and charges as they are."""

    glance_id: LotId
    account_id: PersonId
    household_id: HouseholdId


def evolve_glance(_glance: Glance, _fact: GlanceTaken) -> Glance:
    return Glance(taken=True)


def look(command: Look, _glance: Glance, _context: Context, account: Account, limit: Limit) -> list[Event]:
    return [GlanceTaken(**command.model_dump(exclude={"occurred_at"}), balance_fen=account.balance_fen, charged_fen=limit.charged_fen)]


glance = Aggregate(
    "glance",
    id="glance_id",
    state=Glance,
    evolve=evolve_glance,
    commands=[
        command(
            look,
            stream="new",
            roles={Role.CASEWORKER},
            also=[account.by("account_id", missing_ok=True), limit.by("household_id", missing_ok=True)],
            example=Look(glance_id=LotId(f"{ID}55"), account_id=ONE, household_id=HouseholdId(f"{ID}aa")),
        )
    ],
)
tortured = Service("toy", aggregates=[account, limit, loan, glance])


class Purse(Row, frozen=True):
    """An account as the read side shows it. moves: payments so far."""

    account_id: PersonId
    balance_fen: int = 0
    moves: int = 0
    last_position: int = 0


class Chair(Row, frozen=True):
    """A loan as the read side shows it; gone when the chair is back."""

    loan_id: LotId
    chair: AreaCode
    person_id: PersonId
    last_position: int = 0


def _accounts(fact: Event) -> Iterable[str]:
    return [fact.account_id] if isinstance(fact, AccountOpened | PaidIn | PaidOut) else []


def _fold_purse(row: Purse | None, fact: Any, meta: Meta) -> Purse | None:
    known = row or Purse(account_id=fact.account_id)
    amount = {PaidIn: 1, PaidOut: -1}.get(type(fact), 0) * getattr(fact, "amount_fen", 0)
    return Purse(
        account_id=known.account_id, balance_fen=known.balance_fen + amount, moves=known.moves + (amount != 0), last_position=meta.position
    )


def _loans(fact: Event) -> Iterable[str]:
    return [fact.loan_id] if isinstance(fact, Lent | Extended | PassedOn | Swapped | Ended) else []


def _fold_chair(row: Chair | None, fact: Any, meta: Meta) -> Chair | None:
    match fact:
        case Lent(loan_id=one, chair=chair, person_id=person):
            return Chair(loan_id=one, chair=chair, person_id=person, last_position=meta.position)
        case Ended():
            return None
        case _ if row is None:
            return None
        case PassedOn(person_id=person):
            return Chair(loan_id=row.loan_id, chair=row.chair, person_id=person, last_position=meta.position)
        case Swapped(chair=chair):
            return Chair(loan_id=row.loan_id, chair=chair, person_id=row.person_id, last_position=meta.position)
    return Chair(loan_id=row.loan_id, chair=row.chair, person_id=row.person_id, last_position=meta.position)


def _homes(fact: Event) -> Iterable[str]:
    return [fact.household_id] if isinstance(fact, LimitCharged) else []


class Charges(Row, frozen=True):
    """What a household was charged."""

    household_id: HouseholdId
    charged_fen: int = 0


def _fold_charges(row: Charges | None, fact: LimitCharged, _meta: Meta) -> Charges | None:
    return Charges(household_id=fact.household_id, charged_fen=(row.charged_fen if row else 0) + fact.amount_fen)


VIEWS: list[View[Any]] = [
    View("purses", row=Purse, key=_accounts, evolve=_fold_purse, index=["balance_fen"]),
    View("chairs", row=Chair, key=_loans, evolve=_fold_chair, index=["chair"]),
    View("charges", row=Charges, key=_homes, evolve=_fold_charges),
]
