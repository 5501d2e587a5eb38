"""Writes events into a topic as the relay does, without a store; and strangers' messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from confluent_kafka import Producer

from contracts.envelope import Recorded
from kit.streams.codec import to_message
from kit.streams.topics import Topic, partition_of


class Writer:
    """Keeps the chain of positions by partition, as a relay."""

    def __init__(self, bootstrap: str, topic: Topic) -> None:
        self.topic = topic
        self.last = dict.fromkeys(range(topic.partitions), 0)
        self._producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "linger.ms": 0})

    def send(self, events: Iterable[Recorded], *, lost: Iterable[int] = ()) -> None:
        """All are in the topic, except the positions in `lost`: for them only the chain goes on."""
        gone = set(lost)
        for event in events:
            partition = partition_of(event.meta.key, self.topic.partitions)
            message = to_message(event, self.last[partition])
            self.last[partition] = event.meta.position
            if event.meta.position not in gone:
                self._produce(partition, message.key, message.value, message.headers)
        self._producer.flush(20)

    def send_raw(self, partition: int, key: bytes | None, value: bytes | None, headers: Any = None) -> None:
        """A message that no relay wrote."""
        self._produce(partition, key, value, headers)
        self._producer.flush(20)

    def send_broken(self, event: Recorded, value: bytes) -> None:
        """The event's message with another value: it has its place in the chain and cannot be read."""
        partition = partition_of(event.meta.key, self.topic.partitions)
        message = to_message(event, self.last[partition])
        self.last[partition] = event.meta.position
        self.send_raw(partition, message.key, value, message.headers)

    def _produce(self, partition: int, key: bytes | None, value: bytes | None, headers: Any) -> None:
        self._producer.produce(self.topic.name, value, key, partition=partition, headers=headers or [])
