"""One program over its whole life: started, probed until ready, restarted when it ends by itself, stopped when told."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable

from minsheng.local.errors import CannotStart
from minsheng.local.guarded import Command, Guarded, exit_words
from minsheng.local.logs import ProgramLog
from minsheng.local.state import ProcessId, ProgramState

FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS = 0.2, 10.0
HEALTHY_AFTER_SECONDS = 30.0  # a run that lasted this long starts the delays anew
READY_WITHIN_SECONDS = 60.0
GIVE_UP_AFTER = 3  # runs that were never ready; a program that was ready once is restarted for ever
PROBE_EVERY_SECONDS = 0.05


class Unit:
    """A program the supervisor looks after. probe: whether it is ready now. changed: called after each change of `shown`."""

    def __init__(
        self, name: str, command: Command, probe: Callable[[], Awaitable[bool]], log: ProgramLog, changed: Callable[[], None]
    ) -> None:
        self.name = name
        self.shown = ProgramState()
        self._command = command
        self._probe = probe
        self._log = log
        self._changed = changed
        self._run: Guarded | None = None
        self._life: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._stopping = False

    async def start(self) -> None:
        """Returns when the program is ready.

        Raises: CannotStart with its last lines when it is not within a minute, or ends again and again before.
        """
        if self._life is None or self._life.done():
            self._stopping = False
            self._life = asyncio.create_task(self._live(), name=self.name)
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait([ready, self._life], timeout=READY_WITHIN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            return
        ready.cancel()
        if self._life.done() and (error := self._life.exception()):
            raise error
        raise CannotStart(f"{self.name} was not ready within {READY_WITHIN_SECONDS:.0f} seconds. Its last lines:\n{self._log.tail()}")

    async def stop(self) -> None:
        """The program has ended, in order if it could."""
        self._stopping = True
        if self._life is None:
            return
        if self.shown.state == "waiting":
            self._life.cancel()  # nothing runs, it waits for its next try
        elif self._run is not None:
            self._show("stopping")
            self._run.ask_to_stop()
        with contextlib.suppress(asyncio.CancelledError, CannotStart):
            await self._life
        self._show("stopped")

    async def _live(self) -> None:
        delay, failures, ever_ready = FIRST_DELAY_SECONDS, 0, False
        while not self._stopping:
            began, was_ready = time.monotonic(), await self._run_once()
            if self._stopping:
                return
            ever_ready, failures = ever_ready or was_ready, failures + 1
            if not ever_ready and failures == GIVE_UP_AFTER:
                self._show("failed")
                raise CannotStart(f"{self.name} ended {failures} times before it was ready. Its last lines:\n{self._log.tail()}")
            if time.monotonic() - began > HEALTHY_AFTER_SECONDS:
                delay = FIRST_DELAY_SECONDS
            self._show("waiting")
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY_SECONDS)
            self.shown.restarts += 1

    async def _run_once(self) -> bool:
        """One run from start to end. Returns whether it was ready at some time."""
        self._show("starting")
        try:
            self._run = await Guarded.start(self._command, self._log.line)
        except (CannotStart, OSError) as error:
            self._log.line(str(error))
            return False
        self.shown.process, self.shown.guard = ProcessId.of(self._run.pid), ProcessId.of(self._run.guard_pid)
        self._changed()
        probing = asyncio.create_task(self._until_ready())
        if self._stopping:
            self._run.ask_to_stop()
        code = await self._run.wait()
        probing.cancel()
        if code is None:
            self._end_orphan()
        was_ready = self._ready.is_set()
        self._ready.clear()
        self._run, self.shown.process, self.shown.guard = None, None, None
        if not self._stopping:
            self._log.line(f"-- ended by itself ({exit_words(code)}) --")
        return was_ready

    async def _until_ready(self) -> None:
        while not await self._probe():  # noqa: ASYNC110  it asks another process
            await asyncio.sleep(PROBE_EVERY_SECONDS)
        self._ready.set()
        self._show("ready")

    def _end_orphan(self) -> None:
        """Its guard was killed: on systems without a parent-death signal the program still runs."""
        if self.shown.process and (process := self.shown.process.process()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)

    def _show(self, state: str) -> None:
        self.shown.state, self.shown.since = state, time.time()
        self._changed()
