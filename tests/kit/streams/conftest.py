"""A database of its own for each test, on the session's real PostgreSQL and Kafka."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit.streams.places import Place, fresh_database


@pytest.fixture
async def place(installation: Any) -> Any:
    """A fresh database and a fresh installation name, on real PostgreSQL and Kafka."""
    async with fresh_database(installation) as dsn:
        yield Place(dsn, installation.kafka_bootstrap)
