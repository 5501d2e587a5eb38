"""A finding as the API tells it."""

from __future__ import annotations

from datetime import datetime

from services.linkage.api.answers import Answer
from services.linkage.detections.finding import Detail, Finding
from services.linkage.labels import finding_zh, kind_zh, next_step_zh


class FindingAnswer(Answer):
    """One finding: what, since when, whose, what next. `until`: when it was cured; null while it is so."""

    id: str
    detection: str
    title_zh: str
    kind: str
    kind_zh: str
    household_id: str
    area: str
    subject: str
    owner: str
    owner_zh: str
    next_step: str
    next_step_zh: str
    began: datetime
    since: datetime
    until: datetime | None
    age_hours: int
    details: dict[str, Detail]


def finding_answer(finding: Finding, now: datetime) -> FindingAnswer:
    """The finding with its age: since it became one, up to its end or now."""
    age = (finding.until or now) - finding.since
    return FindingAnswer(
        id=finding.id,
        detection=finding.detection,
        title_zh=finding_zh(finding.detection),
        kind=finding.kind,
        kind_zh=kind_zh(finding.kind),
        household_id=finding.household_id,
        area=finding.area,
        subject=finding.subject,
        owner=finding.owner,
        owner_zh=finding.owner.title_zh,
        next_step=finding.next_step,
        next_step_zh=next_step_zh(finding.next_step),
        began=finding.began,
        since=finding.since,
        until=finding.until,
        age_hours=max(0, int(age.total_seconds() // 3600)),
        details=finding.details,
    )
