"""Where findings are kept and listed: the exception board (3.9)."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contracts.ids import HouseholdId
from kit.identity import Role
from services.linkage.detections.finding import Finding, Kind


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """The last finding of a page: the next page begins after it."""

    since: datetime
    id: str

    def text(self) -> str:
        """What the caller gives back."""
        return base64.urlsafe_b64encode(f"{self.since.isoformat()}|{self.id}".encode()).decode()


def cursor_of(text: str) -> Cursor:
    """Read a cursor. Raises ValueError for a text that is none."""
    since, _, found = base64.urlsafe_b64decode(text.encode()).decode().partition("|")
    return Cursor(since=datetime.fromisoformat(since), id=found)


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which findings: of a kind or detection, in some areas (None: all), also those that are over; after a cursor.

    owners: whose they are from the beginning (None: everybody's).
    at: those that were open at an instant, as known today; `over` then says nothing.
    """

    kind: Kind | None = None
    detection: str | None = None
    areas: Collection[str] | None = None
    owners: Collection[Role] | None = None
    over: bool = False
    at: datetime | None = None
    after: Cursor | None = None
    limit: int = 50


class Board(Protocol):
    """All findings, oldest first."""

    async def page(self, question: Question) -> list[Finding]: ...

    async def of(self, household_id: HouseholdId | str) -> list[Finding]:
        """What stands under a household's own key, also what is over."""
        ...


class MemoryBoard:
    """A board in memory, for tests and for a point in time."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self.all: list[Finding] = sorted(findings, key=lambda one: (one.since, one.id))

    async def page(self, question: Question) -> list[Finding]:
        return [one for one in self.all if _asked(one, question)][: question.limit]

    async def of(self, household_id: HouseholdId | str) -> list[Finding]:
        return [one for one in self.all if one.scope == household_id]

    def replace(self, scope: str, findings: Sequence[Finding]) -> None:
        """The findings of the key are these and no others."""
        rest = [one for one in self.all if one.scope != scope]
        self.all = sorted([*rest, *findings], key=lambda one: (one.since, one.id))


def _asked(one: Finding, question: Question) -> bool:
    return (
        (question.kind is None or one.kind is question.kind)
        and (question.detection is None or one.detection == question.detection)
        and (question.areas is None or one.area in question.areas)
        and (question.owners is None or one.owner in question.owners)
        and _open(one, question)
        and (question.after is None or (one.since, one.id) > (question.after.since, question.after.id))
    )


def _open(one: Finding, question: Question) -> bool:
    if question.at is not None:
        return one.since <= question.at and (one.until is None or one.until > question.at)
    return question.over or one.until is None
