"""A real process of a service: what it says when it starts, stops and fails."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from kit.identity import LocalIssuer
from kit.streams.topics import ensure_topics
from minsheng.local import Installation
from tests.databases import fresh_database
from tests.faults.processes import free_port
from tests.faults.waiting import until

pytestmark = pytest.mark.real


class Relief:
    """`minsheng run relief` with all roles over a database and topics of its own."""

    def __init__(self, environment: dict[str, str], dsn: str) -> None:
        self.port, self.ops_port, self._dsn = free_port(), free_port(), dsn
        self._environment = {**environment, "MINSHENG_PORT": str(self.port), "MINSHENG_OPS_PORT": str(self.ops_port)}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "minsheng", "run", "relief"), env=self._environment, stderr=asyncio.subprocess.PIPE
        )

    async def ready(self) -> bool:
        try:
            async with httpx.AsyncClient(trust_env=False) as http:
                return (await http.get(f"http://127.0.0.1:{self.ops_port}/ready")).status_code == 200
        except httpx.TransportError:
            return False

    async def reads(self) -> bool:
        """Partitions are its own: it has joined the group."""
        database = await asyncpg.connect(self._dsn)
        try:
            return bool(await database.fetchval("select count(*) from checkpoint"))
        finally:
            await database.close()

    async def stop(self) -> None:
        """SIGTERM, which it must obey within the supervisor's patience."""
        assert self._process
        self._process.terminate()

    async def ended(self) -> tuple[int, list[dict[str, Any]]]:
        """Exit code and lines of its log."""
        assert self._process
        async with asyncio.timeout(20):
            _, said = await self._process.communicate()
        assert self._process.returncode is not None
        return self._process.returncode, [json.loads(line) for line in said.splitlines()]

    async def gone(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def running(installation: Installation, keys: Path, dsn: str) -> AsyncIterator[Relief]:
    name = f"t{uuid4().hex[:10]}"
    await ensure_topics(installation.kafka_bootstrap, name, ["registry", "relief", "charity", "eldercare"])
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MINSHENG_", "OTEL_"))}
    environment |= {
        "MINSHENG_INSTALLATION": name,
        "MINSHENG_DATABASE": dsn,
        "MINSHENG_KAFKA_BOOTSTRAP": installation.kafka_bootstrap,
        "MINSHENG_KEYS": str(keys),
        "MINSHENG_JWKS": str(LocalIssuer(keys / "issuer").jwks_path),
    }
    relief = Relief(environment, dsn)
    await relief.start()
    try:
        yield relief
    finally:
        await relief.gone()


def parts(lines: list[dict[str, Any]], event: str) -> dict[str, int | None]:
    return {line["part"]: line.get("port") for line in lines if line["event"] == event}


@pytest.mark.parametrize("moment", ["ready", "reads"])
async def test_a_started_and_stopped_process_says_which_parts_began_and_ended_and_nothing_else(
    installation: Installation, tmp_path: Path, moment: str
) -> None:
    """SIGTERM as soon as it is ready (Faust is still joining) and when it reads: in order, without a warning, an error or a stack."""
    async with running(installation, tmp_path, await fresh_database(installation, ["store", "reader"])) as relief:
        await until(getattr(relief, moment), f"relief {moment}", 60)
        await relief.stop()
        code, lines = await relief.ended()
    assert code == 0
    assert [line for line in lines if line["level"] != "info"] == []
    assert parts(lines, "part starts") == {"api": relief.port, "relay": None, "worker": None, "timers": None, "ops": relief.ops_port}
    assert parts(lines, "part ended").keys() == {"api", "relay", "worker", "timers", "ops"}
    assert {(line["service"], line["role"]) for line in lines} == {("relief", "all")}
    assert {"kit.serving", "kit.streams.relay"} <= {line["logger"] for line in lines} <= {"kit.serving", "kit.streams.relay", "kit.timers"}


async def test_a_process_that_fails_says_so_in_one_line_and_ends(installation: Installation, tmp_path: Path) -> None:
    """The trace goes through the log, where what looks personal is masked; the supervisor starts the process again."""
    async with running(installation, tmp_path, installation.postgres_dsn("nowhere")) as relief:
        code, lines = await relief.ended()
    assert code == 1
    (line,) = lines
    assert (line["level"], line["event"]) == ("error", "the process failed")
    assert "InvalidCatalogNameError" in line["exception"]
