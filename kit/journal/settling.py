"""What an operator does about parked messages of the read side: try again, or step over with a reason. Later ones then follow in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kit.errors import Retry
from kit.journal import entries, sets
from kit.journal.advance import lock_progress
from kit.journal.arrivals import CHANNEL, CONSUMER
from kit.journal.folding import Failure, fold, park_failures
from kit.journal.intake import Journal
from kit.journal.sets import ViewSet
from kit.streams import checkpoint, parking
from kit.streams.chain import Fact
from kit.streams.parking import ParkedMessage
from kit.streams.topics import source_of
from kit.view import View


class Settling:
    """Retry and skip for the journal and its views. Both hold the lock that live applying holds."""

    def __init__(self, journal: Journal) -> None:
        self._journal, self._pool = journal, journal.intake.pool
        self._views = {sets.consumer_of(view.name): view for view in journal.all_views}

    async def retry(self, parked_id: int, actor: str) -> int:
        """What is parked is applied again, and what waits behind it. Returns how many were applied.

        Raises LookupError when nothing is parked under the id; Retry while a rebuild by another program is under way.
        """
        one = await parking.find(self._pool, parked_id)
        if one.consumer == CONSUMER:
            return await self._journal.intake.retry(parked_id, actor)
        return await self._fold_again(one, actor, skip=None)

    async def skip(self, parked_id: int, actor: str, reason: str) -> int:
        """The message is stepped over, also by every rebuild; what waits behind it is applied. Returns how many were applied."""
        one = await parking.find(self._pool, parked_id)
        if one.consumer == CONSUMER:
            return await self._journal.intake.skip(parked_id, actor, reason)
        return await self._fold_again(one, actor, skip=reason)

    async def _fold_again(self, one: ParkedMessage, actor: str, skip: str | None) -> int:
        """The view folds the key's events again from where it stopped; the journal kept them."""
        view = self._view_of(one)
        async with self._pool.acquire() as connection, connection.transaction():
            marks = await checkpoint.lock(connection, CONSUMER, [(one.topic, one.partition)])
            target = await self._target(connection, view, one)
            upto = marks[one.topic, one.partition].position
            if view.follows or target.state == "building":
                upto = await lock_progress(connection, target, source_of(one.topic), one.partition)
            await parking.settle(connection, one.id, "skipped" if skip else "applied", actor, skip or "retried")
            facts = await _waiting_facts(connection, one, upto, behind=skip is not None)
            failed = await fold(connection, target, facts)
            await self._park_again(connection, target, one, list(failed.values()))
            await connection.execute("select pg_notify($1, '')", CHANNEL)
        return _folded(facts, failed.values())

    def _view_of(self, one: ParkedMessage) -> View[Any]:
        if one.consumer not in self._views:
            raise LookupError(f"{one.consumer} is no view of this program")
        return self._views[one.consumer]

    async def _target(self, connection: Any, view: View[Any], one: ParkedMessage) -> ViewSet:
        for state in ("live", "building"):
            found = await sets.find(connection, view, state)
            if found is not None and found.id == one.set_id:
                return found
        raise Retry(f"the set {one.set_id} of {view.name} is no longer in use")

    async def _park_again(self, connection: Any, target: ViewSet, one: ParkedMessage, failures: Sequence[Failure]) -> None:
        for meta, reason in failures:
            if meta.position == one.position:
                await parking.fail_again(connection, one.id, reason)
            else:
                await park_failures(connection, target, [(meta, reason)])


async def _waiting_facts(connection: Any, one: ParkedMessage, upto: int, *, behind: bool) -> list[Fact]:
    """The key's events from the parked one on, or only those behind it, as far as the set is."""
    after = one.position if behind else one.position - 1
    skips = await parking.skipped(connection, one.consumer)
    facts = await entries.read_key(connection, source_of(one.topic), one.partition, after, upto, one.key)
    return [fact for fact in facts if (one.topic, one.partition, fact.recorded.meta.position) not in skips]


def _folded(facts: Sequence[Fact], failures: Iterable[Failure]) -> int:
    stopped = [meta.position for meta, _ in failures]
    return sum(1 for fact in facts if not stopped or fact.recorded.meta.position < min(stopped))
