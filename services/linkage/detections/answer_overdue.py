"""DET-14: an opinion not answered, a signal not acted on, a disclosure not made, by its due day: from the next day on it is stale (A04, B01).

The limit counts from the day the facts name as due, not from when somebody noticed: an answer given in time and told late leaves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import get_args

from kit.view import View
from policy import shanghai_day
from services.linkage.detections.finding import HOUSEHOLD, Condition, Detail, Detection, Kind, NextStep, Scene, names, start_of
from services.linkage.views.due import DisclosureFact, DueRow, OpinionFact, SignalFact, disclosure_due, opinion_due, signal_due

INSTANT = timedelta(microseconds=1)


def _undone(view: View[DueRow], level: str) -> Callable[[Scene], Iterable[Condition]]:
    def conditions(scene: Scene) -> Iterable[Condition]:
        for row in scene.of(view):
            if row.due_at is not None:
                details: dict[str, Detail] = {"due_at": row.due_at.isoformat(), "what": row.what, level: row.level}
                yield Condition(subject=row.stream, details=details, counts_from=_due_day(row.due_at))

    return conditions


def _due_day(due_at: datetime) -> datetime:
    """00:00 of the last day in which it is in time: the end of a day is still that day (ruling 16)."""
    return start_of(shanghai_day(due_at - INSTANT))


opinion_overdue = Detection(
    id="DET-14",
    kind=Kind.STALE,
    next_step=NextStep.ANSWER_OR_RAISE,
    scopes=frozenset({"opinion"}),
    looks_at=names(*get_args(OpinionFact)),
    reads=(opinion_due,),
    conditions=_undone(opinion_due, "level"),
)
signal_overdue = Detection(
    id="DET-14",
    rule="DET-14-signal",
    kind=Kind.STALE,
    next_step=NextStep.ANSWER_OR_RAISE,
    scopes=frozenset({HOUSEHOLD, "need-signal"}),
    looks_at=names(*get_args(SignalFact)),
    reads=(signal_due,),
    conditions=_undone(signal_due, "urgency"),
)
disclosure_overdue = Detection(
    id="DET-14",
    rule="DET-14-disclosure",
    kind=Kind.STALE,
    next_step=NextStep.PUBLISH,
    scopes=frozenset({"disclosure-task"}),
    looks_at=names(*get_args(DisclosureFact)),
    reads=(disclosure_due,),
    conditions=_undone(disclosure_due, "fund"),
)
