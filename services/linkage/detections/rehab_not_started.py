"""DET-05: a need of a disabled person (rehabilitation, a service, a device) of which nothing has begun. All of them must be served."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.relief.referral import ReferralStage
from contracts.terms import NeedCategory
from services.linkage.chain import NeedChain
from services.linkage.detections.finding import Condition, Detection, Kind, NextStep, Scene


def conditions(scene: Scene) -> Iterable[Condition]:
    """Open needs of the category `disability`, of which nothing was delivered and for which no referral came so far as service."""
    if not any(row.category is NeedCategory.DISABILITY for row in scene.rows.needs) or scene.chain.closed:
        return  # most households have none: their chain need not be made
    for need in scene.chain.needs:
        if need.category is NeedCategory.DISABILITY and need.closed_as is None and not _started(need, scene):
            yield Condition(subject=need.need_id, details={"dimension": need.dimension, "measure": need.measure})


def _started(need: NeedChain, scene: Scene) -> bool:
    delivered = any(line.amounts.delivered > 0 for slot in need.slots for line in slot.lines)
    steps = (step for row in need.referrals for step in row.steps if step.fact.on <= scene.day)
    return delivered or any(step.state is ReferralStage.IN_SERVICE for step in steps)


rehab_not_started = Detection(
    id="DET-05",
    kind=Kind.GAP,
    next_step=NextStep.START_SERVICE,
    looks_at=frozenset({"household", "need", "referral"}),
    conditions=conditions,
)
