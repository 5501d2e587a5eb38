"""Group commit: who shares a commit, and how large a group may be."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from kit.commands.writer import GROUP, HELD_SECONDS, SMALLEST, GroupWriter
from kit.store import Append, Read, Take
from kit.store.memory import MemoryStore
from kit.store.model import GroupResult
from tests.kit.store.toys import adding


class Watched(MemoryStore):
    """Notes the groups it is given, and takes some time for each append of a group."""

    def __init__(self, seconds_each: float = 0.0) -> None:
        super().__init__()
        self.groups: list[list[str]] = []
        self._seconds_each = seconds_each

    async def append(self, appends: Sequence[Append]) -> GroupResult:
        self.groups.append([append.events[0].stream for append in appends])
        await asyncio.sleep(self._seconds_each * len(appends))
        return await super().append(appends)


async def nothing(_result: GroupResult) -> None:
    """Nobody listens."""


async def test_appends_that_wait_together_share_a_commit_unless_they_meet() -> None:
    """Those of one stream share it as a chain; of two with one claim the second keeps its turn for the next, with what reads its stream."""
    store = Watched()
    writer = GroupWriter(store, nothing)
    one = ("counter/c", Take("home", "p"))
    other = ("counter/d", Take("home", "p"))
    await asyncio.gather(
        *(
            writer.submit(append)
            for append in (
                adding("counter/a", 0),
                adding("counter/a", 1),
                adding("counter/b", 0),
                adding("counter/c", 0, index=[one]),
                adding("counter/d", 0, index=[other]),
                adding("counter/e", 0, reads=[Read("counter/d", 1)]),
            )
        )
    )
    assert store.groups == [["counter/a", "counter/a", "counter/b", "counter/c"], ["counter/d", "counter/e"]]


async def test_a_group_that_held_the_lock_too_long_makes_the_next_ones_smaller() -> None:
    """Ruling 16 of the design: at most 10 ms a chunk."""
    store = Watched(seconds_each=HELD_SECONDS / 20)
    writer = GroupWriter(store, nothing)
    await asyncio.gather(*(writer.submit(adding(f"counter/{n}", 0)) for n in range(300)))
    sizes = [len(group) for group in store.groups]
    assert sizes[0] == GROUP
    assert sizes[1] < GROUP
    assert writer.size < GROUP
    assert writer.size >= SMALLEST


async def test_quick_groups_grow_again() -> None:
    store = Watched()
    writer = GroupWriter(store, nothing)
    writer.size = SMALLEST
    await asyncio.gather(*(writer.submit(adding(f"counter/{n}", 0)) for n in range(400)))
    assert writer.size > SMALLEST
