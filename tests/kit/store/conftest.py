"""Both stores, so that every test of the suite runs on each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kit.store import EventStore
from kit.store.memory import MemoryStore
from kit.store.postgres import PgStore
from minsheng.local import Installation
from tests.databases import app_dsn, fresh_database


@pytest.fixture
async def dsn(installation: Installation) -> str:
    """A service's database, as its application role sees it."""
    return await app_dsn(installation, await fresh_database(installation, ["store"]), ["store"])


@pytest.fixture
async def pg(dsn: str) -> AsyncIterator[PgStore]:
    store = await PgStore(dsn, "/minsheng/test/toy").open()
    yield store
    await store.close()


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.real)])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[EventStore]:
    """The store in memory, then the one on PostgreSQL."""
    if request.param == "memory":
        yield MemoryStore("/minsheng/test/toy")
        return
    real: PgStore = await request.getfixturevalue("opened")()
    yield real
    await real.close()


@pytest.fixture
def opened(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """Opens a store on a fresh database when a test asks for the real one."""
    installation: Installation = request.getfixturevalue("installation")

    async def open_store() -> PgStore:
        dsn = await app_dsn(installation, await fresh_database(installation, ["store"]), ["store"])
        return await PgStore(dsn, "/minsheng/test/toy").open()

    return open_store
