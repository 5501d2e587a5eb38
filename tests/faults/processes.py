"""Real processes of the lending service, and clients that speak to them over HTTP."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec

from kit.command import Command
from kit.commands import Answer
from kit.errors import OutcomeUnknown, Refused, Retry
from kit.identity import LocalIssuer
from tests.faults.conftest import Database
from tests.faults.lending import lending
from tests.faults.load import CALLER, Give
from tests.faults.waiting import until

PROJECT = Path(__file__).resolve().parents[2]


class Server:
    """A process that can be killed and started again on the same port. kills: how often it was."""

    def __init__(self, database: Database, keys: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.kills = 0
        self._environment = {**os.environ, "STORE_DSN": database.app, "PORT": str(self.port), "KEYS": str(keys)}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """It answers."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.server", cwd=PROJECT, env=self._environment
        )
        await until(self._answers, "the server answers", 60)

    async def _answers(self) -> bool:
        assert self._process
        assert self._process.returncode is None, "the server ended by itself"
        try:
            async with httpx.AsyncClient(trust_env=False) as http:
                return (await http.get(f"{self.url}/head")).status_code == 401
        except httpx.TransportError:
            return False

    async def kill(self) -> None:
        """It is gone, without a word (SIGKILL)."""
        assert self._process
        assert self._process.returncode is None
        self._process.kill()
        assert await self._process.wait() == -signal.SIGKILL
        self.kills += 1

    async def stop(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def servers(database: Database, keys: Path, count: int = 1) -> AsyncIterator[list[Server]]:
    """So many processes of the service over one database."""
    started = [Server(database, keys) for _ in range(count)]
    try:
        await asyncio.gather(*(server.start() for server in started))
        yield started
    finally:
        await asyncio.gather(*(server.stop() for server in started))


def authorization(keys: Path) -> dict[str, str]:
    """The header of the caller of all load."""
    return {"Authorization": f"Bearer {LocalIssuer(keys).issue(CALLER.id, CALLER.roles, str(CALLER.area))}"}


@asynccontextmanager
async def client(server: Server, keys: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks to a server as the caller of all load."""
    async with httpx.AsyncClient(base_url=server.url, headers=authorization(keys), trust_env=False, timeout=40) as http:
        yield http


def over_http(http: httpx.AsyncClient) -> Give:
    """How a caller gives commands to a server; a broken connection is an unknown outcome."""

    async def give(command: Command, key: str) -> Answer:
        path, body = address(command)
        try:
            response = await http.post(path, json=body, headers={"Idempotency-Key": key})
        except httpx.TransportError as broken:
            raise OutcomeUnknown(type(broken).__name__) from broken
        return understood(response)

    return give


def address(command: Command) -> tuple[str, dict[str, object]]:
    """Path and body of a command."""
    aggregate, spec = lending.by_model[type(command)]
    body = command.model_dump(mode="json", exclude={aggregate.id}, exclude_none=True)
    return f"/{aggregate.name}/{getattr(command, aggregate.id)}/{spec.name}", body


def understood(response: httpx.Response) -> Answer:
    """The answer. Raises Refused, Retry, OutcomeUnknown; AssertionError for a status that no fault may bring."""
    if response.status_code in {200, 201}:
        return msgspec.json.decode(response.content, type=Answer)
    problem = response.json()
    if response.status_code in {404, 409}:
        raise Refused(problem["code"])
    assert response.status_code == 503, f"{response.status_code}: {response.text}"
    raise OutcomeUnknown("answered so") if problem["code"] == "outcome_unknown" else Retry(problem["code"])
