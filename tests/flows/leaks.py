"""Looking for a personal value where it must not be: topics, tables, files, metrics."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
from confluent_kafka import Consumer, TopicPartition

from minsheng.local import Installation

TABLES = """
select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')
"""


def shapes(value: str) -> list[bytes]:
    """A value as it would stand in bytes: as text, escaped in JSON, as hexadecimal digits of a bytea column, in UTF-16."""
    escaped = value.encode("unicode_escape")
    return [value.encode(), escaped, value.encode().hex().encode(), value.encode("utf-16-le")]


def found_in(place: bytes, values: list[str]) -> list[str]:
    """Those of the values that stand in the bytes in any shape."""
    return [value for value in values if any(shape in place for shape in shapes(value))]


def topic_bytes(bootstrap: str) -> Iterator[tuple[str, bytes]]:
    """Every message of every topic: key, value and headers, with its place."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": str(uuid4()), "enable.auto.commit": False})
    try:
        ends = {}
        for name, topic in consumer.list_topics(timeout=10).topics.items():
            for partition in topic.partitions:
                place = TopicPartition(name, partition, 0)
                ends[name, partition] = consumer.get_watermark_offsets(place, timeout=10)[1]
        consumer.assign([TopicPartition(name, partition, 0) for (name, partition), end in ends.items() if end])
        left = {place for place, end in ends.items() if end}
        while left:
            for message in consumer.consume(5_000, 0.2):
                assert not message.error(), message.error()
                place_of = (str(message.topic()), int(message.partition() or 0))
                if (message.offset() or 0) + 1 >= ends[place_of]:
                    left.discard(place_of)
                headers: Any = message.headers()
                told = b"|".join(name.encode() + (value or b"") for name, value in headers or [])
                yield f"{place_of} {message.offset()}", b"|".join((message.key() or b"", message.value() or b"", told))
            left = {place for place in left if _position(consumer, place) < ends[place]}
    finally:
        consumer.close()


def _position(consumer: Consumer, place: tuple[str, int]) -> int:
    """Where the consumer stands; transaction markers are passed without a message."""
    return consumer.position([TopicPartition(*place)])[0].offset


async def table_bytes(installation: Installation) -> AsyncIterator[tuple[str, bytes]]:
    """Every row of every table of every database, as text."""
    async with _connected(installation.postgres_dsn()) as admin:
        databases = [row[0] for row in await admin.fetch("select datname from pg_database where datallowconn")]
    for database in databases:
        async with _connected(installation.postgres_dsn(database)) as connection:
            for (table,) in await connection.fetch(TABLES):
                rows = await connection.fetch(f"select t::text from {table} t")
                yield f"{database} {table}", "\n".join(row[0] for row in rows).encode()


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


NUMBERS_ONLY = {".index", ".timeindex"}
"""Kafka's indexes: offsets and times, 10 MiB each before anything is in them."""


def files(installation: Installation) -> Iterator[tuple[Path, bytes]]:
    """Every file of the installation: logs, the servers' data (which may lie outside of the home), its own state."""
    for root in dict.fromkeys([installation.home.root, Path(installation.state.postgres_folder)]):
        for path in root.rglob("*"):
            if path.is_file() and not path.is_symlink() and path.suffix not in NUMBERS_ONLY:
                with suppress(FileNotFoundError):  # the servers tidy up while we look
                    yield path, path.read_bytes()
