"""DET-02: a household whose status entitles it to basic living, and nobody in it has it. Tell and offer (R-MON-03)."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.relief.entitlement import EntitlementGranted, EntitlementResumed, EntitlementStopped
from services.linkage.detections.finding import Condition, Detection, Kind, NextStep, Scene, names


def conditions(scene: Scene) -> Iterable[Condition]:
    """What the log knows for certain: the status of the month has the name of a basic-living scheme of the pack (dibao, tekun), somebody
    lives there, and no such entitlement is granted that has not ended. One granted from next month on counts.
    """
    chain, schemes = scene.chain, scene.pack.basic_living_schemes
    if chain.closed or chain.status is None or chain.status.value not in schemes:
        return
    if not any(member.present for member in chain.members):
        return
    has = [row for row in scene.rows.entitlements if row.scheme in schemes and row.granted_by(scene.day) and not row.ended(scene.day)]
    if not has:
        yield Condition(subject=chain.household_id, details={"status": chain.status.value, "benefit": chain.status.value})


eligible_without = Detection(
    id="DET-02",
    kind=Kind.GAP,
    next_step=NextStep.OFFER_BENEFIT,
    looks_at=frozenset({"household", "person"}) | names(EntitlementGranted, EntitlementStopped, EntitlementResumed),
    conditions=conditions,
)
