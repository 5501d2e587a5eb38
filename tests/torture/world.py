"""Where one run of the torture happens: its databases, topic, folder and ports. Every process of the run reads it from `world.json`."""

from __future__ import annotations

from pathlib import Path
from typing import Self
from uuid import uuid4

import asyncpg
import msgspec

from kit.commands import Keys
from kit.journal import sets
from kit.streams.topics import Topic, ensure_topics
from minsheng.local import LocalInstallation
from tests.databases import app_dsn, fresh_database
from tests.faults.processes import free_port
from tests.torture.service import VIEWS

SERVICE = "toy"
PARTITIONS = 4
KEYS = Keys(b"torture")
APIS = ("api-1", "api-2")


class World(msgspec.Struct, frozen=True):
    """owner_*: DSNs that may do everything (faults, checks); store, reader: those of the processes. mutant: the broken build, if any."""

    folder: str
    installation: str
    bootstrap: str
    store: str
    reader: str
    owner_store: str
    owner_reader: str
    ports: dict[str, int]
    seed: int
    mutant: str | None = None

    @property
    def source(self) -> str:
        return f"/minsheng/{self.installation}/{SERVICE}"

    @property
    def topic(self) -> str:
        return f"{self.installation}.{SERVICE}.events"

    @property
    def keys(self) -> Path:
        """The folder of the token issuer."""
        return self.inside("keys")

    def inside(self, *names: str) -> Path:
        """A path in the run's folder; its parent exists."""
        path = Path(self.folder, *names)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def url(self, api: str) -> str:
        return f"http://127.0.0.1:{self.ports[api]}"

    async def ensure_topic(self) -> Topic:
        return (await ensure_topics(self.bootstrap, self.installation, [SERVICE], PARTITIONS))[self.topic]

    def save(self) -> Path:
        path = self.inside("world.json")
        path.write_bytes(msgspec.json.encode(self))
        return path

    @classmethod
    def load(cls, path: str) -> Self:
        return msgspec.json.decode(Path(path).read_bytes(), type=cls)


async def new_world(installation: LocalInstallation, folder: Path, seed: int, mutant: str | None = None) -> World:
    """Fresh databases with their tables and a fresh topic."""
    stores = [await fresh_database(installation, [kind]) for kind in ("store", "reader")]
    apps = [await app_dsn(installation, owner, [kind]) for owner, kind in zip(stores, ("store", "reader"), strict=True)]
    world = World(
        folder=str(folder),
        installation=f"t{uuid4().hex[:10]}",
        bootstrap=installation.kafka_bootstrap,
        store=apps[0],
        reader=apps[1],
        owner_store=stores[0],
        owner_reader=stores[1],
        ports={api: free_port() for api in APIS},
        seed=seed,
        mutant=mutant,
    )
    await world.ensure_topic()
    async with asyncpg.create_pool(world.reader, min_size=1, max_size=1) as pool:
        await sets.prepare(pool, VIEWS)
    world.keys.mkdir(parents=True, exist_ok=True)
    world.save()
    return world
