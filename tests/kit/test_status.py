"""Where a service stands, as its operators' port tells it."""

from __future__ import annotations

import asyncpg
import pytest

from kit.status import ConsumerPlace, Status, at_rest, consumer_places
from minsheng.local import Installation
from tests.databases import fresh_database


def test_who_reads_a_service_s_own_topic_is_not_asked_for_others_events() -> None:
    """At rest is who has applied what others published; telemetry has no positions."""

    def place(consumer: str, topic: str, position: int) -> ConsumerPlace:
        return ConsumerPlace(consumer=consumer, topic=topic, partition=0, position=position, lag_events=0, lag_seconds=0.0, parked=0)

    owner = Status(service="registry", position=7, relayed=7, published={0: 7})
    own, others = place("eldercare.heartbeats", "t.eldercare.heartbeats", 0), place("eldercare", "t.registry.events", 7)
    reader = Status(service="eldercare", sources=["registry"], consumers=[own, others])
    assert at_rest([owner, reader])
    behind = Status(service="eldercare", sources=["registry"], consumers=[own, place("eldercare", "t.registry.events", 6)])
    assert not at_rest([owner, behind])


@pytest.mark.real
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
