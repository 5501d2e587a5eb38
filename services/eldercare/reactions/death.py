"""A death told by registry: a reported one holds, a confirmed one ends, a revoked one takes both back (SG-04, ruling 22).

What each kind of stream is told stands in three tables; a kind that is not named is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from contracts.envelope import Meta
from contracts.ids import AssistId, CareBedId, CareVisitPlanId, DeviceId, LoanId, MealAccountId
from contracts.registry.person import PersonDeathRevoked, PersonDeceased
from contracts.terms import Certainty
from kit.command import Command
from kit.reaction import Reaction, ids_of, person_subject
from services.eldercare.domain.assist import CancelAssistForDeath
from services.eldercare.domain.care_visit_plan import EndPlanForDeath, HoldPlanForDeath, ResumePlanAfterRevocation
from services.eldercare.domain.device import ReinstateAfterRevocation, ReturnForDeath
from services.eldercare.domain.family_care_bed import CloseBedForDeath, HoldBedForDeath, ResumeBedAfterRevocation
from services.eldercare.domain.known_person import NoteDeath, WithdrawDeath
from services.eldercare.domain.loan import AskCollection, WithdrawCollection
from services.eldercare.domain.meal_account import CloseForDeath, ReopenAfterRevocation

Sweep = Mapping[str, Callable[[str], Command]]
"""What the streams of an aggregate are told, by its name."""

HOLDING: Sweep = {
    "care-visit-plan": lambda one: HoldPlanForDeath(plan_id=CareVisitPlanId(one)),
    "family-care-bed": lambda one: HoldBedForDeath(bed_id=CareBedId(one)),
}
ENDING: Sweep = {
    "meal-account": lambda one: CloseForDeath(account_id=MealAccountId(one)),
    "device": lambda one: ReturnForDeath(device_id=DeviceId(one)),
    "care-visit-plan": lambda one: EndPlanForDeath(plan_id=CareVisitPlanId(one)),
    "family-care-bed": lambda one: CloseBedForDeath(bed_id=CareBedId(one)),
    "loan": lambda one: AskCollection(loan_id=LoanId(one)),
    "assist": lambda one: CancelAssistForDeath(assist_id=AssistId(one)),
}
TAKING_BACK: Sweep = {
    "meal-account": lambda one: ReopenAfterRevocation(account_id=MealAccountId(one)),
    "device": lambda one: ReinstateAfterRevocation(device_id=DeviceId(one)),
    "care-visit-plan": lambda one: ResumePlanAfterRevocation(plan_id=CareVisitPlanId(one)),
    "family-care-bed": lambda one: ResumeBedAfterRevocation(bed_id=CareBedId(one)),
    "loan": lambda one: WithdrawCollection(loan_id=LoanId(one)),
}


def note_death(event: PersonDeceased, meta: Meta) -> list[NoteDeath]:
    """The death is known here before anything is ended, so nothing opened meanwhile escapes it."""
    return [NoteDeath(person_id=event.person_id, died_on=event.died_on, certainty=event.certainty, occurred_at=meta.occurred_at)]


def hold_or_end(event: PersonDeceased, streams: Sequence[str]) -> list[Command]:
    """A confirmed death ends what the person has; a reported one only holds it, and neither meals nor alarms are held."""
    return _swept(ENDING if event.certainty is Certainty.CONFIRMED else HOLDING, streams)


def withdraw_death(event: PersonDeathRevoked, meta: Meta) -> list[WithdrawDeath]:
    """The death counts no longer."""
    return [WithdrawDeath(person_id=event.person_id, occurred_at=meta.occurred_at)]


def take_back(_event: PersonDeathRevoked, streams: Sequence[str]) -> list[Command]:
    """What the death held or ended goes on."""
    return _swept(TAKING_BACK, streams)


def _swept(table: Sweep, streams: Sequence[str]) -> list[Command]:
    return [told(one) for name, told in table.items() for one in ids_of(streams, name)]


def subject_of(event: PersonDeceased | PersonDeathRevoked) -> str:
    return person_subject(event.person_id)


on_death = Reaction("death", on=PersonDeceased, record=note_death, subject=subject_of, then=hold_or_end)
on_death_revoked = Reaction("death-revoked", on=PersonDeathRevoked, record=withdraw_death, subject=subject_of, then=take_back)
