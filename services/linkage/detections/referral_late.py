"""DET-13: a referral that stands past the limit of its state: not sent, not answered, no plan, no note, not re-routed."""

from __future__ import annotations

from collections.abc import Iterable

from services.linkage.detections.finding import Condition, Detection, Kind, NextStep, Scene


def conditions(scene: Scene) -> Iterable[Condition]:
    """Open referrals whose step names an instant; that instant, set by relief's clock, is the limit (ruling 14). Each step is late by itself."""
    for row in scene.chain.referrals:
        step = row.step(scene.day)
        if step is not None and step.due_at is not None and row.is_open(scene.day):
            yield Condition(
                subject=f"{row.referral_id}/{step.fact.event_id}",
                details={"state": step.state, "receiver": row.receiver, "urgency": row.urgency},
                due_at=step.due_at,
            )


referral_late = Detection(
    id="DET-13",
    kind=Kind.STALE,
    next_step=NextStep.ANSWER_OR_REROUTE,
    looks_at=frozenset({"referral"}),
    conditions=conditions,
)
