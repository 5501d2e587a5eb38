"""Where a test of the real thing runs: its own database, its own installation name, and so its own topics."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient
from sqlalchemy import MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from contracts.envelope import Recorded
from kit.streams.codec import from_message
from kit.streams.topics import Topic, ensure_topics


def fresh_name() -> str:
    return f"t{uuid.uuid4().hex[:10]}"


@dataclass(frozen=True)
class Place:
    dsn: str
    bootstrap: str
    installation: str = field(default_factory=fresh_name)

    async def topic(self, service: str = "toy", partitions: int = 4) -> Topic:
        """The service's topic, made if need be."""
        return (await ensure_topics(self.bootstrap, self.installation, [service], partitions))[f"{self.installation}.{service}.events"]

    def source(self, service: str = "toy") -> str:
        return f"/minsheng/{self.installation}/{service}"


@asynccontextmanager
async def fresh_database(installation: Any) -> AsyncIterator[str]:
    name = fresh_name()
    admin = await asyncpg.connect(installation.postgres_dsn("postgres"))
    await admin.execute(f'create database "{name}"')
    try:
        yield installation.postgres_dsn(name)
    finally:
        await admin.execute(f'drop database "{name}" with (force)')
        await admin.close()


async def create_tables(dsn: str, metadata: MetaData) -> None:
    """All tables and indexes of a description."""
    connection = await asyncpg.connect(dsn)
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in metadata.sorted_tables:
        await connection.execute(str(CreateTable(table, if_not_exists=True).compile(dialect=dialect)))
        for index in table.indexes:
            await connection.execute(str(CreateIndex(index, if_not_exists=True).compile(dialect=dialect)))
    await connection.close()


def messages(bootstrap: str, topic: Topic) -> dict[int, list[tuple[Recorded, int]]]:
    """Everything a topic holds, by partition in order: (event, previous position)."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": fresh_name(), "enable.auto.commit": False})
    places = [TopicPartition(topic.name, partition, 0) for partition in range(topic.partitions)]
    ends = {place.partition: consumer.get_watermark_offsets(place, timeout=10)[1] for place in places}
    consumer.assign(places)
    found: dict[int, list[tuple[Recorded, int]]] = {partition: [] for partition in ends}
    while any(len(found[partition]) < end for partition, end in ends.items()):
        for message in consumer.consume(5_000, 0.1):
            assert not message.error(), message.error()
            partition: Any = message.partition()
            headers: Any = message.headers()
            received = from_message(partition, message.key(), message.value(), headers)
            found[partition].append((received.recorded, received.previous))
    consumer.close()
    return found


def without_repeats(partition: Iterable[tuple[Recorded, int]]) -> list[int]:
    """Positions as a consumer applies them: older ones are dropped. Fails at a hole or a reorder."""
    applied = [0]
    for event, previous in partition:
        if event.meta.position > applied[-1]:
            assert previous == applied[-1], f"hole: {previous} after {applied[-1]}"
            applied.append(event.meta.position)
    return applied[1:]


async def delete_topic(bootstrap: str, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap})  # kept until the answer: its end would end the call
    for future in admin.delete_topics([topic]).values():
        await asyncio.wrap_future(future)
