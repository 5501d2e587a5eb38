"""Setting up, starting, stopping and looking at the installation on this machine."""

import asyncio
import signal
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from minsheng.local import jars, java, kafka, leftovers, lock, ports, postgres
from minsheng.local import state as states
from minsheng.local.account import server_account
from minsheng.local.errors import AlreadyRunning, CannotStart, NotRunning
from minsheng.local.home import Home, default_home
from minsheng.local.installation import STOPS_WITHIN_SECONDS, launch
from minsheng.local.program import Plan
from minsheng.local.state import State
from minsheng.local.supervisor import supervise
from minsheng.programs import PREPARE, service_programs
from minsheng.simulation import simulated_clock

console = Console(highlight=False, soft_wrap=True)
COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "red")


def setup() -> None:
    """Fetch what PostgreSQL and Kafka need and is not on this machine yet."""
    server, engine = postgres.find(server_account()), java.find()
    console.print(f"PostgreSQL {server.version} ({server.origin}), Java {engine.major} ({engine.origin})")
    with Progress(TextColumn("Kafka jars"), BarColumn(), TextColumn("{task.completed} of {task.total}"), console=console) as progress:
        bar = progress.add_task("jars", total=len(jars.locked()))
        paths = jars.ensure(told=lambda done, total: progress.update(bar, completed=done, total=total))
        progress.update(bar, completed=len(paths))
    with console.status("Kafka's classes, for quicker starts"), tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        home.create()
        asyncio.run(kafka.archive_classes(home, port := ports.choose(()), ports.choose((port,))))


def up(
    *,
    services: Annotated[bool, typer.Option(help="Start our services too, not only PostgreSQL and Kafka.")] = True,
    detach: Annotated[bool, typer.Option("--detach", help="Return when all is ready and leave it running.")] = False,
    new_ports: Annotated[bool, typer.Option("--new-ports", help="Choose other ports than the remembered ones.")] = False,
    simulation: Annotated[bool, typer.Option("--simulation", help="A clock that you move (minsheng clock), to try deadlines.")] = False,
) -> None:
    """Start PostgreSQL, Kafka and the services; without --detach they run until Ctrl-C."""
    home, screen = Home(default_home()), _Screen()
    if simulation:
        home.create()
        simulated_clock(home)
    plan = Plan(programs=service_programs() if services else (), prepare=PREPARE if services else None, new_ports=new_ports)
    try:
        if detach:
            launch(home, plan, screen.told)
        elif asyncio.run(supervise(home, plan, screen.told, screen.line)):
            raise CannotStart(screen.reason)
    except AlreadyRunning as error:
        console.print(escape(str(error)))
    if detach:
        _show(home, states.load(home.state_file))


class _Screen:
    """What a person sees of a start: each step with its time, then what the programs print."""

    def __init__(self) -> None:
        self.reason = ""
        self._began = time.monotonic()
        self._colours: dict[str, str] = {}

    def told(self, phase: str, message: str) -> None:
        if phase in {"failed", "running"}:
            self.reason = message  # told once, as the error
            return
        text = message if phase in {"program", "jars"} else f"{phase} {message}".rstrip()
        console.print(f"[dim]{time.monotonic() - self._began:5.1f} s[/dim]  {escape(text)}")

    def line(self, name: str, text: str) -> None:
        colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
        console.print(f"[{colour}]{name:>10}[/{colour}] {escape(text)}")


def down(
    *, remove_data: Annotated[bool, typer.Option("--remove-data", help="Then remove the installation with all its data.")] = False
) -> None:
    """Stop everything in order: services, Kafka, PostgreSQL."""
    home = Home(default_home())
    state = states.load(home.state_file)
    was_running = _stop(home, state)
    if remove_data:
        leftovers.remove_folders(home, state)
    elif not was_running:
        raise NotRunning(f"Nothing is running in {home.root}.")


def _stop(home: Home, state: State) -> bool:
    if not lock.is_held(home):
        return bool(leftovers.end_processes(state, lambda _phase, text: console.print(escape(text))))
    if state.supervisor and (process := state.supervisor.process()):
        process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOPS_WITHIN_SECONDS
    with console.status("stopping"):
        while lock.is_held(home):
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"The supervisor did not end within {STOPS_WITHIN_SECONDS:.0f} seconds; {home.logs} tells what it waits for."
                )
            time.sleep(0.05)
    console.print("stopped")
    return True


def programs() -> dict[str, Any]:
    """What runs, for programs. Raises: NotRunning."""
    home = Home(default_home())
    state, running = states.load(home.state_file), lock.is_held(home)
    if not running:
        raise NotRunning(f"Nothing is running in {home.root}.")
    return _as_dict(home, state, running=running)


def show() -> None:
    """The programs of the installation: process, state, since when, port."""
    home = Home(default_home())
    _show(home, states.load(home.state_file))


def _as_dict(home: Home, state: State, *, running: bool) -> dict[str, Any]:
    programs = {name: msgspec.to_builtins(program) for name, program in state.programs.items()} if running else {}
    return {
        "home": str(home.root),
        "running": running,
        "phase": state.phase if running else "stopped",
        "kafka": state.kafka_bootstrap,
        "programs": programs,
    }


def _show(home: Home, state: State) -> None:
    console.print(
        f"[bold]{state.phase}[/bold]  {escape(str(home.root))}  PostgreSQL {state.postgres_version}, Kafka {state.kafka_bootstrap}"
    )
    table = Table("program", "state", "pid", "for", "port", "restarts")
    for name, program in state.programs.items():
        pid, port = str(program.process.pid) if program.process else "–", str(program.port or "–")
        table.add_row(name, program.state, pid, str(timedelta(seconds=int(time.time() - program.since))), port, str(program.restarts))
    console.print(table)
