"""A journal at work in a test, and ways to look into it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from kit.journal.intake import Journal
from kit.streams.topics import Topic
from kit.view import View
from tests.kit.streams.places import Place


@asynccontextmanager
async def journaling(place: Place, pool: asyncpg.Pool, views: list[View[Any]], *topics: Topic, **settings: Any) -> AsyncIterator[Journal]:
    """The journal's consumer at work; its error, if it ends by itself, is the test's."""
    journal = Journal(pool, place.bootstrap, views, **settings)
    stop = asyncio.Event()
    names = [topic.name for topic in topics]
    task = asyncio.ensure_future(journal.run(stop, names, f"{place.installation}.journal", reread_s=0.2, session_s=2.0))
    try:
        yield journal
        if task.done():
            task.result()
    finally:
        stop.set()
        await asyncio.wait({task}, timeout=20)


async def until(condition: Callable[[], Awaitable[Any]], patience_s: float = 30) -> None:
    """Waits for a condition of the database."""
    async with asyncio.timeout(patience_s):
        while not await condition():  # noqa: ASYNC110 (a condition of the database)
            await asyncio.sleep(0.02)


async def journaled(pool: asyncpg.Pool) -> int:
    count: int = await pool.fetchval("select count(*) from journal")
    return count


async def reaches(pool: asyncpg.Pool, count: int) -> None:
    async def enough() -> bool:
        return await journaled(pool) >= count

    await until(enough)
    assert await journaled(pool) == count


async def rows(pool: asyncpg.Pool, view: str = "totals") -> dict[str, Any]:
    """The live rows of a view by key."""
    set_id = await pool.fetchval("select id from view_set where view = $1 and state = 'live'", view)
    found = await pool.fetch(f'select key, row from "view_{view}_{set_id}" where row is not null')
    return {row["key"]: json.loads(row["row"]) for row in found}
