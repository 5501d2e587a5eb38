"""The topic of heartbeats: key a device's id, value its sign of life in milliseconds since 1970 (UTC) as decimal digits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from confluent_kafka import Producer

from kit.errors import Retry
from kit.settings import Settings
from kit.streams.topics import own_topic

NAME = "heartbeats"
SETTINGS = {"retention.ms": str(24 * 60 * 60 * 1000), "cleanup.policy": "delete", "compression.type": "producer"}
"""A day: what is older says nothing that the limit of 24 hours would still want to know."""
PRODUCER = {
    "acks": "all",
    "compression.type": "lz4",
    "partitioner": "consistent",
    "linger.ms": 5,
    "message.timeout.ms": 8_000,  # the caller waits for it, and repeats
    "log_level": 3,
}
FLUSH_S = 10.0

Sign = tuple[str, datetime]
"""A device's id and the instant it was alive."""


def topic_of_heartbeats(settings: Settings) -> str:
    return own_topic(settings.installation, "eldercare", NAME)


def encoded(at: datetime) -> bytes:
    return str(round(at.timestamp() * 1000)).encode()


def decoded(value: bytes) -> datetime:
    """Raises ValueError for what we did not write."""
    return datetime.fromtimestamp(int(value) / 1000, UTC)


class HeartbeatTopic:
    """Brings signs of life into the topic. The client is made with the first ones: most processes never send any."""

    def __init__(self, settings: Settings) -> None:
        self._bootstrap, self._topic = settings.kafka_bootstrap, topic_of_heartbeats(settings)

    async def send(self, signs: Sequence[Sign]) -> None:
        """Kafka has acknowledged all of them. Raises Retry otherwise: some may be there, and the repeat does no harm."""
        delivered: list[None] = []

        def told(error: Any, _message: Any) -> None:
            if error is None:
                delivered.append(None)

        try:
            for device, at in signs:
                self._producer.produce(self._topic, encoded(at), device.encode(), on_delivery=told)
        except BufferError:
            raise Retry("too many heartbeats wait for Kafka") from None
        await asyncio.to_thread(self._producer.flush, FLUSH_S)
        if len(delivered) < len(signs):
            raise Retry("Kafka did not acknowledge all heartbeats")

    @cached_property
    def _producer(self) -> Producer:
        return Producer({"bootstrap.servers": self._bootstrap, **PRODUCER})
