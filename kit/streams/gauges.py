"""What a consumer tells its operators: how far it is and what is parked, from its checkpoints."""

from __future__ import annotations

import asyncpg

from kit.status import consumer_places
from kit.telemetry import metrics


async def tell(pool: asyncpg.Pool, consumer: str) -> None:
    """The gauges of one consumer show where it stands now."""
    parked: dict[str, int] = {}
    for place in await consumer_places(pool):
        if place.consumer != consumer:
            continue
        labels: dict[str, str | int] = {"consumer": consumer, "topic": place.topic, "partition": place.partition}
        metrics.set("minsheng.consumer.position", place.position, labels)
        metrics.set("minsheng.consumer.lag_events", place.lag_events, labels)
        metrics.set("minsheng.consumer.lag_seconds", place.lag_seconds, labels)
        parked[place.topic] = parked.get(place.topic, 0) + place.parked
    for topic, count in parked.items():
        metrics.set("minsheng.parked", count, {"consumer": consumer, "topic": topic})
