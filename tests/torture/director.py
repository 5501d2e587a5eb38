"""Makes the faults happen, one track beside the other, each track one fault after the other; counts those that fired.

A track goes through its list once and then picks at random until the load ends. A fault that does not fire in its time is a failure of
the run.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from confluent_kafka import KafkaException

from kit.errors import Retry
from minsheng.local import LocalInstallation
from tests.faults.waiting import until
from tests.kit.streams.places import delete_topic
from tests.torture import database_faults, points
from tests.torture.injector import Injector
from tests.torture.keeper import Keeper
from tests.torture.points import noted
from tests.torture.world import APIS, World

Fault = Callable[[], Awaitable[None]]
RELAYS = ("relay-1", "relay-2")
WORKERS = ("worker-1", "worker-2")
TRIES = 10
APART, APART_SERVERS = 4_000, 20_000
"""Events between two faults of a track, at most."""
PASSING = (KafkaException, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, Retry)
TERMINATED = {
    "writer terminated in an append": ("owner_store", "state = 'active' and query like '%append_group%' and application_name = ''"),
    "relay's session terminated": ("owner_store", "application_name = 'relay'"),
    "reader of the log terminated": ("owner_store", "query like '%from events where position%'"),
    "worker terminated in a transaction": ("owner_reader", "state <> 'idle' and application_name = ''"),
}

CUT_HOLDER = """
select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'relay' and datname = current_database()
   and pid in (select pid from pg_locks where locktype = 'advisory' and granted)
"""


class Director:
    """events: how many the run shall have: faults are spread over them.  stored: how many there are, told by the run as it goes on."""

    def __init__(self, world: World, installation: LocalInstallation, keeper: Keeper, events: int) -> None:
        self.world, self.installation, self.keeper = world, installation, keeper
        self.fired: Counter[str] = Counter()
        self.events, self.stored = events, 0
        self.dice = random.Random(world.seed)
        self.calm = asyncio.Event()  # set: the load ends, nothing new is begun
        self._servers = asyncio.Lock()  # a server's restart disturbs what another track waits for

    async def run(self, tracks: dict[str, list[tuple[str, Fault]]]) -> None:
        """Every fault of every track has fired once; then on until `calm`."""
        async with asyncio.TaskGroup() as group:
            for name, track in tracks.items():
                if track:
                    most = APART_SERVERS if name == "servers" else APART
                    group.create_task(self._follow(track, min(most, int(self.events / len(track) / 1.5))))

    async def _follow(self, track: list[tuple[str, Fault]], apart: int) -> None:
        """One fault each so many events. The pace is that of the load, so that a slow machine is not struck more often than a fast one."""
        due = apart // 2
        for name, fault in track:
            await self._reached(due)
            await self._fire(name, fault)
            due = max(due, self.stored) + apart
        while due <= self.events and await self._reached(due):
            await self._fire(*self.dice.choice(track))
            due = max(due, self.stored) + apart

    async def _reached(self, stored: int) -> bool:
        """So many events are stored; False when the load ends before."""
        while self.stored < min(stored, self.events) and not self.calm.is_set():  # noqa: ASYNC110 - the run counts
            await asyncio.sleep(0.1)
        return not self.calm.is_set()

    async def _fire(self, name: str, fault: Fault) -> None:
        """Tried again while a server is away that another track has just struck."""
        for number in range(TRIES):
            try:
                await fault()
            except PASSING as error:
                if number == TRIES - 1:
                    error.add_note(f"the fault was: {name}")
                    raise
                await asyncio.sleep(1.0)
            else:
                self.fired[name] += 1
                return

    def tracks(self) -> dict[str, list[tuple[str, Fault]]]:
        """All that can go wrong."""
        return {
            "api": [*(self._kill(APIS, point) for point in points.API), self._cut(APIS, "api")],
            "relay": [*(self._kill_relay(point) for point in points.RELAY), self._cut_relay(), self._named(self.freeze_relay)],
            "worker": [
                *(self._kill(WORKERS, point) for point in points.WORKER),
                self._cut(WORKERS, "worker"),
                self._named(self.twin),
                self._named(self.join_and_leave),
            ],
            "topic": [self._named(fault) for fault in (self.repeat_messages, self.swap_messages, self.overtake, self.write_garbage)],
            "backends": [self._terminate(name) for name in TERMINATED],
            "servers": [
                self._named(fault)
                for fault in (self.new_topic, self.restart_kafka, self.restart_postgres, self.crash_kafka, self.crash_postgres)
            ],
        }

    def _named(self, fault: Fault) -> tuple[str, Fault]:
        assert fault.__doc__
        return fault.__doc__.rstrip("."), fault

    def _kill(self, names: tuple[str, ...], point: str) -> tuple[str, Fault]:
        async def fault() -> None:
            await self.keeper.dies_at(self.dice.choice(names), point)

        return points.WHAT[point], fault

    def _cut(self, names: tuple[str, ...], role: str) -> tuple[str, Fault]:
        async def fault() -> None:
            await self.keeper.cuts_at(self.dice.choice(names), points.CUTS[role])

        return points.WHAT[points.CUTS[role]], fault

    async def holder(self) -> str:
        """The relay that has the lock."""
        file = self.world.inside("holder")

        async def known() -> str:
            return file.read_text() if file.exists() else ""

        return await until(known, "a relay has the lock", 60)

    def _kill_relay(self, point: str) -> tuple[str, Fault]:
        async def fault() -> None:
            await self._of_holder(lambda name: self.keeper.dies_at(name, point, 15))

        return points.WHAT[point], fault

    def _cut_relay(self) -> tuple[str, Fault]:
        async def fault() -> None:
            await self._of_holder(lambda name: self.keeper.cuts_at(name, points.CUTS["relay"], 15))

        return points.WHAT[points.CUTS["relay"]], fault

    async def _of_holder(self, fault: Callable[[str], Awaitable[None]]) -> None:
        """Another track may take the lock away from the relay that was armed: then its successor is."""
        for _ in range(6):
            try:
                return await fault(await self.holder())
            except TimeoutError:
                continue
        raise TimeoutError("no relay got that far")

    async def freeze_relay(self) -> None:
        """Relay frozen, its lock lost, thawed beside its successor."""
        name = await self.holder()
        async with self._servers, self.admin("owner_store") as admin:
            self.world.inside("holder").unlink(missing_ok=True)
            self.keeper.send(name, signal.SIGSTOP)
            try:
                await admin.execute(CUT_HOLDER)
                other = await self.holder()
                if other == name:
                    raise TimeoutError("another relay had the lock by then")
                await asyncio.sleep(0.5)
            finally:
                self.keeper.send(name, signal.SIGCONT)

    async def twin(self) -> None:
        """Two workers of one identity on the same partitions."""
        name = f"twin-{len(self.keeper.kept)}"
        before = self._moves()
        await self.keeper.start("worker", name)

        async def collided() -> bool:
            if self.world.mutant == "no-fence":  # which takes away what a collision is told by
                return "assigned" in noted(self.world, name)
            return self._moves() > before

        try:
            await until(collided, f"{name} and the others got into each other's way", 60)
            await asyncio.sleep(2.0)
        finally:
            await self.keeper.stop(name, seconds=30)

    def _moves(self) -> int:
        return sum(noted(self.world, name).count("moved") for name in self.keeper.kept if self.keeper.kept[name].role == "worker")

    async def join_and_leave(self) -> None:
        """A worker joins, gets partitions, and leaves."""
        name = f"guest-{len(self.keeper.kept)}"
        await self.keeper.start("worker", name)

        async def joined() -> bool:
            return "assigned" in noted(self.world, name)

        await until(joined, f"{name} has partitions", 60)
        await asyncio.sleep(1.0)
        await self.keeper.stop(name, seconds=30)

    async def repeat_messages(self) -> None:
        """Messages of the topic put into it again."""
        await self._inject(lambda injector: injector.repeat(50))

    async def swap_messages(self) -> None:
        """Messages of the topic put into it again in reverse."""
        await self._inject(lambda injector: injector.swap(50))

    async def overtake(self) -> None:
        """Messages put into the topic in reverse before the relay sends them."""
        fed = self._fed()
        async with self._servers:
            name = await self.holder()
            self.keeper.send(name, signal.SIGSTOP)
            try:
                await self._inject(lambda injector: injector.overtake())
            finally:
                self.keeper.send(name, signal.SIGCONT)

        async def healed() -> bool:
            return self._fed() > fed

        await until(healed, "a worker asks the owner's feed for what is missing", 60)

    def _fed(self) -> int:
        return sum(noted(self.world, name).count("fed") for name in self.keeper.kept if self.keeper.kept[name].role == "worker")

    async def write_garbage(self) -> None:
        """Messages of a stranger that nobody can read."""
        await self._inject(lambda injector: injector.garbage(3))

    async def _inject(self, what: Callable[[Injector], Awaitable[int]]) -> None:
        async def some() -> int:
            return await what(Injector(self.world, self.dice))

        self.fired["(messages put into the topic)"] += await until(some, "messages to put into the topic", 60)

    def _terminate(self, name: str) -> tuple[str, Fault]:
        owner, where = TERMINATED[name]
        ours = "usename = 'minsheng_test_app' and datname = current_database()"
        statement = f"select pg_terminate_backend(pid) from pg_stat_activity where {ours} and {where} limit 1"

        async def fault() -> None:
            async with self._servers, self.admin(owner) as admin:

                async def hit() -> bool:
                    return bool(await admin.fetchval(statement))

                await until(hit, name, 60)

        return name, fault

    @asynccontextmanager
    async def admin(self, owner: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(getattr(self.world, owner), timeout=10)
        try:
            yield connection
        finally:
            await connection.close()

    async def new_topic(self) -> None:
        """Topic deleted and made anew under its readers and its relay."""
        async with self._servers:
            self.world.inside("holder").unlink(missing_ok=True)
            await delete_topic(self.world.bootstrap, self.world.topic)
            await self.world.ensure_topic()
        await self.holder()

    async def restart_kafka(self) -> None:
        """Kafka restarted in order."""
        await self._server(lambda: self.installation.restart("kafka"))

    async def restart_postgres(self) -> None:
        """PostgreSQL restarted in order."""
        await self._server(lambda: self.installation.restart("postgres"))

    async def crash_kafka(self) -> None:
        """Kafka killed."""
        await self._server(lambda: self._crash("kafka"))

    async def crash_postgres(self) -> None:
        """PostgreSQL killed."""
        counts = await database_faults.counted(self.world)
        await self._server(lambda: self._crash("postgres"))
        await database_faults.set_back(self.world, counts)

    async def _server(self, work: Callable[[], Any]) -> None:
        async with self._servers:
            await asyncio.to_thread(work)

    def _crash(self, name: str) -> None:
        before = self.installation.pid(name)
        self.installation.kill(name)
        self.installation.wait_ready(name, not_pid=before)
