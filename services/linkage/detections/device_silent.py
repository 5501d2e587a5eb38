"""DET-16: nothing was heard of a device for the whole limit. Eldercare tells the silence, not each heartbeat; it also names the instant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from services.linkage.detections.finding import HOUSEHOLD, Condition, Detection, Kind, NextStep, Scene, names
from services.linkage.views.elder_watch import SilenceFact, silence


def conditions(scene: Scene) -> Iterable[Condition]:
    """Until it is heard again or given back."""
    for row in scene.of(silence):
        if row.silent_since is not None:
            since = row.silent_since
            yield Condition(subject=row.stream, details={"silent_since": since.isoformat()}, due_at=since)


device_silent = Detection(
    id="DET-16",
    kind=Kind.STALE,
    next_step=NextStep.VISIT,
    scopes=frozenset({HOUSEHOLD, "device"}),
    looks_at=names(*get_args(SilenceFact)),
    reads=(silence,),
    conditions=conditions,
)
