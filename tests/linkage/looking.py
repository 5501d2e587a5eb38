"""What the board finds in a story, for a household and for any other key."""

from __future__ import annotations

from datetime import datetime

from kit.testing import policy
from services.linkage.detections.all import SCOPES
from services.linkage.detections.finding import Finding
from services.linkage.detections.timeline import Findings, findings
from services.linkage.reading import journal_order
from tests.linkage.cases import HOUSEHOLD
from tests.linkage.story import Story


def look_at(story: Story, now: datetime, key: str = HOUSEHOLD) -> Findings:
    """All findings of a key; a household hears of its members' streams too."""
    packs, calendar = policy()
    scope = SCOPES.of(key)
    assert scope is not None
    keys = [key] if "/" in key else [key, *(f"person/{event.person_id}" for event, _ in story.told if hasattr(event, "person_id"))]
    journal = sorted((pair for pair in story.known(now) if pair[1].key in keys), key=journal_order)
    return findings(scope, key, journal, now, packs, calendar)


def found_by(story: Story, now: datetime, rule: str, key: str = HOUSEHOLD) -> list[Finding]:
    """The findings of one rule."""
    return [one for one in look_at(story, now, key).found if one.rule == rule]
