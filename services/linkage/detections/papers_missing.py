"""DET-25: emergency money whose papers, and with them the second signature, are missing after their last day (SC-06, SG-08).

The process detection, because an emergency skips check and second signature at first and owes them with the papers (ruling 21). What it
blocks, relief blocks itself: the case is not closed before they are there. Nothing is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable

from policy import end_of
from services.linkage.detections.finding import Condition, Detection, Kind, NextStep, Scene, events_of


def conditions(scene: Scene) -> Iterable[Condition]:
    """Grants with a last day for papers that nobody has signed; that day's end is the limit (ruling 16)."""
    day = scene.day
    for row in scene.rows.temp_aid:
        signed = row.supplemented is not None and row.supplemented.on <= day
        if row.papers_due is not None and not signed:
            yield Condition(subject=row.case_id, details={"papers_due": row.papers_due.isoformat()}, due_at=end_of(row.papers_due))


papers_missing = Detection(
    id="DET-25",
    kind=Kind.PROCESS,
    next_step=NextStep.COMPLETE_PAPERS,
    looks_at=events_of("temp-aid"),
    conditions=conditions,
)
