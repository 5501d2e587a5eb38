"""States of streams, kept in this process and brought up to date from the log. What they say is confirmed by every append."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from contracts.envelope import Recorded
from kit.service import Service
from kit.store.model import EventStore

CAPACITY = 20_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """A stream as this process knows it: state, version (0: does not exist) and its Kafka key (None until it is opened)."""

    stream: str
    state: Any
    version: int = 0
    key: str | None = None

    @property
    def exists(self) -> bool:
        return self.version > 0


class States:
    """A bounded cache of folded streams and a lock for each, so that commands of one process do not race for nothing."""

    def __init__(self, service: Service, store: EventStore, capacity: int = CAPACITY) -> None:
        self._service = service
        self._store = store
        self._capacity = capacity
        self._known: OrderedDict[str, Loaded] = OrderedDict()
        self._locks: dict[str, _Lock] = {}

    async def load(self, streams: Sequence[str]) -> dict[str, Loaded]:
        """The streams' states, from the cache or the log. Others may forget a stream meanwhile; what was found still counts."""
        found = {stream: self._known[stream] for stream in streams if stream in self._known}
        missing = [stream for stream in streams if stream not in found]
        if missing:
            for stream, events in (await self._store.load(missing)).items():
                loaded = self._fold(stream, events)
                self._keep(loaded)
                found[stream] = self._known.get(stream, loaded)
        return found

    def _fold(self, stream: str, events: Iterable[Recorded]) -> Loaded:
        loaded = Loaded(stream, self._service.aggregate_of_stream(stream).initial())
        for event in events:
            loaded = self._evolved(loaded, event)
        return loaded

    def _evolved(self, loaded: Loaded, event: Recorded) -> Loaded:
        aggregate = self._service.aggregate_of_stream(loaded.stream)
        return replace(loaded, state=aggregate.evolve(loaded.state, event.event()), version=event.meta.version, key=event.meta.key)

    def _keep(self, loaded: Loaded) -> None:
        known = self._known.get(loaded.stream)
        if known is not None and known.version > loaded.version:
            return  # a slower look-up must not take a newer state away
        self._known[loaded.stream] = loaded
        self._known.move_to_end(loaded.stream)
        while len(self._known) > self._capacity:
            self._known.popitem(last=False)

    def apply(self, events: Iterable[Recorded]) -> None:
        """Bring what is known forward by events of the log; a stream that does not follow on is forgotten and read anew when needed."""
        for event in events:
            known = self._known.get(event.meta.stream)
            if known is None or known.version >= event.meta.version:
                continue
            if known.version + 1 == event.meta.version:
                self._known[event.meta.stream] = self._evolved(known, event)
            else:
                del self._known[event.meta.stream]

    def forget(self, streams: Iterable[str]) -> None:
        """Read these anew when they are needed."""
        for stream in streams:
            self._known.pop(stream, None)

    def forget_all(self) -> None:
        """Read everything anew: too much was written elsewhere to follow."""
        self._known.clear()

    @asynccontextmanager
    async def held(self, streams: Iterable[str]) -> AsyncIterator[None]:
        """No other command of this process decides on these streams meanwhile. Sorted, so that two commands never wait for each other."""
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
