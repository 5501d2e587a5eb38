"""From the application to the visits: the ability is assessed and the home looked at before anybody signs (R-ELD-11)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from contracts.eldercare.family_care_bed import (
    BedApplied,
    BedAssessed,
    BedContracted,
    BedDevicesChecked,
    BedFitted,
    BedServiceDelivered,
)
from contracts.ids import CareBedId, HouseholdId, OrganisationId, PersonId, VisitId
from kit.aggregate import require
from kit.command import Command, Context, Count
from kit.errors import Refused
from policy.calendar import add_months
from services.eldercare.domain.family_care_bed.state import BedStage, FamilyCareBed, require_open
from services.eldercare.domain.known_household import KnownHousehold
from services.eldercare.domain.known_organisation import KnownOrganisation
from services.eldercare.domain.known_person import KnownPerson

Score = Annotated[int, Field(strict=True, ge=0, le=100, description="ability score 0..100, higher is worse (R-ELD-01)")]


class ApplyForBed(Command):
    """An elder wants a care bed at home."""

    bed_id: CareBedId
    person_id: PersonId
    household_id: HouseholdId


class AssessForBed(Command):
    """The elder's ability was assessed."""

    bed_id: CareBedId
    score: Score


class CheckBedDevices(Command):
    """The home was looked at: can the devices work there?"""

    bed_id: CareBedId
    fit: bool


class SignBedContract(Command):
    """Elder, provider and district sign a plan with a number of visits a month."""

    bed_id: CareBedId
    provider_id: OrganisationId
    visits_month: Count


class FitBed(Command):
    """Home and devices are fitted."""

    bed_id: CareBedId


class DeliverBedService(Command):
    """The provider visited the elder."""

    bed_id: CareBedId
    visit_id: VisitId


def apply_for(command: ApplyForBed, _bed: FamilyCareBed, _context: Context, person: KnownPerson, home: KnownHousehold) -> list[BedApplied]:
    """The elder waits for the assessment.

    Raises: Refused("household_unknown") until relief has told of the household: repeat later; Refused("person_dead" | "person_held").
    Source: E08, R-ELD-11.
    """
    if home.area is None:
        raise Refused("household_unknown")
    _require_alive(person)
    return [
        BedApplied(bed_id=command.bed_id, person_id=command.person_id, household_id=command.household_id, area=home.area),
    ]


def assess(command: AssessForBed, bed: FamilyCareBed, context: Context) -> list[BedAssessed]:
    """The ability has a grade by the pack's bands, which counts for the pack's months; a later one replaces it.

    Raises: Refused("bed_closed" | "held").  Source: R-ELD-01, R-ELD-11.
    """
    require_open(bed)
    return [
        BedAssessed(
            bed_id=bed.bed_id,
            household_id=bed.household_id,
            score=command.score,
            grade=context.policy.ability_grade(command.score),
            valid_to=add_months(context.on, context.policy.ability_valid_months),
        )
    ]


def check_devices(command: CheckBedDevices, bed: FamilyCareBed, _context: Context) -> list[BedDevicesChecked]:
    """It is known whether the devices can work in the home.

    Raises: Refused("bed_closed" | "held").  Source: R-ELD-11, section 3.2.
    """
    require_open(bed)
    return [BedDevicesChecked(bed_id=bed.bed_id, household_id=bed.household_id, fit=command.fit)]


def contract(
    command: SignBedContract, bed: FamilyCareBed, context: Context, person: KnownPerson, provider: KnownOrganisation
) -> list[BedContracted]:
    """The contract is active until the bed is closed; a person has one. Nobody signs with a provider that the registry has restricted.

    Raises: Refused("bed_closed" | "held" | "already_contracted" | "person_dead" | "person_held"); Refused("not_assessed" |
    "assessment_expired" | "grade_too_low" | "devices_unchecked"); Refused("too_few_visits", least); Refused("organisation_restricted",
    since); Refused("claimed") for a second one.  Source: E08, R-ELD-11, SG-15, section 3.2.
    """
    require_open(bed)
    require(bed.stage is BedStage.APPLIED, "already_contracted")
    _require_alive(person)
    provider.require_free()
    grade = _grade(bed, context)
    require(bed.devices_fit, "devices_unchecked")
    least = context.policy.bed_visits_month[f"grade_{grade}"]
    require(command.visits_month >= least, "too_few_visits", least=least)
    return [
        BedContracted(
            bed_id=bed.bed_id,
            person_id=bed.person_id,
            household_id=bed.household_id,
            area=bed.area,
            provider_id=command.provider_id,
            grade=grade,
            visits_month=command.visits_month,
        )
    ]


def _grade(bed: FamilyCareBed, context: Context) -> int:
    """The grade that still counts today and that a bed is for: one of those for which the pack names visits."""
    grade = -1 if bed.grade is None else bed.grade
    require(grade >= 0, "not_assessed")
    require(context.on <= bed.assessed_to, "assessment_expired")
    require(f"grade_{grade}" in context.policy.bed_visits_month, "grade_too_low", grade=grade)
    return grade


def fit(_command: FitBed, bed: FamilyCareBed, _context: Context) -> list[BedFitted]:
    """Care at home begins.

    Raises: Refused("bed_closed" | "held"); Refused("not_contracted", state).  Source: E08.
    """
    require_open(bed)
    require(bed.stage is BedStage.CONTRACTED, "not_contracted", state=bed.stage)
    return [BedFitted(bed_id=bed.bed_id, household_id=bed.household_id)]


def deliver(command: DeliverBedService, bed: FamilyCareBed, context: Context) -> list[BedServiceDelivered]:
    """The visit counts in the month of its day.

    Raises: Refused("bed_closed" | "held" | "not_serving" | "visit_known").  Source: E08, R-ELD-11.
    """
    require_open(bed)
    require(bed.serves(context.on), "not_serving")
    require(command.visit_id not in bed.visits, "visit_known")
    return [BedServiceDelivered(bed_id=bed.bed_id, household_id=bed.household_id, visit_id=command.visit_id, delivered_on=context.on)]


def _require_alive(person: KnownPerson) -> None:
    require(not person.is_dead, "person_dead")
    require(not person.is_held, "person_held")
