"""The end of the visits: by a person, or by a death, which holds them while it is only reported (SG-04, ruling 22)."""

from __future__ import annotations

from typing import Literal

from contracts.eldercare.care_visit_plan import (
    CareVisitMissed,
    CareVisitPlanEnded,
    CareVisitPlanHeld,
    CareVisitPlanResumed,
    PlanEnding,
)
from contracts.ids import CareVisitPlanId
from kit.aggregate import require
from kit.command import Command, Context
from services.eldercare.domain.care_visit_plan.state import CareVisitPlan, PlanStage, interval, missed_by
from services.eldercare.domain.known_person import KnownPerson


class EndCareVisitPlan(Command):
    """The elder is visited no more."""

    plan_id: CareVisitPlanId
    reason: Literal[PlanEnding.MOVED, PlanEnding.OWN_WISH, PlanEnding.IN_INSTITUTION]


class HoldPlanForDeath(Command):
    """The elder's death was reported."""

    plan_id: CareVisitPlanId


class EndPlanForDeath(Command):
    """The elder's death was confirmed."""

    plan_id: CareVisitPlanId


class ResumePlanAfterRevocation(Command):
    """The elder's death was an error."""

    plan_id: CareVisitPlanId


def end_plan(command: EndCareVisitPlan, plan: CareVisitPlan, context: Context) -> list[CareVisitMissed | CareVisitPlanEnded]:
    """No visit is due any more; what was missed until now stays told.

    Raises: Refused("not_active", state).  Source: E27.
    """
    require(plan.stage is not PlanStage.ENDED, "not_active", state=plan.stage)
    return _ended(plan, command.reason, context)


def hold_for_death(
    _command: HoldPlanForDeath, plan: CareVisitPlan, context: Context, person: KnownPerson
) -> list[CareVisitMissed | CareVisitPlanHeld]:
    """No visit is due until the death is confirmed or withdrawn. Nothing happens when it is neither reported any more. Source: ruling 22."""
    if not plan.is_active or not person.is_held:
        return []
    missed, plan = missed_by(plan, context.on, context)
    return [*missed, CareVisitPlanHeld(plan_id=plan.plan_id, household_id=plan.household_id)]


def end_for_death(
    _command: EndPlanForDeath, plan: CareVisitPlan, context: Context, person: KnownPerson
) -> list[CareVisitMissed | CareVisitPlanEnded]:
    """No visit is due, as long as the death stands. Nothing happens when the plan has ended already. Source: SG-04."""
    return [] if plan.stage is PlanStage.ENDED or not person.is_dead else _ended(plan, PlanEnding.DEATH, context)


def _ended(plan: CareVisitPlan, reason: PlanEnding, context: Context) -> list[CareVisitMissed | CareVisitPlanEnded]:
    missed, plan = missed_by(plan, context.on, context)
    return [*missed, CareVisitPlanEnded(plan_id=plan.plan_id, household_id=plan.household_id, reason=reason)]


def resume_after_revocation(
    _command: ResumePlanAfterRevocation, plan: CareVisitPlan, context: Context, person: KnownPerson
) -> list[CareVisitPlanResumed]:
    """What the death held or ended goes on, with a whole interval; what a person ended stays ended. Source: ruling 22."""
    by_death = plan.stage is PlanStage.HELD or plan.ending is PlanEnding.DEATH
    if not by_death or person.is_dead or person.is_held:
        return []
    due_on = context.on + interval(plan.risk, context.on, context)
    return [CareVisitPlanResumed(plan_id=plan.plan_id, household_id=plan.household_id, due_on=due_on)]
