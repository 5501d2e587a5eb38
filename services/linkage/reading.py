"""What linkage reads from: the live views, the journal, and how fresh they are. The kit's journal does it; a test folds in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol, TypeVar

from contracts.envelope import Event, Meta, Recorded, UnknownEvent
from contracts.ids import HouseholdId
from contracts.relief.household import MemberJoined
from kit.view import Row, View
from services.linkage.rows import HOUSEHOLD_VIEWS, Fold, HouseholdRows, Rows, household_rows
from services.linkage.views.household import member
from services.linkage.views.vital import person_key, vital

R = TypeVar("R", bound=Row)


class Place(Protocol):
    """How far one partition of one source is read. `lag`: events known to lie beyond it when somebody last looked (`seen_at`)."""

    @property
    def source(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def position(self) -> int: ...
    @property
    def recorded_at(self) -> datetime | None: ...
    @property
    def lag(self) -> int: ...
    @property
    def seen_at(self) -> datetime: ...


class Freshness(Protocol):
    """How fresh an answer is. `incomplete`: something of the keys it rests on is parked."""

    @property
    def places(self) -> Sequence[Place]: ...
    @property
    def incomplete(self) -> bool: ...


class Snapshot(Protocol):
    """Rows of the views as of one moment."""

    async def rows(self, view: View[R], **where: str | int | Collection[str] | Collection[int]) -> list[R]:
        """The rows whose indexed fields have these values; a list of values: any of them."""
        ...

    async def get(self, view: View[R], key: str) -> R | None:
        """One row by its key."""
        ...

    async def counts(self, view: View[Any], by: str, **where: str | int | Collection[str] | Collection[int]) -> dict[str, int]:
        """How many of the rows have each value of an indexed field, counted where they lie."""
        ...


class Reader(Snapshot, Protocol):
    """The read side's store."""

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """Several reads of one moment."""
        ...

    async def history(self, keys: Sequence[str], known_at: datetime | None = None) -> list[Recorded]:
        """The events of some Kafka keys by (recorded_at, source, partition, position), as known at an instant."""
        ...

    async def event(self, event_id: str) -> Recorded | None:
        """One event."""
        ...

    async def effects(self, event_id: str) -> list[Recorded]:
        """The events that an event caused."""
        ...

    async def freshness(self, keys: Collection[str] = ()) -> Freshness:
        """How far the views are, and whether something of the keys is parked."""
        ...

    async def wait_for(self, token: str, timeout_s: float) -> None:
        """Return once the views hold what the position token names. Raises Retry after the time."""
        ...


class _Read:
    """The rows of some views, already read."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Any]] = {vital.name: []}

    def of(self, view: View[R]) -> list[R]:
        return [row for row in self.tables[view.name] if isinstance(row, view.row)]


async def rows_read(now: Snapshot, views: Iterable[View[Any]]) -> Rows:
    """All rows of some views."""
    read = _Read()
    for view in views:
        read.tables[view.name] = await now.rows(view)
    return read


async def live(reader: Reader, household_id: str) -> HouseholdRows | None:
    """The household's rows as the views hold them now; None when nobody opened it."""
    read = _Read()
    async with reader.snapshot() as now:  # rows of two moments would not add up
        for view in HOUSEHOLD_VIEWS:
            read.tables[view.name] = list(await now.rows(view, household_id=household_id))
        for row in read.of(member):
            if (found := await now.get(vital, row.person_id)) is not None:
                read.tables[vital.name].append(found)
    return household_rows(read)


async def known(reader: Reader, household_id: HouseholdId | str, known_at: datetime | None) -> HouseholdRows | None:
    """The household's rows as they were known at an instant, folded from its journal with the same views."""
    fold = Fold()
    fold.add(await journal_of(reader, household_id, known_at))
    return fold.rows()


Pairs = list[tuple[Event, Meta]]
"""Events with their envelopes, in the order in which findings and points in time fold."""


async def journal_of(reader: Reader, household_id: str, known_at: datetime | None = None) -> Pairs:
    """All that was said about a household and its members, in the order of recording. Types this program does not know are ignored."""
    return (await journals_of(reader, [household_id], known_at))[household_id]


async def journals_of(reader: Reader, keys: Sequence[str], known_at: datetime | None = None) -> dict[str, Pairs]:
    """The journals of many households and streams, by key, in two queries: what was said under the keys, and about their members."""
    own = by_key(await reader.history(keys, known_at)) if keys else {}
    persons = {key: _members(own.get(key, [])) for key in keys}
    everybody = sorted({person for members in persons.values() for person in members})
    lives = by_key(await reader.history(everybody, known_at)) if everybody else {}
    return {
        key: sorted([*own.get(key, []), *(pair for person in persons[key] for pair in lives.get(person, []))], key=journal_order)
        for key in keys
    }


def by_key(history: Sequence[Recorded]) -> dict[str, Pairs]:
    """What is understood of a history, by Kafka key."""
    found: dict[str, Pairs] = {}
    for pair in understood(history):
        found.setdefault(pair[1].key, []).append(pair)
    return found


def _members(journal: Pairs) -> list[str]:
    """The streams of the persons who are or were members of the household."""
    return sorted({person_key(event.person_id) for event, _ in journal if isinstance(event, MemberJoined)})


def journal_order(pair: tuple[Event, Meta]) -> tuple[datetime, str, int, int]:
    """The order in which findings and points in time fold (ruling 4 of the design)."""
    meta = pair[1]
    return meta.recorded_at, meta.source, meta.partition, meta.position


def understood(history: Sequence[Recorded]) -> list[tuple[Event, Meta]]:
    """The events with their envelopes. Raises NewerVersion for one that this program is too old for."""
    found = []
    for recorded in history:
        try:
            found.append((recorded.event(), recorded.meta))
        except UnknownEvent:
            continue
    return found
