"""The journal's consumer: events into the journal, and in the same transaction into the views that screens wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import asyncpg

from kit.journal import entries, sets
from kit.journal.advance import lock_progress
from kit.journal.arrivals import CHANNEL, CONSUMER
from kit.journal.folding import fold_or_park, waiting
from kit.streams.chain import Fact
from kit.streams.consume import consume
from kit.streams.intake import Feed, Intake, no_feed
from kit.telemetry import span
from kit.view import View

DirtyKey = Callable[[Fact], str | None]


def household_of(fact: Fact) -> str | None:
    """The Kafka key where it is a household's id; other keys are streams (`aggregate/id`)."""
    key = fact.recorded.meta.key
    return None if "/" in key else key


class Journal:
    """Fills the journal from topics and folds the views that do not follow.

    dirty: the key whose findings an event makes due (None: none), marked in the same transaction.
    """

    def __init__(
        self, pool: asyncpg.Pool, bootstrap: str, views: Iterable[View[Any]], *, feed: Feed = no_feed, dirty: DirtyKey = household_of
    ) -> None:
        listed = list(views)
        self.views = [view for view in listed if not view.follows]
        followers = [view for view in listed if view.follows]
        self._dirty = dirty
        self.all_views = [*self.views, *followers]
        self.intake = Intake(pool, bootstrap, CONSUMER, self._apply, feed, self._apply_late)

    async def run(self, stop: asyncio.Event, topics: Iterable[str], group: str, **settings: Any) -> None:
        """Consumes until `stop`. Raises ConsumerFailed: the process ends and begins again from the checkpoints."""
        await consume(self.intake, stop, topics, group, **settings)

    async def _apply(self, connection: Any, facts: Sequence[Fact]) -> None:
        with span("journal", "consumer", links=(fact.recorded.meta.traceparent for fact in facts), attributes={"events": len(facts)}):
            await self._write(connection, facts)

    async def _write(self, connection: Any, facts: Sequence[Fact]) -> None:
        live = await sets.live(connection, self.views)
        await entries.write(connection, facts)
        parked = await waiting(connection, live) if live else {}
        for target in live:
            await fold_or_park(connection, target, facts, parked[target.id])
        await mark_dirty(connection, {key for fact in facts if (key := self._dirty(fact)) is not None})
        await connection.execute("select pg_notify($1, '')", CHANNEL)

    async def _apply_late(self, connection: Any, facts: Sequence[Fact]) -> None:
        """Parked facts come after younger ones of their partition: sets that already passed their place must fold them now."""
        await self._apply(connection, facts)
        behind = [await sets.find(connection, view, "live") for view in self.all_views if view.follows]
        building = [await sets.find(connection, view, "building") for view in self.all_views]
        for target in [*behind, *building]:
            if target is not None:
                await self._fold_late(connection, target, facts)

    async def _fold_late(self, connection: Any, target: sets.ViewSet, facts: Sequence[Fact]) -> None:
        held = (await waiting(connection, [target]))[target.id]
        for fact in facts:
            meta = fact.recorded.meta
            if await lock_progress(connection, target, meta.source, meta.partition) >= meta.position:
                await fold_or_park(connection, target, [fact], held)


async def mark_dirty(connection: Any, keys: Iterable[str]) -> None:
    """What was found about these keys must be looked at again at once, whatever the looker's clock says (a simulated one stands elsewhere).

    Sorted, so that two workers never wait for each other in a ring.
    """
    await connection.execute(
        "insert into dirty(key, due_at) select k, 'epoch'::timestamptz from unnest($1::text[]) k "
        "on conflict (key) do update set due_at = excluded.due_at, mark = excluded.mark",
        sorted(keys),
    )
