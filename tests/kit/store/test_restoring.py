"""After a restore: the lost tail comes back with its keys and index rows, and index rows can be derived anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from contracts.envelope import Recorded
from contracts.ids import AreaCode, PersonId
from kit.clock import SystemClock
from kit.commands import Answer, CommandPath, Keys
from kit.errors import Refused
from kit.identity import Actor, Role
from kit.store.postgres import PgStore
from kit.store.restoring import Diverged, NotTheTail, import_tail, reindex
from kit.testing import policy
from minsheng.local import Installation
from tests.databases import fresh_database
from tests.kit.toy import HOME, ONE, TWO, Open, PayIn, toy

pytestmark = pytest.mark.real
WORKER = Actor("worker-1", frozenset({Role.CASEWORKER}), "440308")
INDEX_ROWS = "select kind, key, stream from claim union all select 'subject', subject, stream from subject order by 1, 2, 3"


class Place:
    """A store with its command path."""

    def __init__(self, dsn: str, store: PgStore) -> None:
        self.dsn, self.store = dsn, store
        packs, calendar = policy()
        self._path = CommandPath(toy, store, keys=Keys(b"s"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4)

    async def give(self, command: Any, key: str | None = None) -> Answer:
        return await self._path.execute(command, WORKER, key or str(uuid4()))

    async def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.store.pool.fetch(statement)]


@pytest.fixture
async def places(installation: Installation) -> AsyncIterator[tuple[Place, Place]]:
    """The store as it was, and an empty one restored from "before anything"."""
    opened = []
    for _ in range(2):
        dsn = await fresh_database(installation, ["store"])
        opened.append(Place(dsn, await PgStore(dsn, "/minsheng/test/toy").open()))
    yield opened[0], opened[1]
    for place in opened:
        await place.store.close()


def opening(account: PersonId, nickname: str) -> Open:
    return Open(account_id=account, household_id=HOME, area=AreaCode("440308003"), nickname=AreaCode(nickname))


async def test_an_imported_tail_brings_back_events_keys_claims_and_subjects(places: tuple[Place, Place]) -> None:
    """Ruling 7 of the design: an imported command retried gets its first answer; claims hold again."""
    lost, restored = places
    first = await lost.give(opening(ONE, "ann"), key="k")
    await lost.give(PayIn(account_id=ONE, amount_fen=5))
    assert await import_tail(restored.dsn, toy, await lost.store.read(0, 100)) == 2
    again = await restored.give(opening(ONE, "ann"), key="k")
    assert again.repeated
    assert (again.events, again.token) == (first.events, first.token)
    with pytest.raises(Refused, match="claimed"):
        await restored.give(opening(TWO, "ann"))
    columns = "position, id, stream, version, recorded_at, data, meta"
    every = f"select {columns} from events order by position"
    assert (await restored.rows(every))[:2] == await lost.rows(every)
    assert await restored.rows(INDEX_ROWS) == await lost.rows(INDEX_ROWS)


async def test_what_the_store_has_is_passed_over_and_a_gap_is_refused(places: tuple[Place, Place]) -> None:
    lost, restored = places
    await lost.give(opening(ONE, "ann"))
    for _ in range(3):
        await lost.give(PayIn(account_id=ONE, amount_fen=5))
    events: list[Recorded] = await lost.store.read(0, 100)
    assert await import_tail(restored.dsn, toy, events[:2]) == 2
    with pytest.raises(NotTheTail):
        await import_tail(restored.dsn, toy, [events[3]])
    assert await import_tail(restored.dsn, toy, events) == 2
    assert (await restored.store.head()).position == 4


async def test_a_store_that_went_on_by_itself_takes_nothing_and_names_what_lost_its_place(places: tuple[Place, Place]) -> None:
    """Ruling 7 of the design: positions that were used again, and versions that other events have, are listed; nothing is imported."""
    lost, restored = places
    await lost.give(opening(ONE, "ann"))
    for _ in range(3):
        await lost.give(PayIn(account_id=ONE, amount_fen=5))
    events: list[Recorded] = await lost.store.read(0, 100)
    assert await import_tail(restored.dsn, toy, events[:1]) == 1
    await restored.give(opening(TWO, "bob"))
    await restored.give(PayIn(account_id=ONE, amount_fen=7))
    with pytest.raises(Diverged) as diverged:
        await import_tail(restored.dsn, toy, events)
    told = [(one.lost.meta.position, one.stored.meta.position, one.stored.meta.stream) for one in diverged.value.conflicts]
    assert told == [(2, 2, f"account/{TWO}"), (3, 3, f"account/{ONE}")]
    assert [event.meta.position for event in await restored.store.read(0, 100)] == [1, 2, 3]


async def test_an_event_whose_version_is_taken_is_a_conflict_though_its_position_is_free(places: tuple[Place, Place]) -> None:
    """Version checks: the tail's first event would be the next position, but the stream has moved on."""
    lost, restored = places
    await lost.give(opening(TWO, "bob"))
    await lost.give(opening(ONE, "ann"))
    await restored.give(opening(ONE, "eve"))
    with pytest.raises(Diverged) as diverged:
        await import_tail(restored.dsn, toy, (await lost.store.read(0, 100))[1:])
    assert [(one.lost.meta.position, one.stored.meta.position) for one in diverged.value.conflicts] == [(2, 1)]


async def test_an_event_that_is_not_the_next_of_its_stream_is_refused(places: tuple[Place, Place]) -> None:
    """Version checks: its position would fit and nobody has its version, but the one before it is missing."""
    lost, restored = places
    await lost.give(opening(ONE, "ann"))
    for _ in range(2):
        await lost.give(PayIn(account_id=ONE, amount_fen=5))
    await restored.give(opening(ONE, "ann"))
    await restored.give(opening(TWO, "bob"))
    with pytest.raises(NotTheTail, match="is at version 1, the event at position 3 has version 3"):
        await import_tail(restored.dsn, toy, (await lost.store.read(0, 100))[2:])


async def test_index_rows_are_derived_anew_from_events(places: tuple[Place, Place]) -> None:
    """Ruling 27 of the design: subjects and claims are rebuilt by replay."""
    lost, _ = places
    await lost.give(opening(ONE, "ann"))
    await lost.give(opening(TWO, "bob"))
    before = await lost.rows(INDEX_ROWS)
    owner = await asyncpg.connect(lost.dsn)
    await owner.execute("delete from claim; delete from subject")
    await owner.close()
    assert await reindex(lost.dsn, toy) == 2
    assert await lost.rows(INDEX_ROWS) == before
    assert len(before) == 4
