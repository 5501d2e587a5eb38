"""DET-16: a device that has not been heard for the whole limit, until it is heard again or comes back. Somebody is to look after its person.

It stands under the household where there is one; the device of somebody without a household is a scope of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from services.linkage.detections.finding import HOUSEHOLD, Condition, Detection, Kind, NextStep, Scene, names
from services.linkage.views.silent_device import SilenceFact, silent_device


def conditions(scene: Scene) -> Iterable[Condition]:
    """Silences that go on. Eldercare's clock has named the instant: the last sign of life and the limit of 24 hours after it (R-ELD-06)."""
    for row in scene.of(silent_device):
        yield Condition(
            subject=row.device_id,
            details={"last_seen_at": row.last_seen_at.isoformat(), "incident": row.incident_id},
            due_at=row.silent_since,
        )


device_silent = Detection(
    id="DET-16",
    kind=Kind.STALE,
    next_step=NextStep.VISIT,
    scopes=frozenset({HOUSEHOLD, "device"}),
    looks_at=names(*get_args(SilenceFact)),
    reads=(silent_device,),
    conditions=conditions,
)
