"""What a consumer tells its operators: how far it is and what is parked, from its tables."""

from __future__ import annotations

import asyncpg

from kit.status import consumer_places
from kit.streams.parking import OPEN
from kit.telemetry import metrics

PARKED = f"select consumer, topic, count(*) filter (where {OPEN}) as open from parked group by consumer, topic"
"""Also where nothing is open any more, so that the gauge comes down again; also what a view could not fold (`view/…`)."""


async def tell(pool: asyncpg.Pool, consumer: str) -> None:
    """The gauges of one consumer show where it stands now, and what waits for an operator in its database."""
    parked = {}
    for place in await consumer_places(pool):
        if place.consumer != consumer:
            continue
        labels: dict[str, str | int] = {"consumer": consumer, "topic": place.topic, "partition": place.partition}
        metrics.set("minsheng.consumer.position", place.position, labels)
        metrics.set("minsheng.consumer.lag_events", place.lag_events, labels)
        metrics.set("minsheng.consumer.lag_seconds", place.lag_seconds, labels)
        parked[consumer, place.topic] = 0
    parked |= {(row["consumer"], row["topic"]): row["open"] for row in await pool.fetch(PARKED)}
    for (name, topic), count in parked.items():
        metrics.set("minsheng.parked", count, {"consumer": name, "topic": topic})
