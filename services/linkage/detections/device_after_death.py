"""DET-23, of devices: a sign of life or an alarm of somebody who had died: one of the two facts is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from policy import shanghai_day
from services.linkage.detections.finding import Condition, Detail, Detection, Kind, NextStep, Scene, names
from services.linkage.views.elder_watch import SignFact, sign


def conditions(scene: Scene) -> Iterable[Condition]:
    """Signs after the day of death of a member; found when the death becomes known (ruling 22). A device of nobody's household is not seen."""
    for row in scene.of(sign):
        for one in row.signs:
            vital = scene.rows.vitals.get(one.person_id)
            death = vital.death(scene.day) if vital else None
            if death is not None and shanghai_day(one.at) > death.died_on:
                details: dict[str, Detail] = {"stream": row.stream, "at": one.at.isoformat(), "died_on": death.died_on.isoformat()}
                yield Condition(subject=one.event_id, details=details)


device_after_death = Detection(
    id="DET-23",
    rule="DET-23-device",
    kind=Kind.ERROR,
    next_step=NextStep.CLEAR_DATA,
    looks_at=frozenset({"person"}) | names(*get_args(SignFact)),
    reads=(sign,),
    conditions=conditions,
)
