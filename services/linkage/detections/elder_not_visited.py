"""DET-15: an elder at high risk was not visited within the plan's interval."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from contracts.eldercare.care_visit_plan import RiskLevel
from policy import end_of
from services.linkage.detections.finding import HOUSEHOLD, Condition, Detection, Kind, NextStep, Scene, names
from services.linkage.views.elder_watch import PlanFact, care_plan


def conditions(scene: Scene) -> Iterable[Condition]:
    """The end of the day that the plan names is the limit; each day due is a finding of its own, which a visit ends."""
    for row in scene.of(care_plan):
        if row.due_on is not None and row.risk == RiskLevel.HIGH:
            due = row.due_on.isoformat()
            yield Condition(subject=f"{row.stream}/{due}", details={"risk": row.risk, "due_on": due}, due_at=end_of(row.due_on))


elder_not_visited = Detection(
    id="DET-15",
    kind=Kind.STALE,
    next_step=NextStep.VISIT,
    scopes=frozenset({HOUSEHOLD, "care-visit-plan"}),
    looks_at=names(*get_args(PlanFact)),
    reads=(care_plan,),
    conditions=conditions,
)
