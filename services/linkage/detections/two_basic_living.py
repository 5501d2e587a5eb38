"""DET-07: a person in two entitlements to basic living. What must stop the money is a rule inside relief; this shows it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from contracts.relief.entitlement import PaymentLineFailed, PaymentLinePaid
from kit.clock import month_of
from services.linkage.detections.finding import Condition, Detection, Kind, NextStep, Scene, events_of
from services.linkage.views.entitlement import EntitlementRow


def conditions(scene: Scene) -> Iterable[Condition]:
    """From the second grant on (not from its first month: the payment is to be held), while both have a month in common to come or past."""
    active = [row for row in scene.rows.entitlements if row.granted_by(scene.day) and row.scheme in scene.pack.basic_living_schemes]
    for one, other in combinations(sorted(active, key=_started), 2):
        common = sorted(set(one.months()) & set(other.months()))
        if not common or common[-1] < month_of(scene.day):
            continue
        for person in sorted(set(one.person_ids) & set(other.person_ids)):
            yield Condition(
                subject=person,
                details={"first_entitlement": one.entitlement_id, "second_entitlement": other.entitlement_id, "first_month": common[0]},
            )


def _started(row: EntitlementRow) -> int:
    return row.granted.position if row.granted else 0


two_basic_living = Detection(
    id="DET-07",
    kind=Kind.OVERLAP,
    next_step=NextStep.HOLD_AND_DECIDE,
    looks_at=events_of("entitlement", but=[PaymentLinePaid, PaymentLineFailed]),
    conditions=conditions,
)
