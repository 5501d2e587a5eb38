"""A reader's database of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from kit.migrate import migrate
from tests.kit.streams.places import Place, fresh_database


@pytest.fixture
async def place(installation: Any) -> AsyncIterator[Place]:
    """A fresh database with the reader's tables and a fresh installation name."""
    async with fresh_database(installation) as dsn:
        await migrate(dsn, ["reader"])
        yield Place(dsn, installation.kafka_bootstrap)


@pytest.fixture
async def pool(place: Place) -> AsyncIterator[asyncpg.Pool]:
    async with asyncpg.create_pool(place.dsn, min_size=1, max_size=6) as pool:
        yield pool
