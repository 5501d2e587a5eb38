"""What heartbeats cost eldercare's worker: 1,500 devices, one heartbeat a minute each, then a backlog that waits in Kafka.

python -m bench.telemetry --seconds 60 --backlog 150000

The worker is a process of its own that folds and watches; its CPU time is read from the system. Idle time is measured too: a Faust
consumer that has nothing to read is not free.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import psutil

from contracts.eldercare.device import DeviceKind
from contracts.ids import AreaCode, DeviceId, PersonId
from kit.clock import SystemClock
from kit.command import derived_id
from kit.commands import CommandPath, Keys
from kit.migrate import migrate
from kit.serving import run_together
from kit.settings import Settings, database_of
from kit.store.postgres import PgStore
from kit.streams.topics import ensure
from kit.testing import WORKER, policy
from minsheng.local import LocalInstallation
from services.eldercare.domain.device import ActivateDevice, AssignDevice
from services.eldercare.resources import open_resources
from services.eldercare.service import eldercare
from services.eldercare.telemetry.parts import telemetry_parts
from services.eldercare.telemetry.reporting import take
from services.eldercare.telemetry.topic import SETTINGS, HeartbeatTopic, topic_of_heartbeats

DEVICES = 1_500
A_MINUTE = DEVICES / 60
IDLE_S = 15.0
GROUP_LINES = 5_000
FOLDED = "select coalesce(sum(next_offset), 0) from checkpoint where topic like '%heartbeats'"


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[CommandPath]:
    """Eldercare's command path, as a process has it."""
    packs, calendar = policy()
    store = await PgStore(settings.dsn("eldercare"), settings.source("eldercare")).open()
    yield CommandPath(eldercare, store, keys=Keys(b"bench"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4)
    await store.close()


async def work(settings: Settings) -> None:
    """The worker: nothing but the parts of telemetry, until it is ended."""
    async with opened(settings) as path:
        await run_together(list(telemetry_parts(path, settings).values()), asyncio.Event())


async def activated(settings: Settings) -> list[str]:
    """So many active devices."""
    now = SystemClock().now()
    devices = [DeviceId(derived_id("bench", str(number), now)) for number in range(DEVICES)]
    async with opened(settings) as path:
        for device in devices:
            assigned = AssignDevice(device_id=device, kind=DeviceKind.PENDANT, person_id=PersonId(device), area=AreaCode("440308003"))
            await path.execute(assigned, WORKER, f"a-{device}")
            await path.execute(ActivateDevice(device_id=device), WORKER, f"b-{device}")
    return list(devices)


class Worker:
    """The process, its CPU time, and what it has folded."""

    def __init__(self, process: Any, pool: Any) -> None:
        self._system, self._pool = psutil.Process(process.pid), pool

    def cpu(self) -> float:
        times = self._system.cpu_times()
        return float(times.user + times.system)

    async def folded(self, until: int) -> None:
        """So many messages are applied."""
        while (await self._pool.fetchval(FOLDED)) < until:  # noqa: ASYNC110 - only asking shows it
            await asyncio.sleep(0.05)


def told(what: str, seconds: float, cpu: float, beats: int) -> None:
    each = f"{cpu * DEVICES / beats:8.3f} s a 1,500 heartbeats" if beats else " " * 30
    print(f"{what:34} {seconds:7.1f} s  {cpu:7.2f} CPU s  {100 * cpu / seconds:6.1f} % of a core  {each}")


async def measure(settings: Settings, seconds: int, backlog: int) -> None:
    devices, topic = await activated(settings), HeartbeatTopic(settings)
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.telemetry", "--worker", settings.model_dump_json())
    try:
        async with opened(settings) as path:
            store: Any = path.store
            worker = Worker(process, store.pool)
            await topic.send([(device, SystemClock().now()) for device in devices])
            await worker.folded(sent := DEVICES)
            idle = await _timed("idle", worker, 0, asyncio.sleep(IDLE_S))
            steady = await _timed("25 a second, one by one", worker, beats := int(A_MINUTE * seconds), _steadily(topic, devices, beats))
            await worker.folded(sent := sent + beats)
            await _timed(f"backlog of {backlog}", worker, backlog, _all_at_once(topic, devices, backlog, worker, sent))
        await _api(settings, devices)
        print(
            f"\nfor 1,500 devices: {100 * steady:.1f} % of one core (goal: below 10 %), of which the idle consumer takes {100 * idle:.1f} %"
        )
    finally:
        process.kill()
        await process.wait()


async def _timed(what: str, worker: Worker, beats: int, doing: Any) -> float:
    """The share of a core that the worker took meanwhile."""
    cpu, began = worker.cpu(), time.perf_counter()
    await doing
    seconds, spent = time.perf_counter() - began, worker.cpu() - cpu
    told(what, seconds, spent, beats)
    return spent / seconds


async def _steadily(topic: HeartbeatTopic, devices: Sequence[str], beats: int) -> None:
    """One message after the other: the least favourable way for them to come."""
    began = time.perf_counter()
    for number in range(beats):
        await topic.send([(devices[number % DEVICES], SystemClock().now())])
        await asyncio.sleep(max(0.0, began + number / A_MINUTE - time.perf_counter()))


async def _all_at_once(topic: HeartbeatTopic, devices: Sequence[str], beats: int, worker: Worker, before: int) -> None:
    now = SystemClock().now()
    signs = [(devices[number % DEVICES], now + timedelta(milliseconds=number)) for number in range(beats)]
    for first in range(0, beats, GROUP_LINES):
        await topic.send(signs[first : first + GROUP_LINES])
    await worker.folded(before + beats)


async def _api(settings: Settings, devices: Sequence[str]) -> None:
    """The CPU time of one request with a heartbeat of every device, without HTTP itself."""
    store = await PgStore(settings.dsn("eldercare"), settings.source("eldercare")).open()
    async with open_resources(settings, store) as resources:
        lines = [msgspec.json.encode({"device_id": device, "at": SystemClock().now()}) for device in devices]
        cpu, began = time.process_time(), time.perf_counter()
        await take(resources, lines)
        told("API: one request of 1,500 lines", time.perf_counter() - began, time.process_time() - cpu, DEVICES)
    await store.close()


async def main(seconds: int, backlog: int) -> None:
    with tempfile.TemporaryDirectory() as folder, LocalInstallation(Path(folder) / "home", throwaway=True) as servers:
        admin_dsn = servers.postgres_dsn("{database}")
        settings = Settings(
            installation="bench",
            database=admin_dsn,
            kafka_bootstrap=servers.kafka_bootstrap,
            keys=Path(folder),
            jwks=str(Path(folder) / "jwks"),
        )
        await _database(servers, settings)
        await ensure(servers.kafka_bootstrap, {topic_of_heartbeats(settings): SETTINGS}, 4)
        await measure(settings, seconds, backlog)


async def _database(servers: LocalInstallation, settings: Settings) -> None:
    import asyncpg

    admin = await asyncpg.connect(servers.postgres_dsn())
    await admin.execute(f"create database {database_of('eldercare')}")
    await admin.close()
    await migrate(settings.dsn("eldercare"), ["store", "reader", "telemetry"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--backlog", type=int, default=150_000)
    parser.add_argument("--worker", help="settings of an installation: be its worker")
    chosen = parser.parse_args()
    asyncio.run(work(Settings.model_validate_json(chosen.worker)) if chosen.worker else main(chosen.seconds, chosen.backlog))
