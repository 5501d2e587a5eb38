"""What a death asks of relief, step by step, until all is done or the death is revoked (SG-04, R-DIB-16, ruling 22).

The steps are done in the streams they concern, whose decisions write `step_done` into the same append: a case that says `done` is right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import assert_never

from contracts.ids import EntitlementId, HouseholdId, PersonId
from contracts.relief.death_case import (
    DeathCaseClosed,
    DeathCaseConfirmed,
    DeathCaseLate,
    DeathCaseOpened,
    DeathCaseRevoked,
    DeathOutcome,
    DeathRecalculationDue,
    DeathStep,
    DeathStepDone,
)
from contracts.terms import Certainty
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from kit.reaction import person_subject
from kit.store.model import IndexChange, Link, SetTimer
from policy.calendar import add_months, end_of
from services.relief.domain.household import household
from services.relief.domain.known_person import KnownPerson, known_person

DeathCaseEvent = (
    DeathCaseOpened | DeathCaseConfirmed | DeathRecalculationDue | DeathStepDone | DeathCaseLate | DeathCaseRevoked | DeathCaseClosed
)
StepFact = DeathStepDone | DeathCaseLate | DeathCaseClosed
Step = tuple[DeathStep, EntitlementId | None]
"""A step, and the entitlement it concerns."""


@dataclass(frozen=True, kw_only=True)
class DeathCase:
    """steps: what is still to be done.  late_at: when they are late.  told_late: that was said already."""

    person_id: PersonId = PersonId("")
    household_id: HouseholdId = HouseholdId("")
    certainty: Certainty | None = None
    steps: frozenset[Step] = frozenset()
    late_at: datetime = datetime.max.replace(tzinfo=UTC)
    told_late: bool = False
    revoked: bool = False
    is_open: bool = False

    def is_late(self, context: Context) -> bool:
        """The limit itself is still in time (ruling 16): `late_at` is the first instant after it."""
        return self.is_open and not self.told_late and context.occurred_at >= self.late_at


def evolve(case: DeathCase, event: DeathCaseEvent) -> DeathCase:
    match event:
        case DeathCaseOpened(certainty=Certainty.REPORTED):
            return replace(_opened(event), certainty=Certainty.REPORTED, steps=frozenset({(DeathStep.CONFIRM, None)}))
        case DeathCaseOpened() | DeathCaseConfirmed():
            ending = {(DeathStep.END, one) for one in event.entitlement_ids}
            return replace(_opened(event), certainty=Certainty.CONFIRMED, steps=frozenset({*ending, (DeathStep.NOTIFY, None)}))
        case DeathRecalculationDue(entitlement_id=entitlement):
            return replace(case, steps=case.steps | {(DeathStep.RECALCULATE, entitlement)})
        case DeathStepDone(step=step, entitlement_id=entitlement):
            return replace(case, steps=case.steps - {(step, entitlement)})
        case DeathCaseLate():
            return replace(case, told_late=True)
        case DeathCaseRevoked():
            lifting = frozenset((DeathStep.LIFT, one) for one in event.entitlement_ids)
            return replace(_opened(event), revoked=True, steps=lifting)
        case DeathCaseClosed():
            return replace(case, is_open=False)
        case _:
            assert_never(event)


def _opened(event: DeathCaseOpened | DeathCaseConfirmed | DeathCaseRevoked) -> DeathCase:
    return DeathCase(person_id=event.person_id, household_id=event.household_id, late_at=event.late_at, is_open=True)


class OpenDeathCase(Command):
    """A death became known, or is confirmed now, of somebody who lives in a household. entitlement_ids: that count the person."""

    person_id: PersonId
    household_id: HouseholdId
    entitlement_ids: tuple[EntitlementId, ...] = ()


class RevokeDeathCase(Command):
    """The death was an error. entitlement_ids: that count the person."""

    person_id: PersonId
    entitlement_ids: tuple[EntitlementId, ...] = ()


class NoteTold(Command):
    """The household, or who is left of the family, was told what the death means for the aid."""

    person_id: PersonId


class DeathCaseOverdue(Command):
    """The time for the steps is over: which are open?"""

    person_id: PersonId


def open_case(
    command: OpenDeathCase, case: DeathCase, context: Context, person: KnownPerson
) -> list[DeathCaseOpened | DeathCaseConfirmed | DeathCaseLate]:
    """It is on record what must happen, and by when; a confirmation opens the steps of a confirmed death.

    Nothing for a death that counts no longer, or that is known already.  Source: SG-04, R-DIB-16, ruling 22.
    """
    if person.died_on is None or person.certainty is None:
        return []
    known = case.is_open and not case.revoked
    if known and (case.certainty is person.certainty or case.certainty is Certainty.CONFIRMED):
        return []
    late_at = end_of(add_months(person.died_on, context.policy.death_change_months))
    ends = command.entitlement_ids if person.is_dead else ()
    if known:
        confirmed = DeathCaseConfirmed(
            person_id=command.person_id,
            household_id=case.household_id,
            died_on=person.died_on,
            entitlement_ids=ends,
            late_at=late_at,
        )
        return [*said_late(case, context), confirmed]
    return [
        DeathCaseOpened(
            person_id=command.person_id,
            household_id=command.household_id,
            died_on=person.died_on,
            certainty=person.certainty,
            entitlement_ids=ends,
            late_at=late_at,
        )
    ]


def revoke_case(command: RevokeDeathCase, case: DeathCase, context: Context) -> list[DeathCaseRevoked | DeathCaseLate | DeathCaseClosed]:
    """What the death ended or held is to go on within one working day; with nothing ended the case is over.

    Source: ruling 22.
    """
    if case.revoked:
        return []
    revoked = DeathCaseRevoked(
        person_id=case.person_id,
        household_id=case.household_id,
        entitlement_ids=command.entitlement_ids,
        late_at=context.calendar.due_at(context.on, context.policy.death_lift_wd),
    )
    return [*said_late(case, context), revoked, *([] if command.entitlement_ids else [_closed(case, DeathOutcome.REVOKED)])]


def note_told(_command: NoteTold, case: DeathCase, context: Context) -> list[StepFact]:
    """The household knows.

    Raises: Refused("nothing_to_tell"): not confirmed yet, told already, or revoked.  Source: SG-04, section 3.5.
    """
    require((DeathStep.NOTIFY, None) in case.steps, "nothing_to_tell")
    return step_done(case, (DeathStep.NOTIFY, None), context)


def late(_command: DeathCaseOverdue, case: DeathCase, context: Context) -> list[DeathCaseLate]:
    """Steps that are open at the end of their time are told as late, once; nothing stops by it. Source: R-DIB-16, ruling 21."""
    return said_late(case, context)


def recalculation_due(case: DeathCase, entitlement_id: EntitlementId) -> list[DeathRecalculationDue]:
    """The rest of the unit is to be looked at; asked for once."""
    if not case.is_open or (DeathStep.RECALCULATE, entitlement_id) in case.steps:
        return []
    return [DeathRecalculationDue(person_id=case.person_id, household_id=case.household_id, entitlement_id=entitlement_id)]


def recalculated(cases: Iterable[DeathCase], entitlement_id: EntitlementId, context: Context) -> list[StepFact]:
    """The unit's aid was decided anew: no death of a member waits for that any more."""
    return [fact for case in cases for fact in step_done(case, (DeathStep.RECALCULATE, entitlement_id), context)]


def step_done(case: DeathCase, step: Step, context: Context) -> list[StepFact]:
    """The step is done, the case over with its last one; nothing where it was not open. One that comes late says so first."""
    if step not in case.steps:
        return []
    kind, entitlement_id = step
    done = DeathStepDone(person_id=case.person_id, household_id=case.household_id, step=kind, entitlement_id=entitlement_id)
    outcome = DeathOutcome.REVOKED if case.revoked else DeathOutcome.DONE
    return [*said_late(case, context), done, *([_closed(case, outcome)] if case.steps == {step} else [])]


def said_late(case: DeathCase, context: Context) -> list[DeathCaseLate]:
    """What was open when the time was over, if nobody said so yet."""
    if not case.is_late(context):
        return []
    steps = tuple(sorted({kind for kind, _ in case.steps}))
    return [DeathCaseLate(person_id=case.person_id, household_id=case.household_id, steps=steps, late_at=case.late_at)]


def _closed(case: DeathCase, outcome: DeathOutcome) -> DeathCaseClosed:
    return DeathCaseClosed(person_id=case.person_id, household_id=case.household_id, outcome=outcome)


def index(event: DeathCaseEvent) -> Iterable[IndexChange]:
    """Found by the person, also after its end: a death may be revoked then. One limit at a time."""
    match event:
        case DeathCaseOpened(person_id=person, late_at=due):
            return [Link(person_subject(person)), SetTimer("late", due)]
        case DeathCaseConfirmed(late_at=due) | DeathCaseRevoked(late_at=due):
            return [SetTimer("late", due)]
        case DeathCaseLate() | DeathCaseClosed():
            return [SetTimer("late", None)]
        case _:
            return []


_ID = "0190a000-0000-8000-8000-0000000000"
_PERSON, _HOME = PersonId(f"{_ID}10"), HouseholdId(f"{_ID}02")

death_case = Aggregate(
    "death-case",
    id="person_id",
    state=DeathCase,
    evolve=evolve,
    key="household_id",
    area=household.by("household_id"),
    index=index,
    commands=[
        command(
            open_case,
            stream="any",
            also=[known_person.by("person_id", missing_ok=True)],
            roles={Role.SYSTEM},
            example=OpenDeathCase(person_id=_PERSON, household_id=_HOME),
        ),
        command(revoke_case, roles={Role.SYSTEM}, example=RevokeDeathCase(person_id=_PERSON)),
        command(note_told, roles={Role.CASEWORKER}, example=NoteTold(person_id=_PERSON)),
        command(late, roles={Role.SYSTEM}, example=DeathCaseOverdue(person_id=_PERSON)),
    ],
)
