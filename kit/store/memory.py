"""The event store in memory: the twin that tests use. It passes the suite of the real one."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from contracts.envelope import Recorded
from kit.clock import Clock, SystemClock
from kit.store.envelope import recorded
from kit.store.model import (
    Append,
    GroupResult,
    Head,
    IndexChange,
    Link,
    Release,
    ReleaseAll,
    SetTimer,
    Take,
    Unlink,
    Verdict,
    VerdictKind,
)


class MemoryStore:
    """Keeps everything in lists and dictionaries; same verdicts, same order of checks as `append.sql`."""

    def __init__(self, source: str = "/minsheng/test/memory", clock: Clock | None = None) -> None:
        self.source = source
        self.clock = clock or SystemClock()
        self.log: list[Recorded] = []
        self.versions: dict[str, int] = defaultdict(int)
        self.keys: dict[str, tuple[str | None, int, int]] = {}
        self.claims: dict[tuple[str, str], str] = {}
        self.links: dict[tuple[str, str], int] = {}
        self.timers: dict[tuple[str, str], datetime] = {}
        self.side: dict[str, list[dict[str, object]]] = defaultdict(list)
        self._announced = asyncio.Condition()
        self._bulk = asyncio.Lock()

    async def append(self, appends: Sequence[Append]) -> GroupResult:
        base = len(self.log)
        verdicts = list(self._in_order(appends))
        async with self._announced:
            self._announced.notify_all()
        return GroupResult(verdicts, base, len(self.log))

    def _in_order(self, appends: Sequence[Append]) -> Iterator[Verdict]:
        """Each judged on what the accepted ones before it leave; whoever reads what a refused one would have written falls with it."""
        fallen: set[str] = set()
        for append in appends:
            verdict = self._judge(append, fallen)
            if verdict.kind is VerdictKind.OK:
                verdict = self._write(append)
            else:
                fallen.update(event.stream for event in append.events)
            yield verdict

    def _judge(self, append: Append, fallen: Collection[str]) -> Verdict:
        if append.key and append.key in self.keys:
            body, position, count = self.keys[append.key]
            same = body is None or append.body is None or body == append.body
            return Verdict(VerdictKind.REPEAT if same else VerdictKind.MISUSED, position, count)
        if any(read.stream in fallen or self.versions.get(read.stream, 0) != read.version for read in append.reads):
            return Verdict(VerdictKind.STALE)
        for stream, change in append.index:
            if isinstance(change, Take) and self.claims.get((change.kind, change.key), stream) != stream:
                return Verdict(VerdictKind.CLAIMED, detail=f"{change.kind}:{change.key}")
            if isinstance(change, Release) and self.claims.get((change.kind, change.key)) != stream:
                return Verdict(VerdictKind.CLAIMED, detail=f"{change.kind}:{change.key}")
        return Verdict(VerdictKind.OK)

    def _write(self, append: Append) -> Verdict:
        position = len(self.log) + 1
        earlier = [append.floor] if append.floor else []
        if self.log:
            earlier.append(self.log[-1].meta.recorded_at)
        at = max([self.clock.now(), *earlier])
        for offset, event in enumerate(append.events):
            self.log.append(recorded(event, self.source, position + offset, at))
            self.versions[event.stream] = event.version
        if append.key and append.events:
            self.keys[append.key] = (append.body, position, len(append.events))
        for stream, change in append.index:
            self._apply(stream, change, position)
        for row in append.rows:
            self.side[row.table].append(dict(row.values))
        return Verdict(VerdictKind.OK, position if append.events else 0, len(append.events), at)

    def _apply(self, stream: str, change: IndexChange, position: int) -> None:
        match change:
            case Take(kind, key):
                self.claims[kind, key] = stream
            case Release(kind, key):
                del self.claims[kind, key]
            case Link(subject):
                self.links.setdefault((subject, stream), position)
            case Unlink(subject):
                self.links.pop((subject, stream), None)
            case SetTimer(name, None):
                self.timers.pop((stream, name), None)
            case SetTimer(name, due) if due is not None:
                self.timers[stream, name] = due
            case ReleaseAll():
                self.claims = {k: v for k, v in self.claims.items() if v != stream}
                self.links = {k: v for k, v in self.links.items() if k[1] != stream}
                self.timers = {k: v for k, v in self.timers.items() if k[0] != stream}

    async def load(self, streams: Sequence[str]) -> dict[str, list[Recorded]]:
        wanted: dict[str, list[Recorded]] = {stream: [] for stream in streams}
        for one in self.log:
            if one.meta.stream in wanted:
                wanted[one.meta.stream].append(one)
        return wanted

    async def read(self, after: int, limit: int) -> list[Recorded]:
        return self.log[after : after + limit]

    async def answer(self, key: str) -> tuple[str | None, list[Recorded]] | None:
        if key not in self.keys:
            return None
        body, position, count = self.keys[key]
        return body, self.log[position - 1 : position - 1 + count]

    async def subjects(self, subject: str) -> list[str]:
        return [stream for (one, stream), _ in sorted(self.links.items(), key=lambda item: item[1]) if one == subject]

    async def holder(self, kind: str, key: str) -> str | None:
        return self.claims.get((kind, key))

    async def due(self, until: datetime, limit: int) -> list[tuple[str, str, datetime]]:
        return sorted(((s, n, d) for (s, n), d in self.timers.items() if d <= until), key=lambda item: (item[2], item[0], item[1]))[:limit]

    async def next_due(self) -> datetime | None:
        return min(self.timers.values(), default=None)

    async def head(self) -> Head:
        return Head(len(self.log), self.log[-1].meta.recorded_at if self.log else None)

    @asynccontextmanager
    async def bulk_turn(self) -> AsyncIterator[None]:
        async with self._bulk:
            yield

    async def changes(self) -> AsyncIterator[int]:
        while True:
            seen = len(self.log)
            yield seen
            async with self._announced:
                if len(self.log) == seen:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._announced.wait(), 0.5)
