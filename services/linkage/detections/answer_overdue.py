"""DET-14: something was to be done by a day and was not: from the next day on it is stale (A04, B01, B09, R-CHA-08, R-CHA-11, R-DIB-16, R-SO-01).

The limit counts from the day the facts name as due, not from when somebody noticed: an answer given in time and told late leaves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import get_args

from kit.view import View
from policy import shanghai_day
from services.linkage.detections.finding import HOUSEHOLD, Condition, Detail, Detection, Kind, NextStep, Scene, names, start_of
from services.linkage.views.due import (
    ContactFact,
    CureFact,
    DeathCaseFact,
    DisclosureFact,
    DueRow,
    OpinionFact,
    QueryFact,
    SignalFact,
    contact_due,
    cure_due,
    death_case_due,
    disclosure_due,
    opinion_due,
    query_due,
    signal_due,
)

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
query_overdue = Detection(
    id="DET-14",
    rule="DET-14-query",
    kind=Kind.STALE,
    next_step=NextStep.ANSWER_OR_RAISE,
    scopes=frozenset({"donor-query"}),
    looks_at=names(*get_args(QueryFact)),
    reads=(query_due,),
    conditions=_undone(query_due, "level"),
)
contact_missing = Detection(
    id="DET-14",
    rule="DET-14-contact",
    kind=Kind.STALE,
    next_step=NextStep.NAME_CONTACT,
    scopes=frozenset({HOUSEHOLD, "contact-assignment"}),
    looks_at=names(*get_args(ContactFact)),
    reads=(contact_due,),
    conditions=_undone(contact_due, "contact"),
)
death_case_late = Detection(
    id="DET-14",
    rule="DET-14-death",
    kind=Kind.STALE,
    next_step=NextStep.FINISH_STEPS,
    scopes=frozenset({HOUSEHOLD}),
    looks_at=names(*get_args(DeathCaseFact)),
    reads=(death_case_due,),
    conditions=_undone(death_case_due, "certainty"),
)
cure_over = Detection(
    id="DET-14",
    rule="DET-14-cure",
    kind=Kind.STALE,
    next_step=NextStep.DECIDE_ORGANISATION,
    scopes=frozenset({"organisation"}),
    looks_at=names(*get_args(CureFact)),
    reads=(cure_due,),
    conditions=_undone(cure_due, "level"),
)
