"""What a member's death does to an entitlement, and what its revocation undoes (SG-04, rulings 6 and 22)."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.ids import Month, PersonId
from contracts.relief.entitlement import EntitlementResumed, EntitlementReviewDue, EntitlementStopped, StopReason
from contracts.relief.need import CoverageCommitted, CoverageReleased
from kit.clock import month_of
from kit.command import Context
from services.relief.domain.entitlement.amount import followed
from services.relief.domain.entitlement.changing import resumed_from, stopped_by
from services.relief.domain.entitlement.commands import EndForDeath, ResumeAfterRevocation
from services.relief.domain.entitlement.state import Entitlement, Stop
from services.relief.domain.known_person import KnownPerson
from services.relief.domain.need import Need

DeathFact = EntitlementStopped | EntitlementReviewDue | CoverageCommitted | CoverageReleased


def end_for_death(
    command: EndForDeath, entitlement: Entitlement, context: Context, need: Need, persons: Mapping[PersonId, KnownPerson]
) -> list[DeathFact]:
    """The aid ended with the month of the last recipient's death, whatever the date of notice; with living members a person must look at it.

    A death that is only reported ends nothing: `record_payment` holds the months after it. A signed stop that lies earlier stays.
    Source: SG-04, R-DIB-16, rulings 6, 21, 22.
    """
    if not entitlement.is_granted or not persons[command.person_id].is_dead:
        return []
    days = [person.died_on for person in persons.values() if person.is_dead and person.died_on is not None]
    if len(days) < len(persons):
        return _review(command, entitlement)
    death = Stop(last_month=Month(month_of(max(days))), reason=StopReason.DEATH)
    signed = entitlement.signed_stop
    wanted = signed if signed is not None and signed.last_month <= death.last_month else death
    if wanted == entitlement.stop:
        return []
    stopped = stopped_by(entitlement, wanted)
    return [stopped, *followed(entitlement, need, context, [stopped])]


def _review(command: EndForDeath, entitlement: Entitlement) -> list[DeathFact]:
    if entitlement.stop is not None or command.person_id in entitlement.deaths_told:
        return []
    return [
        EntitlementReviewDue(
            entitlement_id=entitlement.entitlement_id,
            household_id=entitlement.household_id,
            reason=StopReason.DEATH,
            person_id=command.person_id,
        )
    ]


def resume_after_revocation(
    command: ResumeAfterRevocation,
    entitlement: Entitlement,
    context: Context,
    need: Need,
    persons: Mapping[PersonId, KnownPerson],
) -> list[EntitlementResumed | EntitlementStopped | CoverageCommitted | CoverageReleased]:
    """What the death ended goes on, missed months included, up to a stop that a person had signed; nothing where it ended nothing.

    Source: ruling 22.
    """
    if entitlement.death_stop is None or persons[command.person_id].is_dead:
        return []
    signed = entitlement.signed_stop
    undone = stopped_by(entitlement, signed) if signed is not None else resumed_from(entitlement)
    return [undone, *followed(entitlement, need, context, [undone])]
