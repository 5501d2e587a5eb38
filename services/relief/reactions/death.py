"""A death becomes known: write it down here, then end what would still be paid (SG-04, rulings 2 of the design, 6 and 22)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contracts.envelope import Meta
from contracts.ids import EntitlementId, HouseholdId, PersonId, ReferralId
from contracts.registry.person import PersonDeathRevoked, PersonDeceased
from contracts.relief.household import HouseholdClosed
from contracts.terms import Certainty, ClosingCode
from kit.command import Command
from kit.reaction import Reaction, household_subject, ids_of, person_subject
from services.relief.domain.death_case import OpenDeathCase, RevokeDeathCase
from services.relief.domain.entitlement import EndForDeath, ResumeAfterRevocation
from services.relief.domain.household import RemoveForDeath, ReturnAfterRevocation
from services.relief.domain.known_person import NoteDeath, WithdrawDeath
from services.relief.domain.referral import EndWithHousehold


def note_death(event: PersonDeceased, meta: Meta) -> Iterable[Command]:
    """The death has a home before it has an effect, so that a grant decided meanwhile sees it."""
    yield NoteDeath(person_id=event.person_id, died_on=event.died_on, certainty=event.certainty, occurred_at=meta.occurred_at)


def do_what_follows(event: PersonDeceased, streams: Sequence[str]) -> Iterable[Command]:
    """A case says what must happen; a confirmed death then ends entitlements or puts them before somebody, and ends the stay at home.

    A death that is only reported holds payments by itself.
    """
    entitlements = tuple(EntitlementId(one) for one in ids_of(streams, "entitlement"))
    homes = [HouseholdId(one) for one in ids_of(streams, "household")]
    if homes:
        yield OpenDeathCase(person_id=event.person_id, household_id=homes[-1], entitlement_ids=entitlements)
    if event.certainty is Certainty.CONFIRMED:
        yield from (EndForDeath(entitlement_id=one, person_id=event.person_id) for one in entitlements)
        yield from (RemoveForDeath(household_id=home, person_id=event.person_id) for home in homes)


def withdraw_death(event: PersonDeathRevoked, meta: Meta) -> Iterable[Command]:
    """The death counts no longer here."""
    yield WithdrawDeath(person_id=event.person_id, occurred_at=meta.occurred_at)


def undo_what_followed(event: PersonDeathRevoked, streams: Sequence[str]) -> Iterable[Command]:
    """The case says by when; the stay at home and what the death ended go on."""
    entitlements = tuple(EntitlementId(one) for one in ids_of(streams, "entitlement"))
    for case in ids_of(streams, "death-case"):
        yield RevokeDeathCase(person_id=PersonId(case), entitlement_ids=entitlements)
    for home in ids_of(streams, "household"):
        yield ReturnAfterRevocation(household_id=HouseholdId(home), person_id=event.person_id)
    for one in entitlements:
        yield ResumeAfterRevocation(entitlement_id=one, person_id=event.person_id)


def nothing_to_record(_event: HouseholdClosed, _meta: Meta) -> Iterable[Command]:
    """Relief's own fact is recorded already."""
    return ()


def end_referrals(event: HouseholdClosed, streams: Sequence[str]) -> Iterable[Command]:
    """Nobody is left whom a referral could help."""
    if event.code is ClosingCode.DECEASED:
        for one in ids_of(streams, "referral"):
            yield EndWithHousehold(referral_id=ReferralId(one))


def _household(event: HouseholdClosed) -> str:
    return household_subject(event.household_id)


def _subject(event: PersonDeceased | PersonDeathRevoked) -> str:
    return person_subject(event.person_id)


on_death = Reaction("death", on=PersonDeceased, record=note_death, subject=_subject, then=do_what_follows)
on_died_out = Reaction("died-out", on=HouseholdClosed, record=nothing_to_record, subject=_household, then=end_referrals)
on_death_revoked = Reaction("death-revoked", on=PersonDeathRevoked, record=withdraw_death, subject=_subject, then=undo_what_followed)
