"""A family care bed (家庭养老床位): care as in an institution, at home. Assessed and looked at, then signed, fitted, suspended, closed (R-ELD-11).

`contracting` leads to the visits, `stays` to hospital and back, `closing` to the end, `state` folds.
"""

from __future__ import annotations

from contracts.eldercare.family_care_bed import BedClosing, StayKind
from contracts.ids import CareBedId, HouseholdId, OrganisationId, PersonId, VisitId
from kit.aggregate import Aggregate, command
from kit.identity import Role
from services.eldercare.domain.family_care_bed.closing import (
    CloseBed,
    CloseBedForDeath,
    HoldBedForDeath,
    ResumeBedAfterRevocation,
    close,
    close_for_death,
    hold_for_death,
    resume_after_revocation,
)
from services.eldercare.domain.family_care_bed.contracting import (
    ApplyForBed,
    AssessForBed,
    CheckBedDevices,
    DeliverBedService,
    FitBed,
    SignBedContract,
    apply_for,
    assess,
    check_devices,
    contract,
    deliver,
    fit,
)
from services.eldercare.domain.family_care_bed.state import BedEvent, BedStage, FamilyCareBed, evolve, index
from services.eldercare.domain.family_care_bed.stays import (
    BeginStay,
    EndStay,
    LapseBed,
    SuspendBed,
    begin_stay,
    end_stay,
    lapse,
    suspend,
)
from services.eldercare.domain.known_household import known_household
from services.eldercare.domain.known_organisation import known_organisation
from services.eldercare.domain.known_person import known_person

_ID = "0190a000-0000-8000-8000-0000000000"
_BED, _ELDER, _HOME = CareBedId(f"{_ID}c1"), PersonId(f"{_ID}10"), HouseholdId(f"{_ID}02")
_PERSON = known_person.by("person_id", missing_ok=True)
_STAFF = {Role.CARE_WORKER, Role.CASEWORKER}

family_care_bed = Aggregate(
    "family-care-bed",
    id="bed_id",
    state=FamilyCareBed,
    evolve=evolve,
    key="household_id",
    area=known_household.by("household_id"),
    index=index,
    commands=[
        command(
            apply_for,
            stream="new",
            also=[_PERSON, known_household.by("household_id", missing_ok=True)],
            roles={Role.CASEWORKER},
            example=ApplyForBed(bed_id=_BED, person_id=_ELDER, household_id=_HOME),
        ),
        command(assess, roles={Role.CASEWORKER}, example=AssessForBed(bed_id=_BED, score=70)),
        command(check_devices, roles=_STAFF, example=CheckBedDevices(bed_id=_BED, fit=True)),
        command(
            contract,
            also=[_PERSON, known_organisation.by("provider_id", missing_ok=True)],
            roles={Role.DISTRICT_OFFICER},
            example=SignBedContract(bed_id=_BED, provider_id=OrganisationId("52770308mjdem0014u"), visits_month=4),
        ),
        command(fit, roles=_STAFF, example=FitBed(bed_id=_BED)),
        command(deliver, roles={Role.CARE_WORKER}, example=DeliverBedService(bed_id=_BED, visit_id=VisitId(f"{_ID}c2"))),
        command(begin_stay, roles=_STAFF, example=BeginStay(bed_id=_BED, kind=StayKind.HOSPITAL)),
        command(end_stay, roles=_STAFF, example=EndStay(bed_id=_BED)),
        command(suspend, roles={Role.SYSTEM}, example=SuspendBed(bed_id=_BED)),
        command(lapse, roles={Role.SYSTEM}, example=LapseBed(bed_id=_BED)),
        command(close, roles={Role.CASEWORKER, Role.DISTRICT_OFFICER}, example=CloseBed(bed_id=_BED, reason=BedClosing.OWN_WISH)),
        command(hold_for_death, also=[_PERSON], roles={Role.SYSTEM}, example=HoldBedForDeath(bed_id=_BED)),
        command(close_for_death, also=[_PERSON], roles={Role.SYSTEM}, example=CloseBedForDeath(bed_id=_BED)),
        command(resume_after_revocation, also=[_PERSON], roles={Role.SYSTEM}, example=ResumeBedAfterRevocation(bed_id=_BED)),
    ],
)

__all__ = [
    "ApplyForBed",
    "AssessForBed",
    "BedEvent",
    "BedStage",
    "BeginStay",
    "CheckBedDevices",
    "CloseBed",
    "CloseBedForDeath",
    "DeliverBedService",
    "EndStay",
    "FamilyCareBed",
    "FitBed",
    "HoldBedForDeath",
    "LapseBed",
    "ResumeBedAfterRevocation",
    "SignBedContract",
    "SuspendBed",
    "family_care_bed",
]
