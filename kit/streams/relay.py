"""The relay: brings a service's events from its store to its topic, in commit order. Nothing is lost or reordered; repeats happen.

One relay per service works at a time (`Ledger`); others wait. Every message carries the position before it in its partition, which
is a property of the store alone: two relays that overlap for a moment write the same links, so a consumer that compares one number
per partition drops the repeats and sees a loss.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from confluent_kafka import KafkaException, Producer

from contracts.envelope import Recorded
from kit.errors import Retry
from kit.store.model import EventStore
from kit.streams.codec import to_message
from kit.streams.ledger import WHOLE, Ledger
from kit.streams.race import race
from kit.streams.tails import Tail, read_tails
from kit.streams.topics import Topic, describe_topics, partition_of, topic_of_source
from kit.telemetry import metrics, span

log = logging.getLogger(__name__)
PROBE_EVERY_S = 1.0
RESTS, RESTS_AT_MOST_S = 0.5, 0.02
"""After a turn the relay rests half as long as it took: on a machine that is busy, what arrives meanwhile goes as one batch, and every
consumer behind is woken once instead of many times."""
PRODUCER = {
    "acks": "all",
    "enable.idempotence": True,
    "enable.gapless.guarantee": True,  # a message given up makes the producer fail instead of leaving a gap
    "compression.type": "lz4",
    "log_level": 3,  # errors; the broker being away is told by `lag`
    "delivery.report.only.error": True,  # a report a message costs more than the message
    "linger.ms": 1,  # the median delay is about this (measured); 0 sends smaller batches
    "message.timeout.ms": 0,  # never gives up by itself: a broker that is away is waited for
}


class RestoredStore(Exception):
    """The topic holds events that the store does not have: it was restored to an earlier time.

    Nothing may be appended or sent before the lost tail is imported from the topic (an operator's step).
    """


class AnotherTopic(Retry):
    """The topic was deleted and made again while the relay ran: it starts anew and sends everything."""


class Relay:
    """Sends one service's events. `position`: every event up to it was acknowledged; `lag`: events still to be sent."""

    def __init__(self, store: EventStore, dsn: str, bootstrap: str, *, batch: int = 2_000) -> None:
        self.topic = topic_of_source(store.source)
        self.position = 0
        self.head = 0
        self.verified = asyncio.Event()
        self._store, self._dsn, self._bootstrap, self._batch = store, dsn, bootstrap, batch

    @property
    def lag(self) -> int:
        """Events that are stored and not yet acknowledged by the broker."""
        return max(0, self.head - self.position)

    async def run(self, stop: asyncio.Event) -> None:
        """Waits for the lock, then relays until `stop`. Raises LostLock, RestoredStore, AnotherTopic, KafkaException: the process ends."""
        await race(stop.wait(), self._work())

    async def _work(self) -> None:
        async with Ledger(self._dsn, self._store.source) as ledger:
            topic = (await describe_topics(self._bootstrap, [self.topic]))[self.topic]
            try:
                sender = await self._resume(ledger, topic)
            except RestoredStore:
                await ledger.verified(agree=False)
                raise
            await ledger.verified(agree=True)
            self.verified.set()
            log.info("relay of %s starts after position %d", self.topic, self.position)
            try:
                await race(self._watch(ledger, topic), self._follow(ledger, sender))
            finally:
                sender.close()

    async def _resume(self, ledger: Ledger, topic: Topic) -> _Sender:
        """Compares topic, ledger and store; says where to go on."""
        tails = await read_tails(self._bootstrap, topic.name, topic.partitions)
        await self._verify(tails)
        known_id, acknowledged = await ledger.load()
        if known_id != topic.id:
            await ledger.restart(topic.id, topic.partitions)
            return _Sender(self._bootstrap, topic, {})  # what lies in a new topic is not trusted to be whole
        positions = {partition: tail.position for partition, tail in tails.items()}
        self.position = resume_after(acknowledged, positions)
        return _Sender(self._bootstrap, topic, positions)

    async def _verify(self, tails: Mapping[int, Tail]) -> None:
        for partition, tail in tails.items():
            stored = await self._store.read(tail.position - 1, 1)
            if not stored or stored[0].meta.id != tail.id:
                raise RestoredStore(f"{self.topic}/{partition}: the topic's event {tail.position} is not the store's")

    async def _watch(self, ledger: Ledger, topic: Topic) -> None:
        """Ends everything when the lock or the topic is no longer ours."""
        while True:
            await asyncio.sleep(PROBE_EVERY_S)
            self.head = max(self.head, await ledger.head())
            metrics.set("minsheng.relay.lag_events", self.lag)  # also while a broker that is away keeps `_follow` waiting
            try:
                now = (await describe_topics(self._bootstrap, [topic.name]))[topic.name]
            except KafkaException as error:
                log.warning("the broker does not answer: %s", error)
                continue
            if now.id != topic.id:
                raise AnotherTopic(topic.name)

    async def _follow(self, ledger: Ledger, sender: _Sender) -> None:
        async for head in self._store.changes():
            began = time.monotonic()
            self.head = max(self.head, head)
            if self.position < self.head:
                async with aclosing(self._pages()) as pages:
                    async for events in pages:
                        await self._send(ledger, sender, events)
            await asyncio.sleep(min((time.monotonic() - began) * RESTS, RESTS_AT_MOST_S))

    async def _pages(self) -> AsyncGenerator[Sequence[Recorded]]:
        """What lies behind the position, page by page up to the end; of a backlog the next page is read while one is sent."""
        page: Sequence[Recorded] = await self._store.read(self.position, self._batch)
        while page:
            ahead = None
            if len(page) == self._batch:
                ahead = asyncio.ensure_future(self._store.read(page[-1].meta.position, self._batch))
            try:
                yield page
                page = await ahead if ahead is not None else []
            finally:
                if ahead is not None:
                    ahead.cancel()

    async def _send(self, ledger: Ledger, sender: _Sender, events: Sequence[Recorded]) -> None:
        self.head = max(self.head, events[-1].meta.position)
        with span("relay", "producer", links=(event.meta.traceparent for event in events), attributes={"events": len(events)}):
            await sender.send(events)
        self.position = events[-1].meta.position
        await ledger.save(sender.topic.id, {WHOLE: self.position, **sender.sent})
        self._tell(sender)

    def _tell(self, sender: _Sender) -> None:
        metrics.set("minsheng.relay.lag_events", self.lag)
        for partition, position in sender.sent.items():
            metrics.set("minsheng.relay.position", position, {"partition": partition})


def resume_after(acknowledged: Mapping[int, int], tails: Mapping[int, int]) -> int:
    """The position after which events must be read again: nothing that a partition lost lies before it."""
    lost = [
        tails.get(partition, 0) for partition, position in acknowledged.items() if partition != WHOLE and tails.get(partition, 0) < position
    ]
    return min([acknowledged.get(WHOLE, 0), *lost])


class _Sender:
    """Produces events into their partitions, skipping what a partition's tail shows to be there. `sent`: last position by partition."""

    def __init__(self, bootstrap: str, topic: Topic, tails: Mapping[int, int]) -> None:
        self.topic = topic
        self.sent = {partition: tails.get(partition, 0) for partition in range(topic.partitions)}
        self._producer = Producer(
            {"bootstrap.servers": bootstrap, "client.id": topic.name, "error_cb": _log_trouble, "logger": log, **PRODUCER}
        )
        self._failure: Any = None

    async def send(self, events: Sequence[Recorded]) -> None:
        """Every event is in its partition, acknowledged. Raises KafkaException when the broker refused one for good."""
        for event in events:
            partition = partition_of(event.meta.key, self.topic.partitions)
            if event.meta.position > self.sent[partition]:
                self._produce(event, partition)
        while await asyncio.to_thread(self._producer.flush, 0.5):
            self._check()
        self._check()

    def close(self) -> None:
        """What was not sent yet is forgotten: the next relay sends it."""
        self._producer.purge()

    def _produce(self, event: Recorded, partition: int) -> None:
        message = to_message(event, self.sent[partition])
        self._producer.produce(
            self.topic.name, message.value, message.key, partition=partition, headers=message.headers, on_delivery=self._delivered
        )
        self.sent[partition] = event.meta.position

    def _delivered(self, error: Any, _message: Any) -> None:
        if error is not None:
            self._failure = self._failure or error

    def _check(self) -> None:
        if self._failure is not None:
            raise KafkaException(self._failure)


def _log_trouble(error: Any) -> None:
    log.warning("producer: %s", error)
