"""The one process that watches an installation: starts servers and programs, restarts what ends, stops all in order."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine

from minsheng.local import leftovers, lock, startup
from minsheng.local import state as states
from minsheng.local.control import serve
from minsheng.local.errors import CannotStart
from minsheng.local.guarded import run_once
from minsheng.local.home import Home
from minsheng.local.logs import ProgramLog
from minsheng.local.program import Plan
from minsheng.local.startup import SERVERS, Startable
from minsheng.local.state import ProcessId, State
from minsheng.local.unit import Unit

Told = Callable[[str, str], None]  # (phase, sentence)
Console = Callable[[str, str], None]  # (program, line)


class Supervisor:
    """One start of an installation, from its lock to its end."""

    def __init__(self, home: Home, plan: Plan, told: Told, console: Console) -> None:
        self.home = home
        self.plan = plan
        self.state: State = State()
        self.units: dict[str, Unit] = {}
        self._told = _to_the_deaf(told)
        self._console = _to_the_deaf(console)
        self._logs: list[ProgramLog] = []
        self._end = asyncio.Event()

    def ask_to_stop(self) -> None:
        """`run` begins to stop everything."""
        self._end.set()

    async def run(self) -> int:
        """Runs until asked to stop. Returns 0, or 1 when something could not start (told in plain words).

        Raises: AlreadyRunning.
        """
        self.home.create()
        with lock.held(self.home):
            self.state = states.load(self.home.state_file)
            leftovers.end_processes(self.state, self._told)
            try:
                await self._start_unless_ended()
                async with serve(self):
                    self._phase("ready" if not self._end.is_set() else "stopping", "")
                    await self._end.wait()
            except CannotStart as error:
                self._phase("failed", str(error))
                return 1
            else:
                return 0
            finally:
                await self._stop_everything()

    async def _start_unless_ended(self) -> None:
        work, ended = asyncio.create_task(self._start_everything()), asyncio.create_task(self._end.wait())
        try:
            await asyncio.wait([work, ended], return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                await work
        finally:
            for task in (work, ended):
                task.cancel()
            await asyncio.gather(work, ended, return_exceptions=True)

    async def _start_everything(self) -> None:
        self.state = State(id=self.state.id, ports=self.state.ports, supervisor=ProcessId.of(os.getpid()))
        self.state.run_folder = str(startup.run_folder(self.home, self.state.id))
        self.state.ports = startup.settle_ports(self.plan, self.state.ports)
        self._phase("starting", "PostgreSQL and Kafka")
        await _all(
            self._start(startup.postgres_server(self.home, self.state, throwaway=self.plan.throwaway)),
            self._start(startup.kafka_server(self.home, self.state, self._told)),
        )
        environment = startup.environment(self.home, self.state)
        if self.plan.prepare:
            self._phase("preparing", self.plan.prepare)
            environment |= await self._prepare(self.plan.prepare, environment)
        if self.plan.programs:
            self._phase("starting", ", ".join(program.name for program in self.plan.programs))
        services = (startup.service(program, self.state.ports, environment) for program in self.plan.programs)
        await _all(*(self._run_unit(service) for service in services))

    async def _start(self, server: Coroutine[None, None, Startable]) -> None:
        await self._run_unit(await server)

    async def _run_unit(self, program: Startable) -> None:
        began = time.monotonic()
        unit = self.units[program.name] = Unit(program.name, program.command, program.probe, self._log(program.name), self._save)
        unit.shown.port = program.port
        self.state.programs[program.name] = unit.shown
        await unit.start()
        self._told("program", f"{program.name} is ready after {time.monotonic() - began:.1f} s")

    async def _prepare(self, hook: str, environment: dict[str, str]) -> dict[str, str]:
        """The hook ran to its end in a process of its own. Returns what it adds to the programs' environment."""
        await run_once(startup.preparation(self.home, hook, environment), self._log("prepare").line)
        return startup.prepared(self.home)

    async def _stop_everything(self) -> None:
        """Services first, all at once, then Kafka, then PostgreSQL."""
        last, why = ("failed", self.state.message) if self.state.phase == "failed" else ("stopped", "")
        self._phase("stopping", why)
        await asyncio.gather(*(unit.stop() for name, unit in self.units.items() if name not in SERVERS))
        for name in reversed(SERVERS):
            if name in self.units:
                await self.units[name].stop()
        self.state.supervisor = None
        self._phase(last, why)
        for log in self._logs:
            log.close()
        if self.plan.throwaway:
            leftovers.remove_folders(self.home, self.state)

    def _log(self, name: str) -> ProgramLog:
        log = ProgramLog(name, self.home.logs, self._console)
        self._logs.append(log)
        return log

    def _phase(self, phase: str, message: str) -> None:
        self.state.phase, self.state.message = phase, message
        self._save()
        self._told(phase, message)

    def _save(self) -> None:
        states.save(self.state, self.home.state_file)


async def _all(*steps: Coroutine[None, None, None]) -> None:
    """All steps are done; at the first failure the others are given up and it is raised."""
    tasks = [asyncio.ensure_future(step) for step in steps]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _to_the_deaf(say: Callable[[str, str], None]) -> Callable[[str, str], None]:
    """The same, until whoever listened is gone: that must not keep us from stopping in order."""
    gone = False

    def say_if_heard(about: str, text: str) -> None:
        nonlocal gone
        if gone:
            return
        try:
            say(about, text)
        except OSError:
            gone = True

    return say_if_heard


async def supervise(home: Home, plan: Plan, told: Told, console: Console) -> int:
    """Run the installation until SIGTERM, SIGINT or, when tied, the end of standard input. Returns the exit code."""
    supervisor, loop = Supervisor(home, plan, told, console), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, supervisor.ask_to_stop)
    if plan.tied:
        loop.add_reader(sys.stdin, supervisor.ask_to_stop)  # nobody writes to it: readable means closed
    try:
        return await supervisor.run()
    finally:
        if plan.tied:
            loop.remove_reader(sys.stdin)
