"""What bars stand on: a PostgreSQL and a Kafka of their own, fresh databases, the workload, a folder, and the peers' programs."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import psutil

from bench.case import AREA, civil, command_of
from bench.peers_venv import Peers
from bench.workload import SEED, Op, load, openings
from kit.clock import SystemClock
from kit.commands import CommandPath, Keys
from kit.identity import Actor, Role
from kit.migrate import grant, migrate
from kit.store.postgres import PgStore
from kit.testing import policy
from minsheng.local import Installation
from minsheng.local.home import PROJECT

CALLER = Actor("worker-1", frozenset({Role.CASEWORKER}), str(AREA)[:6])
ROLE, PASSWORD = "minsheng_bench_app", "only-for-measuring"
PARTITIONS = 4
OPENERS = 128
_ONE_AT_A_TIME = asyncio.Lock()


@dataclass
class Ground:
    """full: `make bench-full`; otherwise sizes are those of the short run. tiny: of the tests.  kept: what bars made for each other."""

    servers: Installation
    folder: Path
    peers: Peers
    full: bool = False
    tiny: bool = False
    kept: dict[str, Any] = field(default_factory=dict)
    _templates: dict[str, str] = field(default_factory=dict)

    def size(self, tiny: int, short: int, full: int) -> int:
        """How much of something, by the kind of run."""
        return tiny if self.tiny else full if self.full else short

    def seconds(self, tiny: float, short: float, full: float) -> float:
        return tiny if self.tiny else full if self.full else short

    @property
    def bootstrap(self) -> str:
        return self.servers.kafka_bootstrap

    @cached_property
    def opened(self) -> list[Op]:
        """The commands that open the cases which exist before a load."""
        return openings(self.size(500, 10_000, 100_000))

    @cached_property
    def ops(self) -> list[Op]:
        """The load. More than any system gets through in the time of a run."""
        return list(load(self.size(20_000, 90_000, 250_000), self.opened, SEED))

    @asynccontextmanager
    async def database(self, *sets: str, template: str | None = None) -> AsyncIterator[str]:
        """The owner's DSN of a database for one run, with these sets of tables; dropped afterwards."""
        name = f"bench_{uuid4().hex[:12]}"
        await self.sql(f"create database {name} template {template or await self._template(sets)}")
        try:
            yield self.servers.postgres_dsn(name)
        finally:
            await self.sql(f"drop database {name} with (force)")

    async def _template(self, sets: Sequence[str]) -> str:
        """A migrated database to copy from: a run must not wait for migrations."""
        if not sets:
            return "template0"
        return await self.made("+".join(sets), lambda dsn: migrate(dsn, sets))

    async def made(self, what: str, fill: Callable[[str], Awaitable[None]]) -> str:
        """The template of that name, filled once."""
        async with _ONE_AT_A_TIME:
            if what not in self._templates:
                name = f"bench_template_{uuid4().hex[:8]}"
                await self.sql(f"create database {name}")
                await fill(self.servers.postgres_dsn(name))
                self._templates[what] = name
        return self._templates[what]

    async def sql(self, statement: str) -> None:
        """One statement by the superuser."""
        admin = await asyncpg.connect(self.servers.postgres_dsn())
        try:
            await admin.execute(statement)
        finally:
            await admin.close()

    @asynccontextmanager
    async def opened_store(self) -> AsyncIterator[tuple[str, str]]:
        """(owner's DSN, service's DSN) of a store in which all cases of `opened` stand."""
        template = await self.made("opened", self._open_all)
        async with self.database(template=template) as owner:
            await self.sql("checkpoint")
            yield owner, await self.service_dsn(owner)

    async def _open_all(self, owner: str) -> None:
        await migrate(owner, ["store"])
        async with command_path(owner) as path:
            waiting = iter(self.opened)

            async def opener() -> None:
                for op in waiting:
                    await path.execute(command_of(op), CALLER, op.key)

            await asyncio.gather(*(opener() for _ in range(OPENERS)))
            await path.store.pool.execute("analyze")  # type: ignore[attr-defined]

    async def service_dsn(self, owner: str, *sets: str) -> str:
        """The DSN of the role that services use: it appends and reads."""
        await self.sql(f"do $$ begin create role {ROLE} login password '{PASSWORD}'; exception when duplicate_object then null; end $$")
        await grant(owner, ROLE, list(sets or ["store"]))
        scheme, rest = owner.split("://", 1)
        return f"{scheme}://{ROLE}:{PASSWORD}@{rest.split('@', 1)[1]}"

    @asynccontextmanager
    async def process(self, module: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """A program of ours beside the measuring one; killed at the end."""
        with (self.folder / f"{module}.log").open("ab") as told:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, *arguments, stdout=asyncio.subprocess.PIPE, stderr=told, cwd=PROJECT
            )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    def cpu(self) -> tuple[float, float]:
        """CPU seconds so far of this process, and of PostgreSQL with all its backends, also ended ones."""
        own, server = psutil.Process().cpu_times(), psutil.Process(self.servers.pid("postgres"))
        ended = server.cpu_times()
        parts = [ended, *(part for child in server.children(recursive=True) if (part := _times(child)) is not None)]
        return own.user + own.system, ended.children_user + ended.children_system + sum(one.user + one.system for one in parts)

    def fresh_folder(self) -> Path:
        place = self.folder / uuid4().hex[:8]
        place.mkdir()
        return place

    def forget(self, place: Path) -> None:
        shutil.rmtree(place, ignore_errors=True)


def _times(process: psutil.Process) -> Any:
    """None for a backend that has just ended."""
    try:
        return process.cpu_times()
    except psutil.NoSuchProcess:
        return None


def cpu_note(before: tuple[float, float], after: tuple[float, float], count: int, what: str) -> str:
    """What one of so many took of CPU time: it says more than the wall clock on a machine that others use too."""
    own, server = (1e6 * (late - early) / max(count, 1) for early, late in zip(before, after, strict=True))
    return f"CPU time a {what}: {own:.0f} us in the measuring process, {server:.0f} us in PostgreSQL"


@asynccontextmanager
async def command_path(dsn: str, source: str = "/minsheng/bench/civil") -> AsyncIterator[CommandPath]:
    """A process's command path of the toy service over a store."""
    packs, calendar = policy()
    store = await PgStore(dsn, source).open()
    try:
        yield CommandPath(civil, store, keys=Keys(b"bench"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=PARTITIONS)
    finally:
        await store.close()
