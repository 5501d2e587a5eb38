"""A partition's events once more from the beginning: from its topic, or from its owner's feed."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from confluent_kafka import Consumer, KafkaException, TopicPartition

from contracts.envelope import Recorded
from kit.streams.chain import RawMessage, Stretch
from kit.streams.checkpoint import Mark, Place
from kit.streams.intake import FEED_PAGE, Feed
from kit.streams.topics import partition_of

PATIENCE_S = 10.0
FETCH = 5_000


class TopicReplay:
    """Replays from the topic. Follows the chain of positions: a hole is raised, never stepped over; unreadable messages are left out."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    async def __call__(self, place: Place, after: int, upto: int) -> AsyncIterator[Sequence[Recorded]]:
        """Events of the place in order. Raises Hole, NewerVersion; KafkaException when the topic ends before `upto`."""
        stretch = Stretch(Mark(*place, "", 0, 0, None), set())
        consumer = Consumer({"bootstrap.servers": self._bootstrap, "group.id": f"replay-{uuid.uuid4()}", "enable.auto.commit": False})
        try:
            consumer.assign([TopicPartition(*place, 0)])
            while stretch.mark.position < upto:
                for message in await asyncio.to_thread(_some, consumer, place):
                    stretch.take(message)
                    stretch.blocked.clear()  # who waits behind whom is the reader's business
                events = [fact.recorded for fact in stretch.facts if after < fact.recorded.meta.position <= upto]
                stretch.facts.clear()
                stretch.parkings.clear()
                yield events
        finally:
            await asyncio.to_thread(consumer.close)


class FeedReplay:
    """Replays from the owner, whose store is the truth. partitions: how many the owner's topic has."""

    def __init__(self, feed: Feed, partitions: int) -> None:
        self._feed, self._partitions = feed, partitions

    async def __call__(self, place: Place, after: int, upto: int) -> AsyncIterator[Sequence[Recorded]]:
        """Events of the place in order. Raises what the feed raises."""
        topic, partition = place
        while after < upto:
            page = await self._feed(topic.split(".")[1], after, FEED_PAGE)
            if not page:
                return
            after = page[-1].meta.position
            yield [
                Recorded(meta=msgspec.structs.replace(event.meta, partition=partition), data=event.data)
                for event in page
                if event.meta.position <= upto and partition_of(event.meta.key, self._partitions) == partition
            ]


def _some(consumer: Consumer, place: Place) -> list[RawMessage]:
    """Waits for the first message, then takes what is there."""
    first = consumer.poll(PATIENCE_S)
    if first is None:
        raise KafkaException(f"{place[0]}/{place[1]} ends before the checkpoint")
    found: list[RawMessage] = []
    for message in [first, *consumer.consume(FETCH, 0.05)]:
        if message.error():
            raise KafkaException(message.error())
        offset: Any = message.offset()
        found.append(RawMessage(*place, offset, message.key(), message.value(), message.headers()))
    return found
