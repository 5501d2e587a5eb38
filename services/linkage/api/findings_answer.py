"""A finding as the API tells it."""

from __future__ import annotations

from datetime import datetime

from services.linkage.api.answers import Answer
from services.linkage.detections.finding import Detail, Finding
from services.linkage.labels import finding_zh, kind_zh, limit_text_zh, next_step_zh


class LimitAnswer(Answer):
    """How long the condition was allowed to hold. `unit`: at_once, hours, days, workdays, day_end, or named: by the record itself."""

    unit: str
    count: int
    text_zh: str


class TurnAnswer(Answer):
    """Whose the finding becomes if nobody settles it, and when."""

    at: datetime
    owner: str
    owner_zh: str


class FindingAnswer(Answer):
    """One finding: what, since when, whose, what next. `until`: when it was cured; null while it is so.

    scope: the household's id, or the stream it is about (`opinion/…`), which concerns no household or several.
    owner: whose it is by now; turns: whose it becomes with age.
    """

    id: str
    detection: str
    title_zh: str
    kind: str
    kind_zh: str
    scope: str
    household_id: str | None
    area: str
    subject: str
    owner: str
    owner_zh: str
    next_step: str
    next_step_zh: str
    limit: LimitAnswer
    turns: list[TurnAnswer]
    began: datetime
    since: datetime
    until: datetime | None
    age_hours: int
    details: dict[str, Detail]


def finding_answer(finding: Finding, now: datetime) -> FindingAnswer:
    """The finding with its age: since it became one, up to its end or now (or the past moment that was asked about)."""
    age = min(finding.until or now, now) - finding.since
    owner = finding.owner_at(now)
    return FindingAnswer(
        id=finding.id,
        detection=finding.detection,
        title_zh=finding_zh(finding.rule),
        kind=finding.kind,
        kind_zh=kind_zh(finding.kind),
        scope=finding.scope,
        household_id=finding.household_id,
        area=finding.area,
        subject=finding.subject,
        owner=owner,
        owner_zh=owner.title_zh,
        next_step=finding.next_step,
        next_step_zh=next_step_zh(finding.next_step),
        limit=LimitAnswer(unit=finding.limit.unit, count=finding.limit.count, text_zh=limit_text_zh(finding.limit)),
        turns=[TurnAnswer(at=turn.at, owner=turn.owner, owner_zh=turn.owner.title_zh) for turn in finding.turns],
        began=finding.began,
        since=finding.since,
        until=finding.until,
        age_hours=max(0, int(age.total_seconds() // 3600)),
        details=finding.details,
    )
