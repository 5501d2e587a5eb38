"""Visits to an elder at risk (特殊老年人巡访关爱) and the safety of the home (居家安全): the risk sets the interval (E27, DET-15).

`visiting` has plan, visits and hazards, `ending` its end, `state` folds and says what was missed.
"""

from __future__ import annotations

from contracts.eldercare.care_visit_plan import HazardKind, PlanEnding, RiskLevel, VisitGround
from contracts.ids import AreaCode, CareVisitPlanId, HazardId, HouseholdId, PersonId
from kit.aggregate import Aggregate, command
from kit.identity import Role
from services.eldercare.domain.care_visit_plan.ending import (
    EndCareVisitPlan,
    EndPlanForDeath,
    HoldPlanForDeath,
    ResumePlanAfterRevocation,
    end_for_death,
    end_plan,
    hold_for_death,
    resume_after_revocation,
)
from services.eldercare.domain.care_visit_plan.state import CareVisitPlan, PlanEvent, PlanStage, evolve, index
from services.eldercare.domain.care_visit_plan.visiting import (
    FindHazard,
    FixHazard,
    MissCareVisit,
    OpenCareVisitPlan,
    RecordCareVisit,
    ReviseCareVisitRisk,
    find_hazard,
    fix_hazard,
    miss,
    open_plan,
    revise_risk,
    visit,
)
from services.eldercare.domain.known_person import known_person

_ID = "0190a000-0000-8000-8000-0000000000"
_PLAN, _ELDER, _HOME, _HAZARD = CareVisitPlanId(f"{_ID}b1"), PersonId(f"{_ID}10"), HouseholdId(f"{_ID}02"), HazardId(f"{_ID}b2")
_PERSON = known_person.by("person_id", missing_ok=True)
_STAFF = {Role.CARE_WORKER, Role.CASEWORKER}

care_visit_plan = Aggregate(
    "care-visit-plan",
    id="plan_id",
    state=CareVisitPlan,
    evolve=evolve,
    key="household_id",
    area="area",
    index=index,
    commands=[
        command(
            open_plan,
            stream="new",
            also=[_PERSON],
            roles={Role.CASEWORKER},
            example=OpenCareVisitPlan(
                plan_id=_PLAN,
                person_id=_ELDER,
                household_id=_HOME,
                area=AreaCode("440308003-qiaodong"),
                ground=VisitGround.SOLITARY,
                risk=RiskLevel.HIGH,
            ),
        ),
        command(revise_risk, roles={Role.CASEWORKER}, example=ReviseCareVisitRisk(plan_id=_PLAN, risk=RiskLevel.MEDIUM)),
        command(visit, roles=_STAFF, example=RecordCareVisit(plan_id=_PLAN)),
        command(miss, roles={Role.SYSTEM}, example=MissCareVisit(plan_id=_PLAN)),
        command(find_hazard, roles=_STAFF, example=FindHazard(plan_id=_PLAN, hazard_id=_HAZARD, kind=HazardKind.GAS)),
        command(fix_hazard, roles=_STAFF, example=FixHazard(plan_id=_PLAN, hazard_id=_HAZARD)),
        command(end_plan, roles={Role.CASEWORKER}, example=EndCareVisitPlan(plan_id=_PLAN, reason=PlanEnding.MOVED)),
        command(hold_for_death, also=[_PERSON], roles={Role.SYSTEM}, example=HoldPlanForDeath(plan_id=_PLAN)),
        command(end_for_death, also=[_PERSON], roles={Role.SYSTEM}, example=EndPlanForDeath(plan_id=_PLAN)),
        command(resume_after_revocation, also=[_PERSON], roles={Role.SYSTEM}, example=ResumePlanAfterRevocation(plan_id=_PLAN)),
    ],
)

__all__ = [
    "CareVisitPlan",
    "EndCareVisitPlan",
    "EndPlanForDeath",
    "FindHazard",
    "FixHazard",
    "HoldPlanForDeath",
    "MissCareVisit",
    "OpenCareVisitPlan",
    "PlanEvent",
    "PlanStage",
    "RecordCareVisit",
    "ResumePlanAfterRevocation",
    "ReviseCareVisitRisk",
    "care_visit_plan",
]
