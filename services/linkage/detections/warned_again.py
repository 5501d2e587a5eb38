"""DET-06: a household that went out of aid or was refused shows a new warning, and nobody has looked again (R-MON-05)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from services.linkage.detections.finding import Condition, Detection, Kind, NextStep, Scene, names
from services.linkage.views.watch import Checked, Decided, Ended, Warned, watch


def conditions(scene: Scene) -> Iterable[Condition]:
    """Warnings (a signal, a request for temporary aid) after an end or a refusal, while the household holds no status. Each by itself."""
    if scene.chain.closed or scene.chain.status is not None:
        return
    for row in scene.of(watch):
        for alert in row.alerts:
            if alert.after is not None and alert.checked is None:
                yield Condition(subject=alert.subject, details={"warning": alert.fact.type, "after": alert.after.type})


warned_again = Detection(
    id="DET-06",
    kind=Kind.GAP,
    next_step=NextStep.CHECK_AGAIN,
    looks_at=frozenset({"household"}) | names(*(one for kinds in (Ended, Warned, Decided, Checked) for one in get_args(kinds))),
    reads=(watch,),
    conditions=conditions,
)
