"""Reads what a topic holds beyond a position: the tail that a restored store has lost."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from confluent_kafka import Consumer, TopicPartition

from contracts.envelope import Recorded
from kit.errors import Unreadable
from kit.streams.codec import from_message

PATIENCE_SECONDS = 10.0


async def read_beyond(bootstrap: str, topic: str, partitions: int, position: int) -> list[Recorded]:
    """Every event of the topic after a position, in commit order, repeats dropped. Messages of strangers are passed over."""
    return await asyncio.to_thread(_read, bootstrap, topic, partitions, position)


def _read(bootstrap: str, topic: str, partitions: int, position: int) -> list[Recorded]:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": f"beyond-{uuid.uuid4()}", "enable.auto.commit": False})
    try:
        found: dict[int, Recorded] = {}
        for partition in range(partitions):
            for event in _partition(consumer, topic, partition):
                if event.meta.position > position:
                    found.setdefault(event.meta.position, event)
        return [found[key] for key in sorted(found)]
    finally:
        consumer.close()


def _partition(consumer: Consumer, topic: str, partition: int) -> list[Recorded]:
    low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=PATIENCE_SECONDS)
    if high <= low:
        return []
    consumer.assign([TopicPartition(topic, partition, low)])
    events: list[Recorded] = []
    offset = low
    while offset < high:
        message: Any = consumer.poll(PATIENCE_SECONDS)
        if message is None:
            raise TimeoutError(f"{topic}/{partition}: no message after offset {offset} within {PATIENCE_SECONDS:.0f} s")
        if message.error():
            continue
        offset = message.offset() + 1
        try:
            events.append(from_message(partition, message.key(), message.value(), message.headers()).recorded)
        except Unreadable:
            continue
    return events
