"""The one process that watches an installation: starts servers and programs, restarts what ends, stops all in order."""

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path

import httpx
import msgspec
import psutil

from minsheng.local import kafka, ports, postgres
from minsheng.local import state as states
from minsheng.local.account import can_enter, own_folder, server_account
from minsheng.local.control import serve
from minsheng.local.errors import AlreadyRunning, CannotStart
from minsheng.local.guarded import Command, Guarded
from minsheng.local.home import PROJECT, Home
from minsheng.local.logs import ProgramLog
from minsheng.local.program import Plan, Program
from minsheng.local.state import ProcessId, State
from minsheng.local.unit import Unit

SERVERS = ("postgres", "kafka")
LONGEST_SOCKET_PATH = 80  # bytes; the system's limit is 104 (macOS) or 108, PostgreSQL adds some 25 to the folder
LEFTOVERS_END_WITHIN_SECONDS = 25.0

Told = Callable[[str, str], None]  # (phase, sentence)
Console = Callable[[str, str], None]  # (program, line)


class Supervisor:
    """One start of an installation, from its lock to its end."""

    def __init__(self, home: Home, plan: Plan, told: Told, console: Console) -> None:
        self.home = home
        self.plan = plan
        self.state: State = State()
        self.units: dict[str, Unit] = {}
        self._told = told
        self._console = console
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
        with self._locked():
            self.state = states.load(self.home.state_file)
            ended = asyncio.create_task(self._end.wait())
            work = asyncio.create_task(self._start_everything())
            try:
                await asyncio.wait([work, ended], return_when=asyncio.FIRST_COMPLETED)
                if work.done():
                    await work
                    async with serve(self):
                        self._phase("ready", "")
                        await ended
            except CannotStart as error:
                self._phase("failed", str(error))
                return 1
            else:
                return 0
            finally:
                for task in (work, ended):
                    task.cancel()
                await asyncio.gather(work, ended, return_exceptions=True)
                await self._stop_everything()

    # -- start --

    async def _start_everything(self) -> None:
        self._end_leftovers()
        self.state = State(id=self.state.id, ports=self.state.ports, phase="starting", supervisor=ProcessId.of(os.getpid()))
        self.state.run_folder = str(self._run_folder())
        self._settle_ports()
        self._phase("starting", "PostgreSQL and Kafka")
        await _all(self._start_postgres(), self._start_kafka())
        environment = self._environment()
        if self.plan.prepare:
            self._phase("preparing", self.plan.prepare)
            environment |= await self._prepare(self.plan.prepare, environment)
        if self.plan.programs:
            self._phase("starting", ", ".join(program.name for program in self.plan.programs))
        await _all(*(self._start_program(program, environment) for program in self.plan.programs))

    async def _start_postgres(self) -> None:
        port = self.state.ports["postgres"]
        place = postgres.place(self.home, self.state.id, Path(self.state.run_folder))
        command, server = await postgres.prepare(place, port, throwaway=self.plan.throwaway)
        self.state.postgres_folder, self.state.postgres_version = str(place.folder), f"{server.version} ({server.origin})"
        self.state.postgres_dsn = postgres.dsn(place, port)
        await self._start_unit("postgres", command, lambda: postgres.answers(self.state.postgres_dsn.format(database="postgres")), port)

    async def _start_kafka(self) -> None:
        port = self.state.ports["kafka"]
        self.state.kafka_bootstrap = f"127.0.0.1:{port}"
        command = await kafka.prepare(self.home, port, self.state.ports["kafka-controller"], self._told)
        await self._start_unit("kafka", command, lambda: asyncio.to_thread(kafka.answers, self.state.kafka_bootstrap), port)

    async def _start_program(self, program: Program, environment: dict[str, str]) -> None:
        port = self.state.ports.get(program.name)
        filled = _filled(program, port)
        own = {"MINSHENG_PORT": str(port)} if port else {}
        command = Command(argv=filled.argv, env=environment | own | filled.env, cwd=str(PROJECT), stop=(("TERM", program.stop_seconds),))
        await self._start_unit(program.name, command, lambda: _healthy(filled.health), port)

    async def _start_unit(self, name: str, command: Command, probe: Callable[[], Awaitable[bool]], port: int | None) -> None:
        began, log = time.monotonic(), ProgramLog(name, self.home.logs, self._console)
        self._logs.append(log)
        unit = self.units[name] = Unit(name, command, probe, log, self._save)
        unit.shown.port = port
        self.state.programs[name] = unit.shown
        await unit.start()
        self._told("program", f"{name} is ready after {time.monotonic() - began:.1f} s")

    async def _prepare(self, hook: str, environment: dict[str, str]) -> dict[str, str]:
        """The hook ran to its end in a process of its own. Returns what it adds to the programs' environment."""
        self.home.prepared_file.unlink(missing_ok=True)
        log = ProgramLog("prepare", self.home.logs, self._console)
        self._logs.append(log)
        argv = (sys.executable, "-m", "minsheng.local.prepare", str(self.home.root), hook)
        run = await Guarded.start(Command(argv=argv, env=environment, cwd=str(PROJECT)), log.line)
        try:
            code = await run.wait()
        except asyncio.CancelledError:
            run.ask_to_stop()
            raise
        if code != 0:
            raise CannotStart(f"{hook} failed. Its last lines:\n{log.tail()}")
        return msgspec.json.decode(self.home.prepared_file.read_bytes(), type=dict[str, str])

    def _environment(self) -> dict[str, str]:
        return {"MINSHENG_HOME": str(self.home.root), "MINSHENG_KAFKA_BOOTSTRAP": self.state.kafka_bootstrap, "PYTHONUNBUFFERED": "1"}

    def _settle_ports(self) -> None:
        wanted = [*SERVERS, "kafka-controller", *(program.name for program in self.plan.programs if program.wants_port)]
        known = {} if self.plan.new_ports else dict(self.state.ports)
        for name in wanted:
            if name in known:
                ports.require_free(known[name], name)
            else:
                known[name] = ports.choose(known.values())
        self.state.ports = known

    def _run_folder(self) -> Path:
        """For sockets: in the home if the path is short and open to PostgreSQL's account, else a short one of its own."""
        if len(os.fsencode(self.home.run)) <= LONGEST_SOCKET_PATH and can_enter(self.home.run, server_account()):
            return self.home.run
        folder = Path(tempfile.gettempdir()) / f"minsheng-{self.state.id}"
        own_folder(folder, 0o711)
        return folder

    # -- end --

    async def _stop_everything(self) -> None:
        """Services first, all at once, then Kafka, then PostgreSQL."""
        failed = self.state.phase == "failed"
        if not failed:
            self._phase("stopping", "")
        services = [unit for name, unit in self.units.items() if name not in SERVERS]
        await asyncio.gather(*(unit.stop() for unit in services))
        for name in reversed(SERVERS):
            if name in self.units:
                await self.units[name].stop()
        self.state.supervisor = None
        self._phase(self.state.phase if failed else "stopped", self.state.message)
        for log in self._logs:
            log.close()
        if self.plan.throwaway:
            self._remove()

    def _remove(self) -> None:
        for folder in {str(self.home.root), self.state.postgres_folder, self.state.run_folder} - {""}:
            shutil.rmtree(folder, ignore_errors=True)

    def _end_leftovers(self) -> None:
        """Nothing of an earlier start runs any more. Guards end their programs by themselves; this is for what they could not."""
        with contextlib.suppress(psutil.Error):
            _, alive = psutil.wait_procs(self.state.living(), timeout=LEFTOVERS_END_WITHIN_SECONDS)
            for process in alive:
                self._told("program", f"ending a leftover of an earlier start: {process.name()} ({process.pid})")
                process.kill()
            psutil.wait_procs(alive, timeout=5)

    # -- state --

    def _phase(self, phase: str, message: str) -> None:
        self.state.phase, self.state.message = phase, message
        self._save()
        self._told(phase, message)

    def _save(self) -> None:
        states.save(self.state, self.home.state_file)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with self.home.lock_file.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning(f"The installation at {self.home.root} is already running.") from None
            yield


async def _all(*steps: Coroutine[None, None, None]) -> None:
    """All steps are done; at the first failure the others are given up and it is raised."""
    tasks = [asyncio.ensure_future(step) for step in steps]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _filled(program: Program, port: int | None) -> Program:
    def fill(text: str) -> str:
        return text.replace("{port}", str(port))

    return msgspec.structs.replace(
        program,
        argv=tuple(fill(text) for text in program.argv),
        env={name: fill(text) for name, text in program.env.items()},
        health=program.health and fill(program.health),
    )


async def _healthy(url: str | None) -> bool:
    if url is None:
        return True
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
            return (await client.get(url)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


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
