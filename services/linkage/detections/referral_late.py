"""DET-13: a referral that stands past the limit of its state: not sent, not answered, no plan, no note, not re-routed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from services.linkage.detections.finding import Condition, Detail, Detection, Kind, NextStep, Scene
from services.linkage.views.referral import Step


def conditions(scene: Scene) -> Iterable[Condition]:
    """Open referrals whose step names an instant; that instant, set by relief's clock, is the limit (ruling 14). Each step is late by itself.

    An escalation cures nothing: the finding stays until the referral goes on, and tells the level that has to see to it.
    """
    for row in scene.chain.referrals:
        step = row.step(scene.day)
        if step is not None and step.due_at is not None and row.is_open(scene.day):
            yield Condition(
                subject=f"{row.referral_id}/{step.clock_id}",
                details={"state": step.state, "receiver": row.receiver, "urgency": row.urgency, **_level(step, scene.day)},
                due_at=step.due_at,
            )


def _level(step: Step, day: date) -> dict[str, Detail]:
    levels = step.escalated(day)
    return {"level": levels[-1].level} if levels else {}


referral_late = Detection(
    id="DET-13",
    kind=Kind.STALE,
    next_step=NextStep.ANSWER_OR_REROUTE,
    looks_at=frozenset({"referral"}),
    conditions=conditions,
)
