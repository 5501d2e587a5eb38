"""Named points at which a process dies (SIGKILL by its own hand) or cuts its connections, when the director has armed one of them.

The director writes a point's name into the process's arm file and sends SIGUSR1. Whatever happens is noted in a file first: a fault
that nobody noted did not happen.
"""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from weakref import WeakSet

import asyncpg

from tests.torture.world import World

API = ("api.before-append", "api.in-append", "api.after-commit", "api.before-answer")
RELAY = ("relay.before-produce", "relay.while-producing", "relay.after-produce", "relay.after-ledger")
WORKER = ("worker.before-apply", "worker.after-rows", "worker.after-checkpoint", "worker.after-commit")
CUTS = {"api": "api.cut", "relay": "relay.cut", "worker": "worker.cut"}
WHAT = {
    "api.before-append": "API killed before it sends an append",
    "api.in-append": "API killed while its append runs in the database",
    "api.after-commit": "API killed after the commit, before anybody is told",
    "api.before-answer": "API killed before it answers",
    "relay.before-produce": "relay killed before it produces",
    "relay.while-producing": "relay killed between two messages",
    "relay.after-produce": "relay killed after produce, before the ledger",
    "relay.after-ledger": "relay killed after the ledger",
    "worker.before-apply": "worker killed before the rows",
    "worker.after-rows": "worker killed after the rows, before the checkpoint",
    "worker.after-checkpoint": "worker killed after the checkpoint, before the commit",
    "worker.after-commit": "worker killed after the commit",
    "api.cut": "API's connection cut in an append",
    "relay.cut": "relay's connections cut before the ledger",
    "worker.cut": "worker's connection cut in a transaction",
}


class Points:
    """Of one process. `reach` is called where something may happen."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.armed: str | None = None
        self.connections: WeakSet[asyncpg.Connection] = WeakSet()

    def listen(self) -> None:
        """SIGUSR1 arms the point that stands in the arm file."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self._arm)
        self.note("up")

    def _arm(self) -> None:
        self.armed = arm_file(self.world, self.name).read_text()

    def note(self, what: str) -> None:
        """One line in this process's notes, in the operating system's hands before anything else happens."""
        note(self.world, self.name, what)

    def reach(self, point: str) -> None:
        """Dies here, if this is the armed point."""
        if self.armed == point:
            self.note(point)
            os.kill(os.getpid(), signal.SIGKILL)

    def takes(self, point: str) -> bool:
        """Whether the point is armed for something other than death; it is disarmed and noted."""
        if self.armed != point:
            return False
        self.armed = None
        self.note(point)
        return True

    def watch_connections(self) -> None:
        """Every connection that the process makes outside of pools can be cut by `cut`."""
        connect = asyncpg.connect

        async def noted(*arguments: object, **settings: object) -> asyncpg.Connection:
            connection = await connect(*arguments, **settings)
            self.connections.add(connection)
            return connection

        asyncpg.connect = noted

    def cut(self) -> None:
        """Those connections are gone, without a word to the server."""
        for connection in list(self.connections):
            connection.terminate()


def arm_file(world: World, name: str) -> Path:
    return world.inside("arm", name)


def note(world: World, name: str, what: str) -> None:
    with world.inside("notes", name).open("a") as notes:
        notes.write(f"{what}\n")


def noted(world: World, name: str) -> list[str]:
    """All notes of a process, of all its lives."""
    path = world.inside("notes", name)
    return path.read_text().splitlines() if path.exists() else []
