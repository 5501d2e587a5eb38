"""DET-08: two grants of temporary aid for the same cause within its period."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from policy import add_months
from services.linkage.detections.finding import Condition, Detection, Kind, NextStep, Scene
from services.linkage.views.facts import amounts
from services.linkage.views.temp_aid import TempAidRow


def conditions(scene: Scene) -> Iterable[Condition]:
    """Same cause = same named event, up to the corresponding day months later; a case conference may allow more (ruling 25).

    It ends when one of the two has given everything back.
    """
    day = scene.day
    grants = [row for row in scene.rows.temp_aid if row.granted and row.granted.on <= day and amounts(row.moves, day).covering > 0]
    for first, second in combinations(sorted(grants, key=_granted), 2):
        if first.cause == second.cause and not second.conference and _within(first, second, scene.pack.temp_same_cause_months):
            yield Condition(subject=second.case_id, details={"first_case": first.case_id, "cause": second.cause})


def _granted(row: TempAidRow) -> tuple[str, int]:
    return (row.granted.on.isoformat(), row.granted.position) if row.granted else ("", 0)


def _within(first: TempAidRow, second: TempAidRow, months: int) -> bool:
    return first.granted is not None and second.granted is not None and second.granted.on <= add_months(first.granted.on, months)


same_cause_twice = Detection(
    id="DET-08",
    kind=Kind.OVERLAP,
    next_step=NextStep.STOP_SECOND_GRANT,
    looks_at=frozenset({"temp-aid"}),
    conditions=conditions,
)
