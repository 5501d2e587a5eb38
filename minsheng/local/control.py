"""The supervisor's door: a socket that only the installation's owner can open, one JSON request and answer a connection."""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from minsheng.local.errors import CannotStart, NotRunning
from minsheng.local.state import State
from minsheng.local.unit import Unit

SOCKET = "control.sock"


class Controlled(Protocol):
    """What the door needs of a supervisor."""

    state: State
    units: dict[str, Unit]


@contextlib.asynccontextmanager
async def serve(supervisor: Controlled) -> AsyncIterator[None]:
    """Requests are answered inside this context."""
    path = Path(supervisor.state.run_folder) / SOCKET
    path.unlink(missing_ok=True)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            reply = await _obey(supervisor, json.loads(await reader.readline()))
            writer.write(json.dumps(reply).encode() + b"\n")
            with contextlib.suppress(ConnectionError):
                await writer.drain()

    before = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(answer, path)
    finally:
        os.umask(before)
    async with server:
        yield
    path.unlink(missing_ok=True)


async def _obey(supervisor: Controlled, request: dict[str, str]) -> dict[str, str]:
    """{} when done, else {"error": words}."""
    unit = supervisor.units.get(request["program"])
    if unit is None:
        return {"error": f"There is no program {request['program']}; there are: {', '.join(supervisor.units)}"}
    try:
        if request["do"] in {"stop", "restart"}:
            await unit.stop()
        if request["do"] in {"start", "restart"}:
            await unit.start()
    except CannotStart as error:
        return {"error": str(error)}
    return {}


def ask(state: State, do: str, program: str, timeout_seconds: float = 120.0) -> None:
    """The running supervisor did it to the program: "stop", "start" or "restart".

    Raises: NotRunning when no supervisor answers; CannotStart with its words.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout_seconds)
        try:
            connection.connect(str(Path(state.run_folder) / SOCKET))
        except OSError as error:
            raise NotRunning("No supervisor answers for this installation") from error
        connection.sendall(json.dumps({"do": do, "program": program}).encode() + b"\n")
        reply = json.loads(connection.makefile().readline() or '{"error": "The supervisor ended before it answered"}')
    if "error" in reply:
        raise CannotStart(reply["error"])
