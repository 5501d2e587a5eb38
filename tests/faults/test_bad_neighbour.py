"""One append of a group that PostgreSQL refuses; its neighbours are stored (ruling 15 of the design)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from kit.commands.writer import GroupWriter
from kit.store import Append, Read, SideRow, Take, Verdict, VerdictKind
from kit.store.model import GroupResult
from tests.faults.checker import check_store
from tests.faults.conftest import Database
from tests.faults.stores import CountingStore
from tests.kit.store.toys import adding, new_event

pytestmark = [pytest.mark.real, pytest.mark.fault]
GROUP, BAD = 64, 31
STREAM = f"counter/{BAD}"


def poison() -> Append:
    """A NUL that came past the door: msgspec accepts it, jsonb does not."""
    return Append(reads=[Read(STREAM, 0)], events=[new_event(STREAM, 1, b'{"n": "a\\u0000b"}')])


def known_row() -> Append:
    """A row of the service's own that exists already."""
    return adding(STREAM, 0, rows=[SideRow("own_row", {"id": 1})])


def endless_claim() -> Append:
    """A claim too long for its index, of characters that do not compress."""
    return adding(STREAM, 0, index=[(STREAM, Take("chair", "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(4000))))])


def parted_claim() -> Append:
    """A claim that holds what parts the cells of a column on their way to the database."""
    return adding(STREAM, 0, index=[(STREAM, Take("chair", "a\x1fb"))])


@pytest.fixture
async def own_table(database: Database) -> None:
    """A table of the service's own in which id 1 is taken."""
    owner = await asyncpg.connect(database.owner)
    await owner.execute(
        "create table own_row (id int primary key); insert into own_row values (1); grant select, insert on own_row to public"
    )
    await owner.close()


CASES = [
    (poison, VerdictKind.INVALID, "sqlstate 22P05"),
    (known_row, VerdictKind.CONFLICT, "own_row"),
    (endless_claim, VerdictKind.INVALID, "sqlstate 54000"),
    (parted_claim, VerdictKind.INVALID, "unit separator"),
]


@pytest.mark.usefixtures("own_table")
@pytest.mark.parametrize(("bad", "kind", "detail"), CASES, ids=["NUL in the data", "row known", "claim too long", "separator in a claim"])
async def test_one_bad_append_of_64_takes_no_neighbour_down(
    bad: Callable[[], Append], kind: VerdictKind, detail: str, database: Database, store: CountingStore
) -> None:
    """Ruling 15 of the design: 63 stored in their order, the bad one gets a verdict of its own, nothing of it is stored."""

    async def nothing(_result: GroupResult) -> None:
        return

    writer = GroupWriter(store, nothing)
    appends = [bad() if n == BAD else adding(f"counter/{n}", 0) for n in range(GROUP)]
    verdicts: list[Verdict] = await asyncio.gather(*(writer.submit(append) for append in appends))
    seen_before = detail == "unit separator"  # by the process itself; everything else by the database
    assert seen_before or store.groups[0] == GROUP, "the appends did not share a group"
    assert (verdicts[BAD].kind, verdicts[BAD].detail) == (kind, detail)
    others = [verdict for n, verdict in enumerate(verdicts) if n != BAD]
    assert {verdict.kind for verdict in others} == {VerdictKind.OK}
    assert [verdict.position for verdict in others] == list(range(1, GROUP))
    contents = await check_store(database.owner)
    assert [event["stream"] for event in contents.events] == [f"counter/{n}" for n in range(GROUP) if n != BAD]
    assert contents.claims == {}
    assert store.lost == 0
