"""What is started, how it is run and when it is ready: the two servers, the hook that prepares them, and the service programs."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

from minsheng.local import kafka, ports, postgres
from minsheng.local.account import can_enter, own_folder, server_account
from minsheng.local.guarded import Command
from minsheng.local.home import PROJECT, Home
from minsheng.local.program import Plan, Program
from minsheng.local.state import State

SERVERS = ("postgres", "kafka")
LONGEST_RUN_FOLDER = 80  # bytes; a socket's path may have 104 (macOS) or 108, PostgreSQL adds some 25 to the folder


@dataclass(frozen=True, kw_only=True)
class Startable:
    """A program with all it needs. probe: whether it is ready now."""

    name: str
    command: Command
    probe: Callable[[], Awaitable[bool]]
    port: int | None = None


def settle_ports(plan: Plan, known: dict[str, int]) -> dict[str, int]:
    """The ports of everything in the plan: as they were, or chosen now.

    Raises: CannotStart when a remembered one is taken by another program.
    """
    settled = {} if plan.new_ports else dict(known)
    for name in [*SERVERS, "kafka-controller", *(name for program in plan.programs for name in program.port_names.values())]:
        if name in settled:
            ports.require_free(settled[name], name)
        else:
            settled[name] = ports.choose(settled.values())
    return settled


def run_folder(home: Home, installation_id: str) -> Path:
    """For sockets: in the home if the path is short and open to PostgreSQL's account, else a short one of its own."""
    if len(os.fsencode(home.run)) <= LONGEST_RUN_FOLDER and can_enter(home.run, server_account()):
        return home.run
    folder = Path(tempfile.gettempdir()) / f"minsheng-{installation_id}"
    own_folder(folder, 0o711)
    return folder


async def postgres_server(home: Home, state: State, *, throwaway: bool) -> Startable:
    """The cluster is made; what is known of it stands in the state."""
    place, port = postgres.place(home, state.id, Path(state.run_folder)), state.ports["postgres"]
    state.postgres_folder = str(place.folder)
    command, server = await postgres.prepare(place, port, throwaway=throwaway)
    state.postgres_version, state.postgres_dsn = f"{server.version} ({server.origin})", postgres.dsn(place, port)
    return Startable(
        name="postgres", command=command, port=port, probe=lambda: postgres.answers(state.postgres_dsn.format(database="postgres"))
    )


async def kafka_server(home: Home, state: State, told: Callable[[str, str], None]) -> Startable:
    """The jars are there and the storage is formatted; what is known of the broker stands in the state."""
    port = state.ports["kafka"]
    state.kafka_bootstrap = f"127.0.0.1:{port}"
    command = await kafka.prepare(home, port, state.ports["kafka-controller"], told)
    return Startable(name="kafka", command=command, port=port, probe=lambda: asyncio.to_thread(kafka.answers, state.kafka_bootstrap))


def preparation(home: Home, hook: str, environment: dict[str, str]) -> Command:
    """Runs the hook; what it returned is in `home.prepared_file` afterwards."""
    return Command(argv=(sys.executable, "-m", "minsheng.local.prepare", str(home.root), hook), env=environment, cwd=str(PROJECT))


def environment(home: Home, state: State) -> dict[str, str]:
    """What every program of ours is told."""
    return {"MINSHENG_HOME": str(home.root), "MINSHENG_KAFKA_BOOTSTRAP": state.kafka_bootstrap, "PYTHONUNBUFFERED": "1"}


def service(program: Program, ports: Mapping[str, int], shared: dict[str, str]) -> Startable:
    """A program of the plan with its ports filled in."""
    own = {placeholder: ports[name] for placeholder, name in program.port_names.items()}

    def fill(text: str) -> str:
        for placeholder, number in own.items():
            text = text.replace(placeholder, str(number))
        return text

    env = shared | {name: fill(text) for name, text in program.env.items()}
    command = Command(argv=tuple(fill(text) for text in program.argv), env=env, cwd=str(PROJECT), stop=(("TERM", program.stop_seconds),))
    url = fill(program.health) if program.health else None
    return Startable(name=program.name, command=command, port=own.get("{port}"), probe=lambda: _healthy(url))


async def _healthy(url: str | None) -> bool:
    if url is None:
        return True
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
            return (await client.get(url)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def prepared(home: Home) -> dict[str, str]:
    """What the hook added to the environment."""
    return msgspec.json.decode(home.prepared_file.read_bytes(), type=dict[str, str])
