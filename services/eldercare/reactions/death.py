"""A death told by registry: a confirmed one closes the elder's meal account and devices, a revoked one opens them again (SG-04, ruling 22)."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.envelope import Meta
from contracts.ids import DeviceId, MealAccountId
from contracts.registry.person import PersonDeathRevoked, PersonDeceased
from contracts.terms import Certainty
from kit.reaction import Reaction, ids_of, person_subject
from services.eldercare.domain.device import ReinstateAfterRevocation, ReturnForDeath, device
from services.eldercare.domain.known_person import NoteDeath, WithdrawDeath
from services.eldercare.domain.meal_account import CloseForDeath, ReopenAfterRevocation, meal_account


def note_death(event: PersonDeceased, meta: Meta) -> list[NoteDeath]:
    """The death is known here before anything is closed, so no account opened meanwhile escapes it."""
    return [NoteDeath(person_id=event.person_id, died_on=event.died_on, certainty=event.certainty, occurred_at=meta.occurred_at)]


def close_everything(event: PersonDeceased, streams: Sequence[str]) -> list[CloseForDeath | ReturnForDeath]:
    """A confirmed death closes; a reported one only holds payments, and neither meals nor devices are any."""
    if event.certainty is not Certainty.CONFIRMED:
        return []
    return [
        *(CloseForDeath(account_id=MealAccountId(one)) for one in ids_of(streams, meal_account.name)),
        *(ReturnForDeath(device_id=DeviceId(one)) for one in ids_of(streams, device.name)),
    ]


def withdraw_death(event: PersonDeathRevoked, meta: Meta) -> list[WithdrawDeath]:
    """The death counts no longer."""
    return [WithdrawDeath(person_id=event.person_id, occurred_at=meta.occurred_at)]


def reopen_everything(_event: PersonDeathRevoked, streams: Sequence[str]) -> list[ReopenAfterRevocation | ReinstateAfterRevocation]:
    """What the death closed serves again."""
    return [
        *(ReopenAfterRevocation(account_id=MealAccountId(one)) for one in ids_of(streams, meal_account.name)),
        *(ReinstateAfterRevocation(device_id=DeviceId(one)) for one in ids_of(streams, device.name)),
    ]


def subject_of(event: PersonDeceased | PersonDeathRevoked) -> str:
    return person_subject(event.person_id)


on_death = Reaction("death", on=PersonDeceased, record=note_death, subject=subject_of, then=close_everything)
on_death_revoked = Reaction("death-revoked", on=PersonDeathRevoked, record=withdraw_death, subject=subject_of, then=reopen_everything)
