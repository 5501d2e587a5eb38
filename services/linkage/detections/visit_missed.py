"""DET-15: nobody visited an elder of high risk within the plan's interval; until somebody does, or the visits end.

It stands under the household where there is one; the plan of somebody without a household is a scope of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from contracts.eldercare.care_visit_plan import RiskLevel
from policy import end_of
from services.linkage.detections.finding import HOUSEHOLD, Condition, Detection, Kind, NextStep, Scene
from services.linkage.views.awaited_visit import awaited_visit


def conditions(scene: Scene) -> Iterable[Condition]:
    """Visits that are awaited; the end of the day by which the plan wants each is its limit (ruling 16). Missed again, it is the same one."""
    for row in scene.of(awaited_visit):
        if row.going and row.risk is RiskLevel.HIGH:
            yield Condition(
                subject=f"{row.plan_id}/{row.due_on}",
                details={"person": row.person_id, "due_on": row.due_on.isoformat(), "level": row.level},
                due_at=end_of(row.due_on),
            )


def _in(scope: str) -> Detection:
    return Detection(
        id="DET-15",
        kind=Kind.STALE,
        next_step=NextStep.VISIT,
        looks_at=frozenset({"care-visit-plan"}),
        conditions=conditions,
        scope=scope,
        reads=(awaited_visit,),
    )


visit_missed, visit_missed_at_home = _in("care-visit-plan"), _in(HOUSEHOLD)
