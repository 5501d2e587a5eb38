"""What a member's death does to an entitlement, and what its revocation undoes (SG-04, rulings 6 and 22)."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.ids import Month, PersonId
from contracts.relief.death_case import DeathCaseClosed, DeathCaseLate, DeathRecalculationDue, DeathStep, DeathStepDone
from contracts.relief.entitlement import (
    EntitlementResumed,
    EntitlementReviewDue,
    EntitlementStopped,
    OverpaymentCleared,
    OverpaymentNoted,
    StopReason,
)
from contracts.relief.need import CoverageCommitted, CoverageReleased
from kit.clock import month_of
from kit.command import Context
from services.relief.domain.death_case import DeathCase, recalculated, recalculation_due, step_done
from services.relief.domain.entitlement.amount import followed
from services.relief.domain.entitlement.changing import resumed_from, stopped_by
from services.relief.domain.entitlement.commands import EndForDeath, ResumeAfterRevocation
from services.relief.domain.entitlement.overpaid import overpayments
from services.relief.domain.entitlement.state import Entitlement, Stop
from services.relief.domain.known_person import KnownPerson
from services.relief.domain.need import Need

DeathFact = (
    EntitlementStopped
    | EntitlementReviewDue
    | CoverageCommitted
    | CoverageReleased
    | OverpaymentNoted
    | OverpaymentCleared
    | DeathRecalculationDue
    | DeathStepDone
    | DeathCaseLate
    | DeathCaseClosed
)


def end_for_death(
    command: EndForDeath,
    entitlement: Entitlement,
    context: Context,
    need: Need,
    persons: Mapping[PersonId, KnownPerson],
    cases: Mapping[PersonId, DeathCase],
) -> list[DeathFact]:
    """The aid ended with the month of the last recipient's death, whatever the date of notice; with living members a person must look at it.

    What was paid for later months is noted as overpaid. A death that is only reported ends nothing: `record_payment` holds the months after
    it. A signed stop that lies earlier stays. The death's case hears of it.  Source: SG-04, SC-09, R-DIB-16, rulings 6, 21, 22.
    """
    if not entitlement.is_granted or not persons[command.person_id].is_dead:
        return []
    case, ended = cases[command.person_id], (DeathStep.END, entitlement.entitlement_id)
    days = [person.died_on for person in persons.values() if person.is_dead and person.died_on is not None]
    if len(days) < len(persons):
        return [*_review(command, entitlement, case), *step_done(case, ended, context)]
    death = Stop(last_month=Month(month_of(max(days))), reason=StopReason.DEATH)
    return [
        *_ended(entitlement, need, context, death),
        *step_done(case, ended, context),
        *recalculated(cases.values(), entitlement.entitlement_id, context),
    ]


def _ended(entitlement: Entitlement, need: Need, context: Context, death: Stop) -> list[DeathFact]:
    signed = entitlement.signed_stop
    wanted = signed if signed is not None and signed.last_month <= death.last_month else death
    if wanted == entitlement.stop:
        return []
    stopped = stopped_by(entitlement, wanted)
    return [stopped, *followed(entitlement, need, context, [stopped]), *overpayments(entitlement, [stopped])]


def _review(command: EndForDeath, entitlement: Entitlement, case: DeathCase) -> list[DeathFact]:
    """Somebody must look at it. Told before (a false report may have been), it is not told again, but the case waits all the same."""
    if entitlement.stop is not None:
        return []
    due = EntitlementReviewDue(
        entitlement_id=entitlement.entitlement_id,
        household_id=entitlement.household_id,
        reason=StopReason.DEATH,
        person_id=command.person_id,
    )
    told = command.person_id in entitlement.deaths_told
    return [*([] if told else [due]), *recalculation_due(case, entitlement.entitlement_id)]


def resume_after_revocation(
    command: ResumeAfterRevocation,
    entitlement: Entitlement,
    context: Context,
    need: Need,
    persons: Mapping[PersonId, KnownPerson],
    case: DeathCase,
) -> list[DeathFact | EntitlementResumed]:
    """What the death ended goes on, missed months included, up to a stop that a person had signed; nothing where it ended nothing.

    What had been noted as overpaid is owed again, and the death's case hears of it.  Source: ruling 22.
    """
    if persons[command.person_id].is_dead:
        return []
    lifted = step_done(case, (DeathStep.LIFT, entitlement.entitlement_id), context)
    if entitlement.death_stop is None:
        return [*lifted]
    signed = entitlement.signed_stop
    undone = stopped_by(entitlement, signed) if signed is not None else resumed_from(entitlement)
    return [undone, *followed(entitlement, need, context, [undone]), *overpayments(entitlement, [undone]), *lifted]
