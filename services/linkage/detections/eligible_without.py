"""DET-02: a household whose status entitles it to basic living, and nobody in it has it. Tell and offer (R-MON-03)."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.relief.entitlement import EntitlementGranted, EntitlementResumed, EntitlementStopped
from services.linkage.detections.finding import Condition, Detection, Kind, NextStep, Scene, names
from services.linkage.entitled import entitled


def conditions(scene: Scene) -> Iterable[Condition]:
    """The list of those who are entitled, of which these are the ones without. A grant from next month on counts."""
    found = entitled(scene.rows, scene.day, scene.pack.basic_living_schemes)
    if found is not None and found.benefit is None:
        yield Condition(subject=found.household_id, details={"status": found.status.value, "benefit": found.status.value})


eligible_without = Detection(
    id="DET-02",
    kind=Kind.GAP,
    next_step=NextStep.OFFER_BENEFIT,
    looks_at=frozenset({"household", "person"}) | names(EntitlementGranted, EntitlementStopped, EntitlementResumed),
    conditions=conditions,
)
