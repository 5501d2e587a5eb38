"""Folds the views that follow behind the journal, woken by its commits."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Iterable
from typing import Any

import asyncpg

from kit.errors import Retry
from kit.journal import sets
from kit.journal.advance import advance, positions
from kit.journal.arrivals import CHANNEL, CONSUMER, Arrivals
from kit.streams import checkpoint
from kit.streams.checkpoint import Mark
from kit.streams.race import race
from kit.streams.topics import source_of
from kit.view import View

log = logging.getLogger(__name__)
BATCH = 5_000
RESTS_AT_MOST_S = 0.2
"""It rests as long as it worked: what the journal brings meanwhile is folded at once."""


class Follower:
    """The views with `follows=True`. Several workers may run it: each partition's row lets one at a time through."""

    def __init__(self, pool: asyncpg.Pool, dsn: str, views: Iterable[View[Any]]) -> None:
        self.views = [view for view in views if view.follows]
        self._pool, self._dsn = pool, dsn

    async def run(self, stop: asyncio.Event) -> None:
        """Follows until `stop`."""
        async with Arrivals(self._dsn) as arrivals:
            await race(stop.wait(), self._follow(arrivals))

    async def _follow(self, arrivals: Arrivals) -> None:
        while True:
            seen, began = arrivals.count, time.monotonic()
            try:
                await self.catch_up()
            except Retry as reason:  # until the rebuilt set or the newer program is there
                log.warning("followers wait: %s", reason)
                await asyncio.sleep(1)
            await asyncio.sleep(min(time.monotonic() - began, RESTS_AT_MOST_S))
            await arrivals.after(seen)

    async def catch_up(self) -> int:
        """The views are where the journal was when this began. Returns the events read."""
        goals = (await checkpoint.stand(self._pool, CONSUMER)).values()
        read = 0
        for target in await sets.live(self._pool, self.views):
            reached = await positions(self._pool, target)
            behind = [goal for goal in goals if reached.get((source_of(goal.topic), goal.partition), 0) < goal.position]
            if behind:
                read += await self._catch_up_view(target, behind)
        return read

    async def _catch_up_view(self, target: sets.ViewSet, goals: Collection[Mark]) -> int:
        """All partitions in one transaction, up to some thousand events of each at a time."""
        total = 0
        while True:
            async with self._pool.acquire() as connection, connection.transaction():
                read = await advance(connection, target, goals, BATCH // len(goals))
                await connection.execute("select pg_notify($1, '')", CHANNEL)
            total += sum(read.values())
            if max(read.values()) < BATCH // len(goals):
                return total
