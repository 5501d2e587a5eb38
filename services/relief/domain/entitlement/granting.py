"""From proposal to grant: two people, one claim a person, the amount by rule."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.ids import PersonId
from contracts.relief.entitlement import EntitlementGranted, EntitlementProposed, EntitlementVersioned
from contracts.relief.household import StatusRecognised
from contracts.relief.need import CoverageCommitted, CoverageReleased
from contracts.terms import Measure, NeedCategory, Period, Scheme, Status
from kit.aggregate import require
from kit.command import Context
from kit.errors import Refused
from services.relief.domain.entitlement.amount import STATUS_OF, followed, month_after, review_due, versioned
from services.relief.domain.entitlement.commands import GrantEntitlement, ProposeEntitlement
from services.relief.domain.entitlement.state import Entitlement
from services.relief.domain.household import Household, Unit, recognised
from services.relief.domain.known_person import KnownPerson
from services.relief.domain.need import Need


def propose(
    command: ProposeEntitlement, _entitlement: Entitlement, context: Context, home: Household, need: Need
) -> list[EntitlementProposed]:
    """Regular aid for the unit waits for another person's decision.

    Raises: Refused("household_closed" | "unit_unknown" | "other_scheme" | "not_a_member" | "tekun_is_for_one"
    | "other_household" | "not_a_living_need" | "need_closed").  Source: R-DIB-19, rulings 4, 21.
    """
    unit = _unit(home, command.unit_id, command.scheme, context)
    _require_living_need(need, home)
    return [
        EntitlementProposed(
            entitlement_id=command.entitlement_id,
            household_id=command.household_id,
            unit_id=command.unit_id,
            need_id=command.need_id,
            scheme=command.scheme,
            person_ids=unit.person_ids,
            counted_income_fen=command.counted_income_fen,
            proposed_by=context.actor_id,
        )
    ]


def grant(
    command: GrantEntitlement,
    entitlement: Entitlement,
    context: Context,
    home: Household,
    need: Need,
    persons: Mapping[PersonId, KnownPerson],
) -> list[EntitlementGranted | EntitlementVersioned | CoverageCommitted | CoverageReleased | StatusRecognised]:
    """The unit is entitled from the month after the decision; the need is covered for each month up to the review, and the status holds.

    Raises: Refused("already_granted" | "same_person"); Refused("member_dead", person_id); Refused("not_below_standard", limit_fen);
    all of `propose` but "other_household", for what changed meanwhile.  Source: R-DIB-01..03, R-DIB-08, rulings 3, 4, 6, 17, 21.
    """
    require(not entitlement.is_granted, "already_granted")
    require(context.actor_id != entitlement.proposed_by, "same_person")
    for person in entitlement.person_ids:  # before the household, which a death may have emptied and closed
        require(not persons[person].is_dead, "member_dead", person_id=person)
    _unit(home, entitlement.unit_id, entitlement.scheme, context)
    _require_living_need(need, home)
    version = versioned(
        entitlement,
        context,
        members=len(entitlement.person_ids),
        income_fen=entitlement.counted_income_fen,
        last_month=review_due(context, stable=command.stable),
    )
    granted = _granted(entitlement, context, version)
    return [granted, version, *followed(entitlement, need, context, [granted, version]), *status_of(entitlement, home, context)]


def _granted(entitlement: Entitlement, context: Context, version: EntitlementVersioned) -> EntitlementGranted:
    return EntitlementGranted(
        entitlement_id=entitlement.entitlement_id,
        household_id=entitlement.household_id,
        person_ids=entitlement.person_ids,
        approved_by=context.actor_id,
        first_month=month_after(context),
        review_month=version.last_month,
    )


def status_of(entitlement: Entitlement, home: Household, context: Context) -> list[StatusRecognised]:
    """The household's status follows the grant, unless it holds the one that ranks higher (R-LAY-03: tekun before dibao)."""
    return [] if home.status is Status.TEKUN else recognised(home, STATUS_OF[entitlement.scheme], context)


def _unit(home: Household, unit_id: str, scheme: Scheme, context: Context) -> Unit:
    """The open unit, whose members still live here."""
    require(home.is_open, "household_closed")
    unit = next((unit for known, unit in home.units.items() if known == unit_id and unit.dissolved_on is None), None)
    if unit is None:
        raise Refused("unit_unknown", unit_id=unit_id)
    require(unit.scheme is scheme, "other_scheme", scheme=unit.scheme)
    require(scheme is not Scheme.TEKUN or len(unit.person_ids) == 1, "tekun_is_for_one")
    living_here = home.members_on(context.on)
    for person in unit.person_ids:
        require(person in living_here, "not_a_member", person_id=person)
    return unit


def _require_living_need(need: Need, home: Household) -> None:
    require(need.household_id == home.household_id, "other_household")
    shape = (need.category, need.period, need.measure)
    require(shape == (NeedCategory.LIVING, Period.MONTH, Measure.FEN), "not_a_living_need")
    require(need.closed is None, "need_closed", closed_as=need.closed)
