"""Which topic a service's events go to, how many partitions it has, and which of them a key belongs to."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]  # not in its list of exports
from confluent_kafka.cimpl import NewTopic
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from kit.errors import Retry

DEFAULT_PARTITIONS = 4
PATIENCE_S = 10.0
LATEST = OffsetSpec.latest()  # type: ignore[no-untyped-call]
PLAIN_NAME = re.compile(r"^[a-z][a-z0-9-]*$")

# Kept for ever, never compacted: the topic is a replayable copy of the store. The relay's lz4 batches are stored as they come.
TOPIC_CONFIG = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete", "compression.type": "producer"}


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as the broker knows it. `id` changes when it is deleted and made again."""

    name: str
    id: str
    partitions: int


class NoTopic(Retry):
    """The broker has no such topic (it is never created by using it)."""


def topic_of(installation: str, service: str) -> str:
    """`<installation>.<service>.events`. Raises ValueError when either is not a plain lower-case name."""
    for name in (installation, service):
        if not PLAIN_NAME.match(name):
            raise ValueError(f"{name!r} is not a plain lower-case name")
    return f"{installation}.{service}.events"


def own_topic(installation: str, service: str, name: str) -> str:
    """`<installation>.<service>.<name>`: a topic beside that of the events. Raises ValueError as `topic_of` does."""
    if not PLAIN_NAME.match(name):
        raise ValueError(f"{name!r} is not a plain lower-case name")
    return f"{topic_of(installation, service).removesuffix('events')}{name}"


def source_of(topic: str) -> str:
    """The source whose events a topic carries: `/minsheng/<installation>/<service>`."""
    installation, service, _ = topic.split(".")
    return f"/minsheng/{installation}/{service}"


def topic_of_source(source: str) -> str:
    """The topic that carries the events of `/minsheng/<installation>/<service>`."""
    _, _, installation, service = source.split("/")
    return topic_of(installation, service)


def partition_of(key: str, partitions: int) -> int:
    """The partition of a key: CRC-32 of its UTF-8 bytes. Part of the stored truth: changing it breaks the order of a key."""
    return zlib.crc32(key.encode()) % partitions


async def ensure_topics(
    bootstrap: str, installation: str, services: Iterable[str], partitions: int = DEFAULT_PARTITIONS, replication: int = 1
) -> dict[str, Topic]:
    """The services' topics exist with unlimited retention. Returns them by name.

    Raises ValueError when one exists with another number of partitions: a key would change its partition.
    """
    return await ensure(bootstrap, {topic_of(installation, service): TOPIC_CONFIG for service in services}, partitions, replication)


async def ensure(
    bootstrap: str, topics: Mapping[str, Mapping[str, str]], partitions: int = DEFAULT_PARTITIONS, replication: int = 1
) -> dict[str, Topic]:
    """These topics exist, made with these settings if they were not there. Returns them by name. Raises ValueError as `ensure_topics`."""
    admin, names = _admin(bootstrap), list(topics)
    wanted = [NewTopic(name, num_partitions=partitions, replication_factor=replication, config=dict(topics[name])) for name in names]
    for future in admin.create_topics(wanted, request_timeout=30).values():
        await _created(future)
    found = await _described(admin, names)
    wrong = [topic for topic in found.values() if topic.partitions != partitions]
    if wrong:
        raise ValueError(f"topics have another number of partitions than {partitions}: {wrong}")
    return found


async def describe_topics(bootstrap: str, names: Iterable[str]) -> dict[str, Topic]:
    """The topics as the broker knows them now. Raises NoTopic; KafkaException when the broker does not answer within 10 s."""
    return await _described(_admin(bootstrap), list(names))


@retry(retry=retry_if_exception_type(KafkaException), stop=stop_after_delay(PATIENCE_S), wait=wait_fixed(0.1), reraise=True)
async def ends_of(bootstrap: str, topic: Topic) -> dict[int, int]:
    """The offset behind the newest message of each partition, now; a partition that was just made has no leader for a moment.

    Raises KafkaException when the broker does not answer within 10 s.
    """
    asked = {TopicPartition(topic.name, number): LATEST for number in range(topic.partitions)}
    futures: Mapping[TopicPartition, Future[Any]] = _admin(bootstrap).list_offsets(asked, request_timeout=10)
    return {place.partition: (await asyncio.wrap_future(future)).offset for place, future in futures.items()}


@lru_cache(maxsize=8)
def _admin(bootstrap: str) -> AdminClient:
    """One client for the whole process: making and ending one stops the event loop for a moment. It connects again by itself."""
    settings: dict[str, Any] = {"bootstrap.servers": bootstrap, "log_level": 0, "error_cb": _in_the_answers}
    return AdminClient(settings)


def _in_the_answers(_error: object) -> None:
    """A broker that is away is told by the answer to each question."""


async def _created(future: Future[Any]) -> None:
    try:
        await asyncio.wrap_future(future)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise


async def _described(admin: AdminClient, names: list[str]) -> dict[str, Topic]:
    """A topic just created may be unknown to the broker for a moment: asks again until then."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while True:
        try:
            return await _describe_once(admin, names)
        except NoTopic:
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.05)


async def _describe_once(admin: AdminClient, names: list[str]) -> dict[str, Topic]:
    futures: Mapping[str, Future[Any]] = admin.describe_topics(TopicCollection(names), request_timeout=10)
    found = {}
    for name, future in futures.items():
        try:
            told = await asyncio.wrap_future(future)
        except KafkaException as error:
            if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise NoTopic(name) from error
            raise
        found[name] = Topic(name, str(told.topic_id), len(told.partitions))
    return found
