"""Facts about the visits to an elder at risk (特殊老年人巡访关爱) and the safety of the home (居家安全): how often, done, missed, hazards."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AreaCode, CareVisitPlanId, HazardId, HouseholdId, PersonId


class RiskLevel(StrEnum):
    """Sets the interval of the visits (the pack's `care_visit_days`)."""

    HIGH = "high"  # 高风险
    MEDIUM = "medium"  # 中风险
    LOW = "low"  # 低风险


class VisitGround(StrEnum):
    """Why an elder is visited."""

    SOLITARY = "solitary"  # 独居
    EMPTY_NEST = "empty_nest"  # 空巢
    DISABLED = "disabled"  # 失能
    VERY_OLD = "very_old"  # 高龄
    LEFT_BEHIND = "left_behind"  # 留守
    OTHER = "other"


class HazardKind(StrEnum):
    FALL = "fall"  # 跌倒
    FIRE = "fire"  # 火灾
    GAS = "gas"  # 燃气
    ELECTRICITY = "electricity"  # 用电
    MEDICINE = "medicine"  # 用药
    OTHER = "other"


class PlanEnding(StrEnum):
    DEATH = "death"
    MOVED = "moved"
    OWN_WISH = "own_wish"
    IN_INSTITUTION = "in_institution"


@event("eldercare.care-visit-plan.opened", version=1, stream="plan_id")
class CareVisitPlanOpened(Event):
    """An elder is visited at the interval of the risk; the first visit is due by the end of `due_on`. Source: E27."""

    plan_id: CareVisitPlanId
    person_id: PersonId
    area: AreaCode
    ground: VisitGround
    risk: RiskLevel
    opened_on: date
    due_on: date
    household_id: HouseholdId | None = None


@event("eldercare.care-visit-plan.risk-revised", version=1, stream="plan_id")
class CareVisitRiskRevised(Event):
    """The risk is another, and with it the interval and the day by which the next visit is due. Source: E27."""

    plan_id: CareVisitPlanId
    risk: RiskLevel
    due_on: date
    household_id: HouseholdId | None = None


@event("eldercare.care-visit-plan.visit-done", version=1, stream="plan_id")
class CareVisitDone(Event):
    """The elder was visited; the next visit is due by the end of `due_on`. A visit later than all known makes good what was missed.

    Source: E27.
    """

    plan_id: CareVisitPlanId
    visited_on: date
    due_on: date
    household_id: HouseholdId | None = None


@event("eldercare.care-visit-plan.visit-missed", version=1, stream="plan_id")
class CareVisitMissed(Event):
    """Nobody came by the end of `missed_on`: an alert. The visit is due again by the end of `due_on`.

    level: who has to see to it: 1 the care worker, 2 the street, 3 the district; it does not rise further.  Source: E27, DET-15.
    """

    plan_id: CareVisitPlanId
    missed_on: date
    level: int
    risk: RiskLevel
    due_on: date
    household_id: HouseholdId | None = None


@event("eldercare.care-visit-plan.hazard-found", version=1, stream="plan_id")
class HazardFound(Event):
    """Something in the home is dangerous. Source: E27."""

    plan_id: CareVisitPlanId
    hazard_id: HazardId
    kind: HazardKind
    household_id: HouseholdId | None = None


@event("eldercare.care-visit-plan.hazard-fixed", version=1, stream="plan_id")
class HazardFixed(Event):
    """The danger is gone. Source: E27."""

    plan_id: CareVisitPlanId
    hazard_id: HazardId
    household_id: HouseholdId | None = None


@event("eldercare.care-visit-plan.held", version=1, stream="plan_id")
class CareVisitPlanHeld(Event):
    """A death was reported: no visit is due until it is confirmed or withdrawn. Source: SG-04, ruling 22."""

    plan_id: CareVisitPlanId
    household_id: HouseholdId | None = None


@event("eldercare.care-visit-plan.ended", version=1, stream="plan_id")
class CareVisitPlanEnded(Event):
    """The elder is visited no more. Source: E27, SG-04."""

    plan_id: CareVisitPlanId
    reason: PlanEnding
    household_id: HouseholdId | None = None


@event("eldercare.care-visit-plan.resumed", version=1, stream="plan_id")
class CareVisitPlanResumed(Event):
    """The death was an error: the elder is visited again, first by the end of `due_on`. Source: ruling 22."""

    plan_id: CareVisitPlanId
    due_on: date
    household_id: HouseholdId | None = None
