"""A death becomes known: write it down here, then end what would still be paid (SG-04, rulings 2 of the design, 6 and 22)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contracts.envelope import Meta
from contracts.ids import EntitlementId
from contracts.registry.person import PersonDeathRevoked, PersonDeceased
from contracts.terms import Certainty
from kit.command import Command
from kit.reaction import Reaction, ids_of, person_subject
from services.relief.domain.entitlement import EndForDeath, ResumeAfterRevocation
from services.relief.domain.known_person import NoteDeath, WithdrawDeath


def note_death(event: PersonDeceased, meta: Meta) -> Iterable[Command]:
    """The death has a home before it has an effect, so that a grant decided meanwhile sees it."""
    yield NoteDeath(person_id=event.person_id, died_on=event.died_on, certainty=event.certainty, occurred_at=meta.occurred_at)


def end_entitlements(event: PersonDeceased, streams: Sequence[str]) -> Iterable[Command]:
    """Every entitlement that concerns the person ends or is put before somebody; a death that is only reported holds payments by itself."""
    if event.certainty is Certainty.CONFIRMED:
        for one in ids_of(streams, "entitlement"):
            yield EndForDeath(entitlement_id=EntitlementId(one), person_id=event.person_id)


def withdraw_death(event: PersonDeathRevoked, meta: Meta) -> Iterable[Command]:
    """The death counts no longer here."""
    yield WithdrawDeath(person_id=event.person_id, occurred_at=meta.occurred_at)


def resume_entitlements(event: PersonDeathRevoked, streams: Sequence[str]) -> Iterable[Command]:
    """What the death ended goes on."""
    for one in ids_of(streams, "entitlement"):
        yield ResumeAfterRevocation(entitlement_id=EntitlementId(one), person_id=event.person_id)


def _subject(event: PersonDeceased | PersonDeathRevoked) -> str:
    return person_subject(event.person_id)


on_death = Reaction("death", on=PersonDeceased, record=note_death, subject=_subject, then=end_entitlements)
on_death_revoked = Reaction("death-revoked", on=PersonDeathRevoked, record=withdraw_death, subject=_subject, then=resume_entitlements)
