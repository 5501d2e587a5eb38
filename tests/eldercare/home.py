"""Eldercare over a real PostgreSQL and Kafka of its own, by a clock that the test moves."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from contracts.eldercare.device import DeviceKind
from contracts.ids import DeviceId, PersonId
from kit.clock import Clock
from kit.command import Command
from kit.commands import Answer, CommandPath, Keys
from kit.identity import LocalIssuer, Role
from kit.settings import Settings
from kit.store.postgres import PgStore
from kit.streams.consume import consume
from kit.streams.topics import ensure, ensure_topics
from kit.testing import WORKER, policy
from minsheng.local import Installation
from services.eldercare.domain.device import ActivateDevice, AssignDevice
from services.eldercare.service import eldercare
from services.eldercare.telemetry.folding import Folding
from services.eldercare.telemetry.topic import SETTINGS, HeartbeatTopic, topic_of_heartbeats
from services.eldercare.telemetry.watching import Watching
from tests.databases import fresh_database
from tests.eldercare.alarm_facts import AREA
from tests.faults.processes import free_port
from tests.faults.waiting import until
from tests.kit.streams.places import fresh_name

START = datetime(2022, 3, 1, tzinfo=UTC)
DAY, MINUTE = timedelta(hours=24), timedelta(minutes=1)


class Hand(Clock):
    """A clock that stands until the test moves it."""

    def __init__(self) -> None:
        self.instant = START

    def now(self) -> datetime:
        return self.instant


class Home:
    """One eldercare, with a folding and a watch that the test starts and stops. store: open as long as the test runs."""

    def __init__(self, settings: Settings, store: PgStore) -> None:
        packs, calendar = policy()
        self.settings, self.clock, self.pool = settings, Hand(), store.pool
        self.dsn, self.topic = settings.database, topic_of_heartbeats(settings)
        self.path = CommandPath(eldercare, store, keys=Keys(b"secret"), packs=packs, calendar=calendar, clock=self.clock, partitions=2)
        self.heartbeats = HeartbeatTopic(settings)

    async def give(self, command: Command) -> Answer:
        return await self.path.execute(command, WORKER, str(uuid4()))

    async def device(self) -> DeviceId:
        """A device that works from now on."""
        one = DeviceId(str(uuid4()))
        await self.give(AssignDevice(device_id=one, kind=DeviceKind.PENDANT, person_id=PersonId(str(uuid4())), area=AREA))
        await self.give(ActivateDevice(device_id=one))
        return one

    def watch(self) -> Watching:
        """Another worker's watch."""
        return Watching(self.path, self.settings.kafka_bootstrap, self.topic, policy()[0])

    async def beat(self, *signs: tuple[str, datetime]) -> None:
        await self.heartbeats.send(signs)

    @asynccontextmanager
    async def folding(self) -> AsyncIterator[None]:
        """A worker folds meanwhile."""
        stop, folding = asyncio.Event(), Folding(self.pool, self.settings.kafka_bootstrap, gather_s=0.01)
        work = asyncio.ensure_future(consume(folding, stop, [self.topic], f"{self.topic}.test"))
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait({work}, timeout=20)

    async def last(self, device: str) -> datetime | None:
        found: datetime | None = await self.pool.fetchval("select last_at from device_sign where device_id = $1", device)
        return found

    async def heard(self, device: str, at: datetime) -> None:
        """The row says so."""

        async def is_there() -> bool:
            return await self.last(device) == at

        await until(is_there, f"{device} was heard at {at}")

    async def facts(self, device: str) -> list[tuple[str, Any]]:
        """What the log says of the device after its activation, and of its incidents: name and event, in order."""
        told: list[tuple[str, Any]] = [(one.meta.type.rsplit(".", 1)[1], one.event()) for one in await self.path.store.read(0, 5_000)]
        incidents = {one.incident_id for name, one in told if name == "alarm-received" and one.device_id == device}
        mine = [
            (name, one) for name, one in told if getattr(one, "device_id", None) == device or getattr(one, "incident_id", None) in incidents
        ]
        return mine[2:]

    async def names(self, device: str) -> list[str]:
        return [name for name, _ in await self.facts(device)]


@asynccontextmanager
async def home_in(installation: Installation, keys: Path) -> AsyncIterator[Home]:
    """A database and topics that nobody else has."""
    dsn = await fresh_database(installation, ["store", "reader", "telemetry"])
    issuer = LocalIssuer(keys / "issuer")
    settings = Settings(
        installation=fresh_name(), database=dsn, kafka_bootstrap=installation.kafka_bootstrap, keys=keys, jwks=str(issuer.jwks_path)
    )
    await ensure_topics(installation.kafka_bootstrap, settings.installation, ["registry", "relief", "eldercare"], 2)
    await ensure(installation.kafka_bootstrap, {topic_of_heartbeats(settings): SETTINGS}, 2)
    store = await PgStore(dsn, settings.source("eldercare")).open()
    try:
        yield Home(settings, store)
    finally:
        await store.close()


@asynccontextmanager
async def process_of(home: Home) -> AsyncIterator[httpx.AsyncClient]:
    """`minsheng run eldercare` with all roles by the machine's clock, and the alarm desk's client."""
    port, ops = free_port(), free_port()
    settings = home.settings
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MINSHENG_", "OTEL_"))} | {
        "MINSHENG_INSTALLATION": settings.installation,
        "MINSHENG_DATABASE": settings.database,
        "MINSHENG_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "MINSHENG_KEYS": str(settings.keys),
        "MINSHENG_JWKS": settings.jwks,
        "MINSHENG_PORT": str(port),
        "MINSHENG_OPS_PORT": str(ops),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "minsheng", "run", "eldercare"), env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    token = LocalIssuer(settings.keys / "issuer").issue("alarm-desk-1", [Role.ALARM_DESK], "440308")
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token}"}, trust_env=False
    ) as http:
        await until(lambda: _ready(http, ops), "eldercare is ready", 60)
        yield http
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 20) == 0


async def _ready(http: httpx.AsyncClient, ops: int) -> bool:
    try:
        return (await http.get(f"http://127.0.0.1:{ops}/ready")).status_code == 200
    except httpx.TransportError:
        return False
