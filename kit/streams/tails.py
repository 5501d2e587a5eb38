"""The last message of every partition of a topic, read once when a relay starts."""

from __future__ import annotations

import asyncio
import logging
import uuid
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, KafkaException, TopicPartition
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from kit.errors import Unreadable
from kit.streams.codec import from_message

log = logging.getLogger(__name__)
PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Tail:
    """Position and event id of a partition's newest readable message."""

    position: int
    id: str


async def read_tails(bootstrap: str, topic: str, partitions: int) -> dict[int, Tail]:
    """The tail of every partition that holds a readable message. Raises KafkaException when the broker does not answer within 10 s."""
    return await asyncio.to_thread(_read_tails, bootstrap, topic, partitions)


def _read_tails(bootstrap: str, topic: str, partitions: int) -> dict[int, Tail]:
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": f"tails-{uuid.uuid4()}",  # required by the client; nothing is ever committed
            "enable.auto.commit": False,
            "fetch.max.bytes": 1_000_000,
            "logger": log,
        }
    )
    try:
        ends = {partition: _ends(consumer, topic, partition) for partition in range(partitions)}
        return _tails(consumer, topic, {partition: (low, high - 1) for partition, (low, high) in ends.items() if high > low})
    finally:
        consumer.close()


@retry(retry=retry_if_exception_type(KafkaException), stop=stop_after_delay(PATIENCE_S), wait=wait_fixed(0.1), reraise=True)
def _ends(consumer: Consumer, topic: str, partition: int) -> tuple[int, int]:
    """A partition that was just made has no leader for a moment."""
    low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=PATIENCE_S)
    return low, high


def _tails(consumer: Consumer, topic: str, wanted: dict[int, tuple[int, int]]) -> dict[int, Tail]:
    """Steps back over messages of strangers that cannot be read. `wanted`: by partition the first offset and the one to look at."""
    tails: dict[int, Tail] = {}
    while wanted:
        behind: dict[int, tuple[int, int]] = {}
        for partition, message in _last_messages(consumer, topic, wanted).items():
            low, offset = wanted[partition]
            try:
                meta = from_message(partition, message.key(), message.value(), message.headers()).recorded.meta
                tails[partition] = Tail(meta.position, meta.id)
            except Unreadable:
                if offset > low:
                    behind[partition] = (low, offset - 1)
        wanted = behind
    return tails


def _last_messages(consumer: Consumer, topic: str, wanted: dict[int, tuple[int, int]]) -> dict[int, Any]:
    """The message at the wanted offset of each partition."""
    consumer.assign([TopicPartition(topic, partition, offset) for partition, (_, offset) in wanted.items()])
    found: dict[int, Any] = {}
    while len(found) < len(wanted):
        message = consumer.poll(PATIENCE_S)
        if message is None or message.error():
            raise KafkaException(message.error() if message else f"no answer about {topic} within {PATIENCE_S} s")
        partition: Any = message.partition()
        found.setdefault(partition, message)
    return found
