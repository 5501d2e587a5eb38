"""A fresh store for each test, in the shared PostgreSQL or in one that may be broken."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from minsheng.local import Installation, LocalInstallation
from tests.databases import app_dsn, fresh_database
from tests.faults.stores import CountingStore


@dataclass(frozen=True)
class Database:
    """One service's database: how its owner reaches it, and how the service does (it may only append)."""

    owner: str
    app: str


async def new_database(installation: Installation) -> Database:
    owner = await fresh_database(installation, ["store"])
    return Database(owner, await app_dsn(installation, owner, ["store"]))


@pytest.fixture
async def database(installation: Installation) -> Database:
    return await new_database(installation)


@pytest.fixture
async def store(database: Database) -> AsyncIterator[CountingStore]:
    """An open store on that database."""
    opened = CountingStore(database.app, "/minsheng/test/toy")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def breakable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalInstallation]:
    """An installation of these tests' own: its PostgreSQL may be restarted, killed and told to wait for a standby that never comes."""
    home = tmp_path_factory.mktemp("faults") / f"home-{uuid4().hex[:6]}"
    with LocalInstallation(home, throwaway=True) as running:
        running.stop("kafka")  # nothing here speaks to it
        yield running


@pytest.fixture
async def fragile(breakable: LocalInstallation) -> Database:
    """A database in the PostgreSQL that may be broken."""
    breakable.wait_ready("postgres")
    return await new_database(breakable)
