"""A death told by registry: a confirmed one closes the elder's meal account, a revoked one opens it again (SG-04, ruling 22)."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.envelope import Meta
from contracts.ids import MealAccountId
from contracts.registry.person import PersonDeathRevoked, PersonDeceased
from contracts.terms import Certainty
from kit.reaction import Reaction, ids_of, person_subject
from services.eldercare.domain.known_person import NoteDeath, WithdrawDeath
from services.eldercare.domain.meal_account import CloseForDeath, ReopenAfterRevocation, meal_account


def note_death(event: PersonDeceased, meta: Meta) -> list[NoteDeath]:
    """The death is known here before anything is closed, so no account opened meanwhile escapes it."""
    return [NoteDeath(person_id=event.person_id, died_on=event.died_on, certainty=event.certainty, occurred_at=meta.occurred_at)]


def close_accounts(event: PersonDeceased, streams: Sequence[str]) -> list[CloseForDeath]:
    """A confirmed death closes; a reported one only holds payments, and meals are none."""
    if event.certainty is not Certainty.CONFIRMED:
        return []
    return [CloseForDeath(account_id=MealAccountId(one)) for one in ids_of(streams, meal_account.name)]


def withdraw_death(event: PersonDeathRevoked, meta: Meta) -> list[WithdrawDeath]:
    """The death counts no longer."""
    return [WithdrawDeath(person_id=event.person_id, occurred_at=meta.occurred_at)]


def reopen_accounts(_event: PersonDeathRevoked, streams: Sequence[str]) -> list[ReopenAfterRevocation]:
    """What the death closed serves again."""
    return [ReopenAfterRevocation(account_id=MealAccountId(one)) for one in ids_of(streams, meal_account.name)]


def subject_of(event: PersonDeceased | PersonDeathRevoked) -> str:
    return person_subject(event.person_id)


on_death = Reaction("death", on=PersonDeceased, record=note_death, subject=subject_of, then=close_accounts)
on_death_revoked = Reaction("death-revoked", on=PersonDeathRevoked, record=withdraw_death, subject=subject_of, then=reopen_accounts)
