"""Group commit: appends that wait at the same moment share one lock and one commit; each caller gets its own verdict."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence

from kit.commands.pending import Loaded, Outcome, Pending
from kit.errors import OutcomeUnknown
from kit.store.model import Append, EventStore, GroupResult, Release, ReleaseAll, Take, Verdict, VerdictKind
from kit.telemetry import metrics

GROUP = 256
SMALLEST = 8
HELD_SECONDS = 0.010
"""How long one group may hold the order lock; also the measure of its way there and back."""
PATIENCE_SECONDS = 20.0
"""After this a caller is told that the outcome is unknown. The COMMIT is never cancelled (ruling 16 of the design)."""
LOOKS = 20
"""How often within that time somebody looks who has waited too long."""


def nothing(_pending: Pending) -> None:
    """Nobody keeps states."""


class GroupWriter:
    """One writer a process: what arrives while a group is under way is the next group; no timer."""

    def __init__(
        self, store: EventStore, after: Callable[[GroupResult], Awaitable[None]], settled: Callable[[Pending], None] = nothing
    ) -> None:
        """after: called with each group's result before anybody is told.  settled: for each append that has come to its end."""
        self._store = store
        self._after = after
        self._settled = settled
        self._queue: deque[Pending] = deque()
        self._group: list[Pending] = []
        self.size = GROUP
        self._running: asyncio.Task[None] | None = None
        self._looking = False

    async def submit(self, append: Append) -> Verdict:
        """Record an append with whatever else waits now. Raises as `EventStore.append` does, also when that takes too long."""
        return await self.send(append).verdict

    def send(self, append: Append, after: Sequence[Pending] = (), leaves: Mapping[str, Loaded] | None = None) -> Pending:
        """As `submit`, at once; the verdict is to be awaited. after, leaves: see `Pending`."""
        loop = asyncio.get_running_loop()
        pending = Pending(append, loop.create_future(), loop.time(), tuple(after), leaves or {})
        self._queue.append(pending)
        if self._running is None:
            self._running = loop.create_task(self._run())
        if not self._looking:
            self._looking = True
            loop.call_later(PATIENCE_SECONDS / LOOKS, self._look, loop)
        return pending

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Whoever has waited too long is told so; a time limit for each append by itself would cost a tenth of its way (measured)."""
        waiting = (*self._group, *self._queue)
        for pending in waiting:
            if loop.time() - pending.since > PATIENCE_SECONDS:
                _tell(pending, OutcomeUnknown("the database took too long; repeat with the same key"))
        self._looking = bool(waiting)
        if waiting:
            loop.call_later(PATIENCE_SECONDS / LOOKS, self._look, loop)

    def _take(self) -> list[Pending]:
        """The next group, in the order of arrival; what does not fit the ones before it keeps its turn for the next."""
        fitting, later = _Fitting(), []
        while self._queue and len(fitting.group) < self.size:
            pending = self._queue.popleft()
            if pending.verdict.done():
                self._end(pending, Outcome.FALLEN)  # its caller gave up before it was sent
            elif any(one.outcome is Outcome.FALLEN for one in pending.after):
                self._end(pending, Outcome.FALLEN)
                pending.verdict.set_result(Verdict(VerdictKind.STALE))
            elif not fitting.takes(pending):
                later.append(pending)
        self._queue.extendleft(reversed(later))
        return fitting.group

    async def _run(self) -> None:
        try:
            await asyncio.sleep(0)
            while group := self._take():
                await self._write(group)
                for _ in range(3):  # the callers just woken queue up again: one group of eight, not two of four (measured)
                    await asyncio.sleep(0)
        finally:
            self._running = None

    async def _write(self, group: list[Pending]) -> None:
        began, self._group = time.perf_counter(), group
        try:
            result = await self._store.append([pending.append for pending in group])
            seconds = time.perf_counter() - began
            self._fit(len(group), seconds)
            metrics.record("minsheng.append.group_size", len(group))
            metrics.record("minsheng.append.duration", seconds)
            metrics.set("minsheng.store.position", result.head)
            await self._after(result)
        except asyncio.CancelledError:
            waiting = [*group, *self._queue]
            self._queue.clear()
            self._lose(waiting, OutcomeUnknown("the process was stopped; repeat with the same key"))
            raise
        except Exception as error:  # noqa: BLE001 - each caller is told, whatever it was
            self._lose(group, error)
        else:
            self._settle(group, result.verdicts)
        finally:
            self._group = []

    def _settle(self, group: list[Pending], verdicts: Sequence[Verdict]) -> None:
        """Everybody's states first, then the callers."""
        for pending, verdict in zip(group, verdicts, strict=True):
            self._end(pending, Outcome.ACCEPTED if verdict.kind is VerdictKind.OK else Outcome.FALLEN)
        for pending, verdict in zip(group, verdicts, strict=True):
            if not pending.verdict.done():
                pending.verdict.set_result(verdict)

    def _lose(self, group: list[Pending], error: Exception) -> None:
        for pending in group:
            self._end(pending, Outcome.FALLEN)
            _tell(pending, error)

    def _end(self, pending: Pending, outcome: Outcome) -> None:
        pending.outcome = outcome
        self._settled(pending)

    def _fit(self, count: int, seconds: float) -> None:
        """Groups stay below the limit under the lock: a large import must not keep single commands waiting (ruling 16 of the design)."""
        if seconds > HELD_SECONDS and count > SMALLEST:
            self.size = max(SMALLEST, count // 2)
        elif seconds < HELD_SECONDS / 2 and count == self.size:
            self.size = min(GROUP, self.size * 2)


class _Fitting:
    """A group as it grows. Streams may form chains in it; a key or a claim stands in it once."""

    def __init__(self) -> None:
        self.group: list[Pending] = []
        self._heads: dict[str, int] = {}  # versions as the group leaves them
        self._marks: set[tuple[str, str]] = set()  # keys and claims of all, and of those held back what they read and write
        self._held_back = False

    def takes(self, pending: Pending) -> bool:
        """Add it if it fits those before it; else it and what meets it keep their turn."""
        append, marks = pending.append, _marks(pending.append)
        fits = (
            self._marks.isdisjoint(marks)
            and all(self._heads.get(read.stream, read.version) == read.version for read in append.reads)
            and not (self._held_back and self._overtakes(append))
        )
        self._marks.update(marks)
        if fits:
            self._heads.update((event.stream, event.version) for event in append.events)
            self.group.append(pending)
        else:
            self._held_back = True
            self._marks.update(("read", read.stream) for read in append.reads)
            self._marks.update(("written", event.stream) for event in append.events)
        return fits

    def _overtakes(self, append: Append) -> bool:
        """It reads what one held back would write, or writes what one held back has read."""
        return any(("written", read.stream) in self._marks for read in append.reads) or any(
            ("read", event.stream) in self._marks for event in append.events
        )


def _marks(append: Append) -> list[tuple[str, str]]:
    """What may stand in a group once: the key, each claim, and each stream that takes claims or gives them back."""
    marks = [("key", append.key)] if append.key else []
    for stream, change in append.index:
        if isinstance(change, Take | Release):
            marks += [("claim", f"{change.kind}:{change.key}"), ("claims of", stream)]
        elif isinstance(change, ReleaseAll):
            marks.append(("claims of", stream))
    return marks


def _tell(pending: Pending, error: Exception) -> None:
    if not pending.verdict.done():
        pending.verdict.set_exception(error)
