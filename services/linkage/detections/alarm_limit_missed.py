"""DET-14 of alarms: a step of an emergency call was not done before its instant and still is not (R-ELD-06, E12).

It stands under the household where there is one; the incident of somebody without a household is a scope of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from services.linkage.detections.finding import HOUSEHOLD, Condition, Detection, Kind, NextStep, Scene, names
from services.linkage.views.alarm_breach import BreachFact, alarm_breach


def conditions(scene: Scene) -> Iterable[Condition]:
    """Each missed step by itself, since the instant that eldercare's clock named; a late step ends its finding."""
    for row in scene.of(alarm_breach):
        for breach in row.breaches:
            yield Condition(
                subject=f"{row.stream}/{breach.step}",
                details={"step": breach.step, "due_at": breach.due_at.isoformat(), "level": row.level},
                due_at=breach.due_at,
            )


alarm_limit_missed = Detection(
    id="DET-14",
    rule="DET-14-alarm",
    kind=Kind.STALE,
    next_step=NextStep.ACT_ON_ALARM,
    scopes=frozenset({HOUSEHOLD, "emergency-incident"}),
    looks_at=names(*get_args(BreachFact)),
    reads=(alarm_breach,),
    conditions=conditions,
)
