"""DET-14: something was to be done by a day and was not: from the next day on it is stale (A04, B01, B09, R-CHA-08, R-CHA-11, R-DIB-16, R-SO-01).

The limit counts from the day the facts name as due, not from when somebody noticed: an answer given in time and told late leaves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, get_args

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


def _overdue(rule: str, view: View[DueRow], fact: Any, level: str, next_step: NextStep, *scopes: str) -> Detection:
    """fact: the events that the view folds, as a union.  level: what the row's level is called in a finding's details."""
    return Detection(
        id="DET-14",
        rule=rule,
        kind=Kind.STALE,
        next_step=next_step,
        scopes=frozenset(scopes),
        looks_at=names(*get_args(fact)),
        reads=(view,),
        conditions=_undone(view, level),
    )


opinion_overdue = _overdue("", opinion_due, OpinionFact, "level", NextStep.ANSWER_OR_RAISE, "opinion")
signal_overdue = _overdue("DET-14-signal", signal_due, SignalFact, "urgency", NextStep.ANSWER_OR_RAISE, HOUSEHOLD, "need-signal")
disclosure_overdue = _overdue("DET-14-disclosure", disclosure_due, DisclosureFact, "fund", NextStep.PUBLISH, "disclosure-task")
query_overdue = _overdue("DET-14-query", query_due, QueryFact, "level", NextStep.ANSWER_OR_RAISE, "donor-query")
contact_missing = _overdue("DET-14-contact", contact_due, ContactFact, "contact", NextStep.NAME_CONTACT, HOUSEHOLD, "contact-assignment")
death_case_late = _overdue("DET-14-death", death_case_due, DeathCaseFact, "certainty", NextStep.FINISH_STEPS, HOUSEHOLD)
cure_over = _overdue("DET-14-cure", cure_due, CureFact, "level", NextStep.DECIDE_ORGANISATION, "organisation")
