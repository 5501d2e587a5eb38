"""The same chain from the live views in PostgreSQL, from the journal folded in memory, and from the story itself."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import asyncpg
import pytest

from kit.journal import sets
from kit.journal.intake import Journal
from kit.journal.reading import Views
from kit.migrate import migrate
from kit.streams.chain import Fact
from kit.view import View
from services.linkage.chain import chain
from services.linkage.reading import known, live
from services.linkage.rows import folded
from services.linkage.service import VIEWS, linkage
from services.linkage.views.accepted import accepted
from services.linkage.views.household import household
from services.linkage.views.need import need
from tests.kit.streams.places import fresh_database
from tests.linkage.cases import BILLS, HOUSEHOLD, LIVING, four_layers, meals_and_goods, regular
from tests.linkage.memory import MemoryReader
from tests.linkage.story import HAISHAN, SHATOUJIAO, Story, at, by_key

pytestmark = pytest.mark.real
DAY = date(2022, 6, 15)


@pytest.fixture
async def database(installation: Any) -> AsyncIterator[tuple[str, asyncpg.Pool]]:
    async with fresh_database(installation) as dsn:
        await migrate(dsn, ["reader"])
        async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
            assert await sets.prepare(pool, VIEWS) == []
            yield dsn, pool


async def hear(pool: asyncpg.Pool, story: Story, seed: int) -> None:
    """The story's events arrive in some order across keys, in batches."""
    journal = Journal(pool, "nowhere:0", VIEWS, dirty=linkage.dirty)
    recorded = {one.meta.id: one for one in story.recorded()}
    queues, pick = by_key(story.told), random.Random(seed)
    while queues:
        queue = pick.choice(queues)
        batch = [recorded[queue.pop(0)[1].id] for _ in range(min(len(queue), pick.randint(1, 5)))]
        async with pool.acquire() as connection, connection.transaction():
            await journal._apply(connection, [Fact(one, one.event()) for one in batch])
        queues = [rest for rest in queues if rest]


async def test_live_views_and_the_journal_tell_the_same_chain(database: tuple[str, asyncpg.Pool]) -> None:
    """Design, "Read side": the same views live, for a point in time and in a test; property 6."""
    dsn, pool = database
    story = meals_and_goods(regular(four_layers()))
    await hear(pool, story, seed=7)
    async with Views(pool, dsn, "yantian") as views:
        now = await live(views, HOUSEHOLD)
        then = await known(views, HOUSEHOLD, at("2022-12-31"))
        early = await known(views, HOUSEHOLD, at("2022-04-27"))
    told, told_early = folded(story.told), folded(story.known(at("2022-04-27")))
    assert now
    assert then
    assert early
    assert told
    assert told_early
    assert chain(now, DAY) == chain(told, DAY)
    assert chain(then, DAY) == chain(told, DAY)
    assert chain(early, DAY) == chain(told_early, DAY)


async def test_the_reader_of_the_tests_answers_as_the_real_one(database: tuple[str, asyncpg.Pool]) -> None:
    """Design, "Read side": rows by one value or any of several, and their number by value, are the same in memory and in PostgreSQL."""
    dsn, pool = database
    story = meals_and_goods(regular(four_layers()))
    await hear(pool, story, seed=11)
    memory = MemoryReader(story)
    questions: list[tuple[View[Any], dict[str, Any]]] = [
        (need, {}),
        (need, {"open": True}),
        (need, {"need_id": BILLS}),
        (need, {"need_id": [BILLS, LIVING]}),
        (need, {"need_id": []}),
        (accepted, {"household_id": HOUSEHOLD, "need_id": [BILLS]}),
        (household, {"area": {SHATOUJIAO, HAISHAN}}),
    ]
    async with Views(pool, dsn, "yantian") as views:
        for view, where in questions:
            found = await views.rows(view, **where)
            assert sorted(map(str, found)) == sorted(map(str, await memory.rows(view, **where))), (view.name, where)
            for by in view.index:
                assert await views.counts(view, by, **where) == await memory.counts(view, by, **where), (view.name, by, where)
