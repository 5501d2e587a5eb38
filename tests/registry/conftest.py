"""Registry on a real PostgreSQL: log and vault in one database, keys in another, and its HTTP application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import Header

from contracts.ids import AreaCode, PersonId
from kit.clock import SystemClock
from kit.commands import Answer, CommandPath, Keys
from kit.http.app import command_app
from kit.identity import Actor, Role
from kit.store.postgres import PgStore
from kit.testing import WORKER, policy
from kit.vault import Keyring, invent_document_number
from minsheng.local import Installation
from services.registry.api import router
from services.registry.domain.area import PublishArea
from services.registry.domain.person import RegisterPerson
from services.registry.resources import RegistryResources, opened
from services.registry.seed import publish_areas
from services.registry.service import registry
from tests.databases import app_dsn, fresh_database

NUMBER = invent_document_number(date(1948, 6, 15), 6, male=False)
NAME = "王示范"
QIAODONG = AreaCode("440308003-qiaodong")
ACTORS = {
    "worker": Actor("worker-1", frozenset({Role.CASEWORKER}), "440308003"),
    "elsewhere": Actor("worker-2", frozenset({Role.CASEWORKER}), "440308004"),
    "registrar": Actor("registrar-1", frozenset({Role.REGISTRAR}), "440308"),
    "auditor": Actor("auditor-1", frozenset({Role.AUDITOR}), "440308"),
    "operator": Actor("operator-1", frozenset({Role.OPERATOR}), "440308"),
}


async def authenticate(x_actor: Annotated[str, Header()]) -> Actor:
    """In these tests a header names the actor."""
    return ACTORS[x_actor]


def new_person(number: str = NUMBER, person_id: str | None = None, **more: Any) -> RegisterPerson:
    """The command that registers somebody in 桥东."""
    values = {"name": NAME, "document_number": number, "phone": "0755-25550100", "address": "桥东示范路 901 号", **more}
    return RegisterPerson.model_validate({"person_id": person_id or str(uuid4()), "area": QIAODONG, **values})


@dataclass
class Registry:
    """One installation's registry; `path()` is another process's way into it. keys_pool: the owner's, for what only a restore does."""

    store: PgStore
    resources: RegistryResources
    pool: asyncpg.Pool
    keys_pool: asyncpg.Pool
    dsns: tuple[str, str]
    keyring: Callable[[], Keyring]

    def path(self) -> CommandPath:
        packs, calendar = policy()
        return CommandPath(
            registry,
            self.store,
            keys=Keys(b"secret"),
            packs=packs,
            calendar=calendar,
            clock=SystemClock(),
            partitions=4,
            resources=self.resources,
        )

    async def give(self, command: Any, *, key: str | None = None, path: CommandPath | None = None) -> Answer:
        return await (path or self.path()).execute(command, WORKER, key or str(uuid4()))

    async def register(self, number: str = NUMBER, **more: Any) -> PersonId:
        """Somebody is registered; the id."""
        command = new_person(number, **more)
        await self.give(command)
        return command.person_id

    async def publish(self) -> None:
        """The district, 沙头角 and 桥东."""
        for command in seeds(["440308", "440308003", QIAODONG]):
            await self.give(command)

    def client(self) -> httpx.AsyncClient:
        """The HTTP application, spoken to without a network."""
        app = command_app(self.path(), authenticate, self.resources.areas, [router(self.resources, authenticate)])
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://registry")


def seeds(codes: Sequence[str]) -> list[PublishArea]:
    """The publishing commands of some areas."""
    return [command for command in publish_areas(policy()[0].areas) if command.area_code in codes]


@pytest.fixture
async def place(installation: Installation) -> AsyncIterator[Registry]:
    """A registry with fresh databases and three areas."""
    registry_sets, key_sets = ["store", "vault"], ["keys"]
    own = await app_dsn(installation, await fresh_database(installation, registry_sets), registry_sets)
    keys_owner = await fresh_database(installation, key_sets)
    keys = await app_dsn(installation, keys_owner, key_sets)
    ring = Keyring.generate()
    async with AsyncExitStack() as stack:
        store = await PgStore(own, "/minsheng/test/registry").open()
        stack.push_async_callback(store.close)
        areas = policy()[0].areas
        resources = await stack.enter_async_context(
            opened(own, keys, keyring=lambda: ring, store=store, areas=areas, allow_demo_numbers=True)
        )
        keys_pool = await stack.enter_async_context(asyncpg.create_pool(keys_owner, min_size=1, max_size=2))
        here = Registry(store, resources, store.pool, keys_pool, (own, keys), lambda: ring)
        await here.publish()
        yield here
