"""A new amount, a signed stop, and taking a stop back."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.ids import Month, PersonId
from contracts.relief.death_case import DeathCaseClosed, DeathCaseLate, DeathStepDone
from contracts.relief.entitlement import EntitlementResumed, EntitlementStopped, EntitlementVersioned
from contracts.relief.household import StatusExpired, StatusRecognised
from contracts.relief.need import CoverageCommitted, CoverageReleased
from kit.aggregate import require
from kit.clock import month_of, next_month
from kit.command import Context
from services.relief.domain.death_case import DeathCase, recalculated
from services.relief.domain.entitlement.amount import STATUS_OF, followed, month_after, review_due, versioned
from services.relief.domain.entitlement.commands import ResumeEntitlement, ReviseEntitlement, StopEntitlement
from services.relief.domain.entitlement.granting import status_of
from services.relief.domain.entitlement.state import Entitlement, Stop
from services.relief.domain.household import Household
from services.relief.domain.known_person import KnownPerson
from services.relief.domain.need import Need


def revise(
    command: ReviseEntitlement,
    entitlement: Entitlement,
    context: Context,
    need: Need,
    persons: Mapping[PersonId, KnownPerson],
    cases: Mapping[PersonId, DeathCase],
) -> list[EntitlementVersioned | CoverageCommitted | CoverageReleased | DeathStepDone | DeathCaseLate | DeathCaseClosed]:
    """The living members' amount for the new income holds from the month after the decision; the need follows by the difference.

    It answers the deaths that waited for it (R-DIB-16).

    Raises: Refused("not_granted" | "stopped" | "recipient_dead" | "before_last_version"); Refused("not_below_standard", limit_fen): grace or a
    stop is to be decided; for an increase Refused("same_person" | "review_overdue").  Source: R-DIB-14, R-DIB-16, rulings 6, 17, 21.
    """
    require_running(entitlement)
    living = [person for person in entitlement.person_ids if not persons[person].is_dead]
    require(bool(living), "recipient_dead")
    require(month_after(context) >= entitlement.versions[-1].first_month, "before_last_version")
    due = review_due(context, stable=command.stable) if command.reviewed else max(entitlement.review_month, month_after(context))
    version = versioned(entitlement, context, members=len(living), income_fen=command.counted_income_fen, last_month=due)
    if version.amount_fen > entitlement.versions[-1].amount_fen:
        require(context.actor_id != entitlement.proposed_by, "same_person")
        overdue = month_of(context.on) > entitlement.review_month
        require(command.reviewed or not overdue, "review_overdue", review_month=entitlement.review_month)
    return [version, *followed(entitlement, need, context, [version]), *recalculated(cases.values(), entitlement.entitlement_id, context)]


def stop(
    command: StopEntitlement,
    entitlement: Entitlement,
    context: Context,
    home: Household,
    need: Need,
    cases: Mapping[PersonId, DeathCase],
) -> list[EntitlementStopped | CoverageReleased | CoverageCommitted | StatusExpired | DeathStepDone | DeathCaseLate | DeathCaseClosed]:
    """The month of the decision is the last one paid; months after it are open again on the need, and the status ends with it.

    Raises: Refused("not_granted" | "stopped").  Source: rulings 6, 21, E02.
    """
    require_running(entitlement)
    stopped = stopped_by(entitlement, Stop(last_month=Month(month_of(context.on)), reason=command.reason))
    return [
        stopped,
        *followed(entitlement, need, context, [stopped]),
        *_status_ends(entitlement, home, stopped.last_month),
        *recalculated(cases.values(), entitlement.entitlement_id, context),
    ]


def _status_ends(entitlement: Entitlement, home: Household, last_month: Month) -> list[StatusExpired]:
    """The household's status rested on this unit alone."""
    status = STATUS_OF[entitlement.scheme]
    others = [
        unit_id
        for unit_id, unit in home.units.items()
        if unit.scheme is entitlement.scheme and unit.dissolved_on is None and unit_id != entitlement.unit_id
    ]
    if home.status is not status or others:
        return []
    return [StatusExpired(household_id=home.household_id, status=status, last_month=last_month)]


def resume(
    _command: ResumeEntitlement,
    entitlement: Entitlement,
    context: Context,
    home: Household,
    need: Need,
    persons: Mapping[PersonId, KnownPerson],
) -> list[EntitlementResumed | CoverageCommitted | CoverageReleased | StatusRecognised]:
    """A signed stop was an error: the amounts before it hold again, also for the months between.

    Raises: Refused("not_stopped" | "stopped_by_death" | "recipient_dead" | "household_closed").  Source: ruling 6 (our own error).
    """
    require(entitlement.stop is not None, "not_stopped")
    require(entitlement.death_stop is None, "stopped_by_death")
    require(any(not persons[person].is_dead for person in entitlement.person_ids), "recipient_dead")
    require(home.is_open, "household_closed")
    resumed = resumed_from(entitlement)
    return [resumed, *followed(entitlement, need, context, [resumed]), *status_of(entitlement, home, context)]


def require_running(entitlement: Entitlement) -> None:
    """Raises: Refused("not_granted" | "stopped")."""
    require(entitlement.is_granted, "not_granted")
    require(entitlement.stop is None, "stopped")


def stopped_by(entitlement: Entitlement, stop: Stop) -> EntitlementStopped:
    """The stop as a fact; its members become free for another entitlement unless an earlier stop has freed them."""
    return EntitlementStopped(
        entitlement_id=entitlement.entitlement_id,
        household_id=entitlement.household_id,
        last_month=stop.last_month,
        reason=stop.reason,
        person_ids=() if entitlement.stop else entitlement.person_ids,
    )


def resumed_from(entitlement: Entitlement) -> EntitlementResumed:
    """The entitlement goes on with the month after its stop; its members are taken again."""
    assert entitlement.stop is not None  # noqa: S101 - asked only for a stopped one
    return EntitlementResumed(
        entitlement_id=entitlement.entitlement_id,
        household_id=entitlement.household_id,
        from_month=Month(next_month(entitlement.stop.last_month)),
        person_ids=entitlement.person_ids,
    )
