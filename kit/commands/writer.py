"""Group commit: appends that wait at the same moment share one lock and one commit; each caller gets its own verdict."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kit.errors import OutcomeUnknown
from kit.store.model import Append, EventStore, GroupResult, Release, Take, Verdict
from kit.telemetry import metrics

GROUP = 256
SMALLEST = 8
HELD_SECONDS = 0.010
"""How long one group may hold the order lock; also the measure of its way there and back."""
PATIENCE_SECONDS = 20.0
"""After this a caller is told that the outcome is unknown. The COMMIT is never cancelled (ruling 16 of the design)."""


@dataclass(slots=True)
class _Waiting:
    append: Append
    verdict: asyncio.Future[Verdict]

    def marks(self) -> set[tuple[str, str]]:
        """What must not stand twice in a group: streams written, keys, claims."""
        marks = {("stream", event.stream) for event in self.append.events}
        marks |= {("read", read.stream) for read in self.append.reads}
        marks |= {(c.kind, c.key) for _, c in self.append.index if isinstance(c, Take | Release)}
        return marks | ({("key", self.append.key)} if self.append.key else set())


def _meet(seen: set[tuple[str, str]], marks: set[tuple[str, str]]) -> bool:
    """Two appends meet when they share a key or claim, or one writes a stream that the other reads or writes."""
    for kind, name in marks:
        if kind == "read":
            if ("stream", name) in seen:
                return True
        elif (kind, name) in seen or (kind == "stream" and ("read", name) in seen):
            return True
    return False


class GroupWriter:
    """One writer a process: what arrives while a group is under way is the next group; no timer."""

    def __init__(self, store: EventStore, after: Callable[[GroupResult], Awaitable[None]]) -> None:
        self._store = store
        self._after = after
        self._queue: deque[_Waiting] = deque()
        self.size = GROUP
        self._running: asyncio.Task[None] | None = None

    async def submit(self, append: Append) -> Verdict:
        """Record an append with whatever else waits now. Raises as `EventStore.append` does, also when that takes too long."""
        waiting = _Waiting(append, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await waiting.verdict
        except TimeoutError:
            raise OutcomeUnknown("the database took too long; repeat with the same key") from None

    def _take(self) -> list[_Waiting]:
        """The next group, in the order of arrival; what meets an earlier one keeps its turn for the next."""
        group: list[_Waiting] = []
        later: list[_Waiting] = []
        seen: set[tuple[str, str]] = set()
        while self._queue and len(group) < self.size:
            waiting = self._queue.popleft()
            if waiting.verdict.done():
                continue  # its caller gave up before it was sent
            marks = waiting.marks()
            (later if _meet(seen, marks) else group).append(waiting)
            seen |= marks
        self._queue.extendleft(reversed(later))
        return group

    async def _run(self) -> None:
        try:
            await asyncio.sleep(0)
            while group := self._take():
                await self._write(group)
                for _ in range(3):  # the callers just woken queue up again: one group of eight, not two of four (measured)
                    await asyncio.sleep(0)
        finally:
            self._running = None

    async def _write(self, group: list[_Waiting]) -> None:
        began = time.perf_counter()
        try:
            result = await self._store.append([waiting.append for waiting in group])
            seconds = time.perf_counter() - began
            self._fit(len(group), seconds)
            metrics.record("minsheng.append.group_size", len(group))
            metrics.record("minsheng.append.duration", seconds)
            metrics.set("minsheng.store.position", result.head)
            await self._after(result)
        except asyncio.CancelledError:
            _tell(group, OutcomeUnknown("the process was stopped; repeat with the same key"))
            raise
        except Exception as error:  # noqa: BLE001 - each caller is told, whatever it was
            _tell(group, error)
            return
        for waiting, verdict in zip(group, result.verdicts, strict=True):
            if not waiting.verdict.done():
                waiting.verdict.set_result(verdict)

    def _fit(self, count: int, seconds: float) -> None:
        """Groups stay below the limit under the lock: a large import must not keep single commands waiting (ruling 16 of the design)."""
        if seconds > HELD_SECONDS and count > SMALLEST:
            self.size = max(SMALLEST, count // 2)
        elif seconds < HELD_SECONDS / 2 and count == self.size:
            self.size = min(GROUP, self.size * 2)


def _tell(group: list[_Waiting], error: Exception) -> None:
    for waiting in group:
        if not waiting.verdict.done():
            waiting.verdict.set_exception(error)
