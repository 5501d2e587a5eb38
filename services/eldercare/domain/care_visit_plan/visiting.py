"""Setting up a plan, its visits, and what they find: each decision first tells what was missed before it."""

from __future__ import annotations

from datetime import date

from contracts.eldercare.care_visit_plan import (
    CareVisitDone,
    CareVisitMissed,
    CareVisitPlanOpened,
    CareVisitRiskRevised,
    HazardFixed,
    HazardFound,
    HazardKind,
    RiskLevel,
    VisitGround,
)
from contracts.ids import AreaCode, CareVisitPlanId, HazardId, HouseholdId, PersonId
from kit.aggregate import require
from kit.command import Command, Context
from services.eldercare.domain.care_visit_plan.state import CareVisitPlan, PlanStage, interval, missed_by
from services.eldercare.domain.known_person import KnownPerson


class OpenCareVisitPlan(Command):
    """An elder who lives alone, is disabled or very old is to be visited regularly."""

    plan_id: CareVisitPlanId
    person_id: PersonId
    area: AreaCode
    ground: VisitGround
    risk: RiskLevel
    household_id: HouseholdId | None = None


class ReviseCareVisitRisk(Command):
    """The elder's risk is higher or lower than it was."""

    plan_id: CareVisitPlanId
    risk: RiskLevel


class RecordCareVisit(Command):
    """The elder was visited."""

    plan_id: CareVisitPlanId


class MissCareVisit(Command):
    """The day by which the visit was due is over."""

    plan_id: CareVisitPlanId


class FindHazard(Command):
    """Something in the home is dangerous."""

    plan_id: CareVisitPlanId
    hazard_id: HazardId
    kind: HazardKind


class FixHazard(Command):
    """The danger is gone."""

    plan_id: CareVisitPlanId
    hazard_id: HazardId


def open_plan(command: OpenCareVisitPlan, _plan: CareVisitPlan, context: Context, person: KnownPerson) -> list[CareVisitPlanOpened]:
    """The first visit is due within the interval of the risk.

    Raises: Refused("person_dead" | "person_held").  Source: E27.
    """
    require(not person.is_dead, "person_dead")
    require(not person.is_held, "person_held")
    due_on = context.on + interval(command.risk, context.on, context)
    return [CareVisitPlanOpened(**command.model_dump(exclude={"occurred_at"}), opened_on=context.on, due_on=due_on)]


def revise_risk(command: ReviseCareVisitRisk, plan: CareVisitPlan, context: Context) -> list[CareVisitMissed | CareVisitRiskRevised]:
    """The interval is another; the next visit is due an interval after the last one, today at the earliest. A missed one stays due as it was.

    Raises: Refused("not_active", state).  Source: E27.
    """
    _require_active(plan)
    missed, plan = missed_by(plan, context.on, context)
    if command.risk is plan.risk:
        return [*missed]
    due_on = plan.due_on if plan.missed else max(plan.since + interval(command.risk, context.on, context), context.on)
    return [
        *missed,
        CareVisitRiskRevised(plan_id=plan.plan_id, household_id=plan.household_id, risk=command.risk, due_on=due_on),
    ]


def visit(_command: RecordCareVisit, plan: CareVisitPlan, context: Context) -> list[CareVisitMissed | CareVisitDone]:
    """The next visit is due an interval after this one, which makes good whatever was told as missed meanwhile.

    One told after a later visit is known changes nothing that is due.

    Raises: Refused("not_active", state).  Source: E27, DET-15.
    """
    _require_active(plan)
    missed, plan = missed_by(plan, context.on, context)
    is_latest = context.on > plan.since
    return [*missed, _done(plan, context.on, context.on + interval(plan.risk, context.on, context) if is_latest else plan.due_on)]


def _done(plan: CareVisitPlan, day: date, due_on: date) -> CareVisitDone:
    return CareVisitDone(plan_id=plan.plan_id, household_id=plan.household_id, visited_on=day, due_on=due_on)


def miss(_command: MissCareVisit, plan: CareVisitPlan, context: Context) -> list[CareVisitMissed]:
    """Nobody came: an alert, and the visit is due again. Nothing happens while it is not due or the plan is not active. Source: E27, DET-15."""
    return missed_by(plan, context.on, context)[0]


def find_hazard(command: FindHazard, plan: CareVisitPlan, _context: Context) -> list[HazardFound]:
    """The danger is known until it is fixed.

    Raises: Refused("hazard_known"); Refused("not_active", state) once the plan has ended.  Source: E27.
    """
    require(plan.stage is not PlanStage.ENDED, "not_active", state=plan.stage)
    require(command.hazard_id not in plan.hazards, "hazard_known")
    found = HazardFound(plan_id=plan.plan_id, household_id=plan.household_id, hazard_id=command.hazard_id, kind=command.kind)
    return [found]


def fix_hazard(command: FixHazard, plan: CareVisitPlan, _context: Context) -> list[HazardFixed]:
    """The danger is gone, also after the visits have ended.

    Raises: Refused("hazard_unknown" | "hazard_fixed").  Source: E27.
    """
    require(command.hazard_id in plan.hazards, "hazard_unknown")
    require(plan.hazards[command.hazard_id], "hazard_fixed")
    return [HazardFixed(plan_id=plan.plan_id, household_id=plan.household_id, hazard_id=command.hazard_id)]


def _require_active(plan: CareVisitPlan) -> None:
    require(plan.is_active, "not_active", state=plan.stage)
