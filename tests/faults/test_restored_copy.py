"""An older copy of a service's database takes its place: its topic knows more than it does (ruling 7 of the design), end to end.

The service is charity's own command path with its relay on real servers; the operator's step is the real `minsheng restore charity`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from contracts.ids import AreaCode, ShopId
from kit.clock import SystemClock
from kit.commands import Answer, CommandPath, Keys
from kit.identity import Actor, Role
from kit.store.postgres import NotCompared, PgStore
from kit.streams.ledger import is_verified
from kit.streams.relay import Relay, RestoredStore
from kit.streams.topics import ensure_topics, topic_of
from kit.testing import policy
from minsheng.local import Installation
from services.charity.domain.shop import OpenShop
from services.charity.service import charity
from tests.databases import fresh_database
from tests.faults.checker import check_store
from tests.kit.streams.places import messages

pytestmark = [pytest.mark.real, pytest.mark.fault]
PROJECT = Path(__file__).resolve().parents[2]
OFFICER = Actor("officer-1", frozenset({Role.CHARITY_OFFICER}), "440308")


@dataclass
class Charity:
    """The service over whatever database stands in its place now."""

    installation: Installation
    dsn: str
    keys: Path
    name: str = field(default_factory=lambda: f"t{uuid4().hex[:10]}")

    @asynccontextmanager
    async def path(self, *, careful: bool = True) -> AsyncIterator[CommandPath]:
        """careful: as every process is, which asks whether a relay has compared store and topic."""
        store = await PgStore(self.dsn, f"/minsheng/{self.name}/charity", is_verified if careful else None).open()
        packs, calendar = policy()
        try:
            yield CommandPath(charity, store, keys=Keys(b"restored"), packs=packs, calendar=calendar, clock=SystemClock(), partitions=4)
        finally:
            await store.close()

    async def open_shops(self, *names: str, careful: bool = True) -> list[Answer]:
        """The key of each command is the shop's name."""
        async with self.path(careful=careful) as path:
            commands = [OpenShop(shop_id=ShopId(name), area=AreaCode("440308003")) for name in names]
            return [await path.execute(command, OFFICER, command.shop_id) for command in commands]

    async def relayed(self) -> None:
        """The topic has all of the store. Raises RestoredStore when it has more."""
        async with self.path() as path:
            head = (await path.store.head()).position
            store: PgStore = path.store  # type: ignore[assignment]
            relay, stop = Relay(store, self.dsn, self.installation.kafka_bootstrap), asyncio.Event()
            work = asyncio.ensure_future(relay.run(stop))
            async with asyncio.timeout(30):
                while not work.done() and not (relay.verified.is_set() and relay.position >= head):  # noqa: ASYNC110 - the relay moves it
                    await asyncio.sleep(0.01)
            stop.set()
            await work

    async def copied(self) -> str:
        """A copy of the database as it is now; its DSN."""
        return await self._administered(f"t{uuid4().hex[:12]}", "create database {copy} template {name}")

    async def _administered(self, copy: str, statement: str) -> str:
        admin = await asyncpg.connect(self.installation.postgres_dsn())
        await admin.execute(statement.format(copy=copy, name=self.dsn.rsplit("/", 1)[1]))
        await admin.close()
        return self.installation.postgres_dsn(copy)

    async def restore(self) -> tuple[int, str]:
        """What the operator's command answers: exit code and words."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("MINSHENG_", "OTEL_"))}
        environment |= {
            "MINSHENG_INSTALLATION": self.name,
            "MINSHENG_DATABASE": self.dsn,
            "MINSHENG_KAFKA_BOOTSTRAP": self.installation.kafka_bootstrap,
            "MINSHENG_KEYS": str(self.keys),
            "MINSHENG_JWKS": "unused",
            "COLUMNS": "200",
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "minsheng", "restore", "charity"),
            cwd=PROJECT,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await asyncio.wait_for(process.communicate(), 150)  # a fresh interpreter on a busy machine
        assert process.returncode is not None
        return process.returncode, said.decode()

    def in_topic(self) -> list[tuple[int, str]]:
        """(position, stream) of every message, sorted."""
        topics = asyncio.run(ensure_topics(self.installation.kafka_bootstrap, self.name, ["charity"]))
        read = messages(self.installation.kafka_bootstrap, topics[topic_of(self.name, "charity")])
        return sorted((event.meta.position, event.meta.stream) for partition in read.values() for event, _ in partition)


@pytest.fixture
async def service(installation: Installation, tmp_path: Path) -> Charity:
    """Two shops are stored and relayed; then the copy is made; then two more are stored and relayed; then the copy takes the place."""
    one = Charity(installation, await fresh_database(installation, ["store"]), tmp_path)
    await ensure_topics(installation.kafka_bootstrap, one.name, ["charity"])
    await one.open_shops("a", "b", careful=False)
    await one.relayed()
    copy = await one.copied()
    await one.open_shops("c", "d")
    await one.relayed()
    one.dsn = copy
    return one


async def test_the_tail_comes_back_with_its_answers_and_life_goes_on(service: Charity) -> None:
    """The relay stops everything; after the import a command of the lost time gets its first answer, and new ones follow on."""
    with pytest.raises(RestoredStore):
        await service.relayed()
    with pytest.raises(NotCompared):
        await service.open_shops("e")
    code, said = await service.restore()
    assert code == 0, said
    assert "the store ended at 2; 2 events came back from the topic" in said
    await service.relayed()
    again, new = await service.open_shops("d", "e")
    assert (again.repeated, [event.position for event in again.events]) == (True, [4])
    assert (new.repeated, [event.position for event in new.events]) == (False, [5])
    await service.relayed()
    await check_store(service.dsn, charity)
    assert await asyncio.to_thread(service.in_topic) == [(number, f"shop/{name}") for number, name in enumerate("abcde", 1)]
    assert (await service.restore())[1].strip() == "charity: the store ended at 5; 0 events came back from the topic"


async def test_what_lost_its_place_is_listed_for_a_person_and_nothing_is_imported(service: Charity) -> None:
    """Somebody let the copy go on by itself: the list says what each side has, and the relay goes on refusing."""
    await service.open_shops("x", "c", "y", careful=False)  # "c" lies at another position now: the same stream, another event
    code, said = await service.restore()
    assert code != 0
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in said.splitlines() if line.startswith("│")]
    assert [(row[0], row[1], row[2], row[4], row[5]) for row in rows] == [
        ("3", "charity.shop.opened shop/c v1", "officer-1", "charity.shop.opened shop/x v1", "3"),
        ("4", "charity.shop.opened shop/d v1", "officer-1", "charity.shop.opened shop/c v1", "4"),
    ]
    assert "Nothing was imported" in said
    with pytest.raises(RestoredStore):
        await service.relayed()
    with pytest.raises(NotCompared):
        await service.open_shops("z")
    streams = [event["stream"] for event in (await check_store(service.dsn, charity)).events]
    assert streams == ["shop/a", "shop/b", "shop/x", "shop/c", "shop/y"]
