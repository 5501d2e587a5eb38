"""States of streams, kept in this process and brought up to date from the log. What they say is confirmed by every append.

Two layers: what is known to be stored, and before it what appends under way would leave. Commands are decided on the latter, so that
those of one stream need not wait for each other; whoever was decided on what an append would leave falls with it (decision record 0023).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

from contracts.envelope import Event, Recorded, decode
from kit.commands.pending import Loaded, Outcome, Pending
from kit.service import Service
from kit.store.model import EventStore, NewEvent

CAPACITY = 20_000


class Unseen(Exception):
    """These streams must be read from the log first."""

    def __init__(self, streams: Sequence[str]) -> None:
        super().__init__(streams)
        self.streams = streams


class States:
    """A bounded cache of folded streams, and a lock for each that somebody must have to himself for a while."""

    def __init__(self, service: Service, store: EventStore, capacity: int = CAPACITY) -> None:
        self._service = service
        self._store = store
        self._capacity = capacity
        self._known: OrderedDict[str, Loaded] = OrderedDict()
        self._ahead: dict[str, Loaded] = {}
        self._locks: dict[str, _Lock] = {}

    async def load(self, streams: Sequence[str]) -> dict[str, Loaded]:
        """The streams' stored states, from the cache or the log. Others may forget a stream meanwhile; what was found still counts."""
        found = {stream: self._known[stream] for stream in streams if stream in self._known}
        missing = [stream for stream in streams if stream not in found]
        if missing:
            for stream, events in (await self._store.load(missing)).items():
                loaded = self._fold(stream, events)
                self._keep(loaded)
                found[stream] = self._known.get(stream, loaded)
        return found

    def stored(self, stream: str, found: Mapping[str, Loaded]) -> Loaded:
        """The stream as stored. found: what the caller has read from the log meanwhile. Raises Unseen."""
        loaded = self._known.get(stream) or found.get(stream)
        if loaded is None:
            raise Unseen([stream])
        return loaded

    def tip(self, stream: str, found: Mapping[str, Loaded]) -> Loaded | None:
        """The stream as the appends under way would leave it, else as stored; None: it must be read first."""
        known, ahead = self._known.get(stream) or found.get(stream), self._ahead.get(stream)
        return ahead if ahead is not None and (known is None or ahead.version > known.version) else known

    def tips(self, streams: Iterable[str], found: Mapping[str, Loaded]) -> dict[str, Loaded]:
        """The tips of several streams. Raises Unseen."""
        tips = {stream: self.tip(stream, found) for stream in streams}
        if missing := [stream for stream, tip in tips.items() if tip is None]:
            raise Unseen(missing)
        return {stream: tip for stream, tip in tips.items() if tip is not None}

    def new(self, stream: str) -> Loaded:
        """A stream of which nothing is stored."""
        return Loaded(stream, self._service.aggregate_of_stream(stream).initial())

    def _fold(self, stream: str, events: Iterable[Recorded]) -> Loaded:
        loaded = self.new(stream)
        for event in events:
            loaded = self._evolved(loaded, event.event(), event.meta.version, event.meta.key)
        return loaded

    def _evolved(self, loaded: Loaded, event: Event, version: int, key: str) -> Loaded:
        aggregate = self._service.aggregate_of_stream(loaded.stream)
        return Loaded(loaded.stream, aggregate.evolve(loaded.state, event), version, key)

    def _keep(self, loaded: Loaded) -> None:
        known = self._known.get(loaded.stream)
        if known is not None and known.version > loaded.version:
            return  # a slower look-up must not take a newer state away
        self._known[loaded.stream] = loaded
        self._known.move_to_end(loaded.stream)
        while len(self._known) > self._capacity:
            self._known.popitem(last=False)

    def left_by(self, events: Iterable[NewEvent], loaded: Mapping[str, Loaded]) -> dict[str, Loaded]:
        """The streams as the events would leave them, read as they will be read from the log."""
        leaves: dict[str, Loaded] = {}
        for event in events:
            before = leaves.get(event.stream) or loaded.get(event.stream) or self.new(event.stream)
            leaves[event.stream] = self._evolved(before, decode(event.type, event.schema_version, event.data), event.version, event.key)
        return leaves

    def submitted(self, pending: Pending) -> None:
        """From now on commands are decided on what the append would leave."""
        for stream, loaded in pending.leaves.items():
            loaded.by = pending
            self._ahead[stream] = loaded

    def settled(self, pending: Pending) -> None:
        """The append was accepted, and what it leaves is stored; or it fell, and nobody decides on that any more."""
        for stream, loaded in pending.leaves.items():
            if self._ahead.get(stream) is loaded:
                del self._ahead[stream]
            if pending.outcome is Outcome.ACCEPTED:
                loaded.by = None
                self._keep(loaded)
        pending.after, pending.leaves = (), {}  # else each append would hold all those before it

    def apply(self, events: Iterable[Recorded]) -> None:
        """Bring what is known forward by events of the log; a stream that does not follow on is forgotten and read anew when needed."""
        for event in events:
            known = self._known.get(event.meta.stream)
            if known is not None and known.version >= event.meta.version:
                continue
            self._ahead.pop(event.meta.stream, None)  # was decided on less than this
            if known is not None and known.version + 1 == event.meta.version:
                self._known[event.meta.stream] = self._evolved(known, event.event(), event.meta.version, event.meta.key)
            else:
                self._known.pop(event.meta.stream, None)

    def moved_on(self, loaded: Mapping[str, Loaded]) -> None:
        """A decision on these was stale: what nobody has brought forward meanwhile is read anew.

        Not if it only fell with another append of this process: then what is known is as good as before.
        """
        if any(one.by is not None and one.by.outcome is Outcome.FALLEN for one in loaded.values()):
            return
        for stream, one in loaded.items():
            if self._known.get(stream) is one:
                del self._known[stream]

    def forget(self, streams: Iterable[str]) -> None:
        """Read these anew when they are needed."""
        for stream in streams:
            self._known.pop(stream, None)

    def forget_all(self) -> None:
        """Read everything anew: too much was written elsewhere to follow."""
        self._known.clear()
        self._ahead.clear()

    def others_hold(self, streams: Collection[str], mine: Collection[str] = ()) -> list[str]:
        """Those of the streams that somebody else has to himself or waits for."""
        return [stream for stream in streams if stream in self._locks and stream not in mine] if self._locks else []

    @asynccontextmanager
    async def held(self, streams: Iterable[str]) -> AsyncIterator[None]:
        """No other command of this process writes to these streams meanwhile. Sorted, so that two commands never wait for each other."""
        locks = [(stream, self._locks.setdefault(stream, _Lock())) for stream in sorted(set(streams))]
        for _, lock in locks:
            lock.users += 1
        taken: list[_Lock] = []
        try:
            for _, lock in locks:
                await lock.acquire()
                taken.append(lock)
            yield
        finally:
            for lock in taken:
                lock.release()
            for stream, lock in locks:
                lock.users -= 1
                if lock.users == 0:
                    del self._locks[stream]


class _Lock(asyncio.Lock):
    """One stream's lock, which is kept as long as somebody holds it or waits for it."""

    users = 0
