"""Where a service stands, as its operators' port tells it."""

from __future__ import annotations

import asyncpg
import pytest

from kit.status import consumer_places
from minsheng.local import Installation
from tests.databases import fresh_database

pytestmark = pytest.mark.real


async def test_a_consumer_that_has_applied_nothing_yet_tells_its_lag(installation: Installation) -> None:
    """Design, "Running": a topic that was just begun has no event whose age could be told; the status still answers."""
    dsn = await fresh_database(installation, ["reader"])
    async with asyncpg.create_pool(dsn, min_size=1, max_size=1) as pool:
        await pool.execute(
            "insert into checkpoint (consumer, topic, partition, topic_id, next_offset, position, end_offset)"
            " values ('views', 'yantian.relief.events', 0, 'id', 0, 0, 3)"
        )
        (found,) = await consumer_places(pool)
    assert (found.lag_events, found.lag_seconds, found.source) == (3, 0.0, "relief")
