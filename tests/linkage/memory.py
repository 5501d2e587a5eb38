"""A reader in memory: folds a story with the same views as live, and answers as the kit's journal does."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from contracts.envelope import Recorded
from kit.journal.columns import as_text
from kit.journal.reading import NotYet, parse_token
from kit.view import Row, View
from services.linkage.service import VIEWS
from tests.linkage.story import Story

R = TypeVar("R", bound=Row)


SEEN_AT = datetime(2022, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class MemoryPlace:
    source: str
    partition: int
    position: int
    recorded_at: datetime | None
    lag: int = 0
    seen_at: datetime = SEEN_AT


@dataclass(frozen=True)
class MemoryFreshness:
    places: Sequence[MemoryPlace]
    incomplete: bool = False


def _matches(found: object, wanted: str | int | Collection[str] | Collection[int]) -> bool:
    """The value, or any of a list of values."""
    return found == wanted if isinstance(wanted, str | int) else found in wanted


class MemoryReader:
    """Everything of a story, or what stood in the topics up to some positions."""

    def __init__(self, story: Story, lag: int = 0, parked: Collection[str] = ()) -> None:
        self.journal = sorted(
            story.recorded(), key=lambda one: (one.meta.recorded_at, one.meta.source, one.meta.partition, one.meta.position)
        )
        self.tables: dict[str, dict[str, Any]] = {view.name: {} for view in VIEWS}
        for view in VIEWS:
            view.fold(story.told, self.tables[view.name])
        self.lag, self.parked = lag, parked

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[MemoryReader]:
        yield self

    async def rows(self, view: View[R], **where: str | int | Collection[str] | Collection[int]) -> list[R]:
        assert set(where) <= set(view.index), f"{view.name}: no index on {set(where)}"
        found: list[R] = list(self.tables[view.name].values())
        return [row for row in found if all(_matches(getattr(row, name), value) for name, value in where.items())]

    async def counts(self, view: View[Any], by: str, **where: str | int | Collection[str] | Collection[int]) -> dict[str, int]:
        assert by in view.index, f"{view.name}: no index on {by}"
        found = Counter(as_text(getattr(row, by)) for row in await self.rows(view, **where))
        return {value: number for value, number in sorted(found.items()) if value is not None}

    async def get(self, view: View[R], key: str) -> R | None:
        row: R | None = self.tables[view.name].get(key)
        return row

    async def history(self, keys: Sequence[str], known_at: datetime | None = None) -> list[Recorded]:
        return [one for one in self.journal if one.meta.key in keys and (known_at is None or one.meta.recorded_at <= known_at)]

    async def event(self, event_id: str) -> Recorded | None:
        return next((one for one in self.journal if one.meta.id == event_id), None)

    async def effects(self, event_id: str) -> list[Recorded]:
        return [one for one in self.journal if one.meta.causation_id == event_id]

    async def freshness(self, keys: Collection[str] = ()) -> MemoryFreshness:
        last: dict[tuple[str, int], Recorded] = {}
        for one in sorted(self.journal, key=lambda one: one.meta.position):
            last[one.meta.source, one.meta.partition] = one
        places = [
            MemoryPlace(source, part, one.meta.position, one.meta.recorded_at, self.lag) for (source, part), one in sorted(last.items())
        ]
        return MemoryFreshness(places, bool(set(keys) & set(self.parked)))

    async def wait_for(self, token: str, timeout_s: float) -> None:  # noqa: ARG002 - nothing more will come
        for (service, partition), position in parse_token(token).items():
            heard = [one.meta.position for one in self.journal if (one.meta.service, one.meta.partition) == (service, partition)]
            if max(heard, default=0) < position:
                raise NotYet(token)
