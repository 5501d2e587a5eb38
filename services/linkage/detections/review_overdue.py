"""DET-12: an entitlement whose review is overdue. It warns and blocks increases; it never stops payment (ruling 21)."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.relief.entitlement import PaymentLineFailed, PaymentLinePaid
from kit.clock import month_of, next_month
from services.linkage.detections.finding import Condition, Detection, Kind, NextStep, Scene, events_of, start_of_month


def conditions(scene: Scene) -> Iterable[Condition]:
    """Entitlements that go on after the month at whose end the review was due."""
    today = scene.day
    for row in scene.rows.entitlements:
        due = row.review_due
        if row.granted_by(today) and not row.ended(today) and due is not None and due < month_of(today):
            overdue = start_of_month(next_month(due))
            yield Condition(subject=row.entitlement_id, details={"scheme": row.scheme, "due_month": due}, earliest=overdue)


review_overdue = Detection(
    id="DET-12",
    kind=Kind.STALE,
    next_step=NextStep.REVIEW_ENTITLEMENT,
    looks_at=events_of("entitlement", but=[PaymentLinePaid, PaymentLineFailed]),
    conditions=conditions,
)
