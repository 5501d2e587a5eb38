"""DET-17: regular aid for months after the death of everybody it is for. Holding the line is a rule inside relief; this shows it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kit.clock import month_of, months_between, next_month
from services.linkage.detections.finding import Condition, Detection, Kind, NextStep, Scene, start_of_month
from services.linkage.giving import entitled
from services.linkage.views.entitlement import EntitlementRow


def conditions(scene: Scene) -> Iterable[Condition]:
    """Months after the month of death, up to the current one, for which money is committed or paid (ruling 6: that month is still due)."""
    day = scene.day
    for row in scene.rows.entitlements:
        died_on = _last_death(scene, row)
        for month in months_between(next_month(month_of(died_on)), month_of(day)) if died_on else ():
            amounts = entitled(row, month, day)
            if amounts.covering > 0:
                yield Condition(
                    subject=f"{row.entitlement_id}/{month}",
                    details={"scheme": row.scheme, "month": month, "committed": amounts.committed, "paid": amounts.delivered},
                    earliest=start_of_month(month),
                )


def _last_death(scene: Scene, row: EntitlementRow) -> date | None:
    """When the last of the persons died; None while one lives. A reported death counts: it holds payments (ruling 22)."""
    vitals = [scene.rows.vitals.get(person) for person in row.person_ids]
    deaths = [vital.death(scene.day) if vital else None for vital in vitals]
    days = [death.died_on for death in deaths if death is not None]
    return max(days) if days and len(days) == len(deaths) else None


paid_after_death = Detection(
    id="DET-17",
    kind=Kind.ERROR,
    next_step=NextStep.STOP_AND_RECOVER,
    looks_at=frozenset({"entitlement", "person"}),
    conditions=conditions,
)
