"""Puts messages into the topic that no relay would send there: repeats, swapped ones, ones ahead of the relay, and a stranger's."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from typing import Any
from uuid import uuid4

from confluent_kafka import Consumer, Producer, TopicPartition

from contracts.envelope import Recorded
from kit.store.postgres import PgStore
from kit.streams.codec import Message, to_message
from kit.streams.tails import read_tails
from kit.streams.topics import partition_of
from tests.torture.world import PARTITIONS, World

FAR = 2_000
"""How many events beyond a tail are looked at, at most."""


class Injector:
    """Each method returns how many messages it put in; none: there was nothing to work with yet."""

    def __init__(self, world: World, dice: random.Random) -> None:
        self._world, self._dice = world, dice

    def _client(self) -> dict[str, Any]:
        return {"bootstrap.servers": self._world.bootstrap, "log_level": 0}

    async def repeat(self, count: int) -> int:
        """Messages of one partition, as they were and in their order."""
        return await asyncio.to_thread(self._again, count, 1)

    async def swap(self, count: int) -> int:
        """The same in reverse."""
        return await asyncio.to_thread(self._again, count, -1)

    def _again(self, count: int, step: int) -> int:
        partition = self._dice.randrange(PARTITIONS)
        consumer = Consumer({**self._client(), "group.id": f"again-{uuid4()}", "enable.auto.commit": False})
        try:
            low, high = consumer.get_watermark_offsets(TopicPartition(self._world.topic, partition), timeout=10)
            if high - low < count:
                return 0
            start = self._dice.randrange(low, high - count + 1)
            consumer.assign([TopicPartition(self._world.topic, partition, start)])
            found = [message for message in consumer.consume(count, 10) if not message.error()]
        finally:
            consumer.close()
        with_key = [(partition, one.key(), one.value(), one.headers()) for one in found][::step]
        return self._produce(with_key)

    async def overtake(self) -> int:
        """What the relay would send next in a partition, from the last to the first, so that none is missing in the end."""
        tails = await read_tails(self._world.bootstrap, self._world.topic, PARTITIONS)
        store = await PgStore(self._world.store, self._world.source).open()
        try:
            ahead: dict[int, list[Recorded]] = defaultdict(list)
            start = min((tails[partition].position if partition in tails else 0 for partition in range(PARTITIONS)), default=0)
            for event in await store.read(start, FAR):
                partition = partition_of(event.meta.key, PARTITIONS)
                if partition in tails and event.meta.position > tails[partition].position:
                    ahead[partition].append(event)
        finally:
            await store.close()
        if not ahead:
            return 0
        partition = max(ahead, key=lambda one: len(ahead[one]))
        if len(ahead[partition]) < 3:
            return 0
        return await asyncio.to_thread(self._produce, _chained(partition, tails[partition].position, ahead[partition][:5])[::-1])

    async def garbage(self, count: int) -> int:
        """Messages without any header, to one key that is no one's."""
        return await asyncio.to_thread(self._produce, [(self._dice.randrange(PARTITIONS), b"stranger", b"?", None) for _ in range(count)])

    def _produce(self, messages: list[tuple[int, Any, Any, Any]]) -> int:
        producer = Producer({**self._client(), "enable.idempotence": True, "linger.ms": 0})
        for partition, key, value, headers in messages:
            producer.produce(self._world.topic, value, key, partition=partition, headers=headers or [])
        return len(messages) - producer.flush(20)


def _chained(partition: int, previous: int, events: list[Recorded]) -> list[tuple[int, Any, Any, Any]]:
    messages = []
    for event in events:
        message: Message = to_message(event, previous)
        previous = event.meta.position
        messages.append((partition, message.key, message.value, message.headers))
    return messages
