"""DET-01: a need with something still open, and neither a referral nor a case that would close it."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.relief.entitlement import EntitlementGranted, EntitlementProposed
from contracts.relief.need import CoverageDelivered
from services.linkage.detections.finding import Condition, Detection, Kind, NextStep, Scene, events_of, names


def conditions(scene: Scene) -> Iterable[Condition]:
    """Open needs of a living household with a residual in the months up to the current one, and nobody on it."""
    if scene.chain.closed is not None:
        return
    day = scene.day
    for need in scene.chain.needs:
        helped = bool(need.cases) or any(row.is_open(day) for row in need.referrals)
        if need.residual > 0 and need.closed_as is None and not helped:
            yield Condition(subject=need.need_id, details={"category": need.category, "measure": need.measure, "residual": need.residual})


gap_without_help = Detection(
    id="DET-01",
    kind=Kind.GAP,
    next_step=NextStep.REFER_OR_OPEN_CASE,
    looks_at=frozenset({"household", "special-aid", "temp-aid", "referral", "allocation"})
    | events_of("need", but=[CoverageDelivered])  # from committed to delivered: what is open stays
    | names(EntitlementProposed, EntitlementGranted),
    conditions=conditions,
)
