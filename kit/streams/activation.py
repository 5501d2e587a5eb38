"""From which position on each reaction speaks: never about the years before it existed.

Written once, when a worker first runs with the reaction: the ends of the topics then, or 0 where the consumer never read anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import asyncpg

from contracts.envelope import Meta
from kit.streams.tails import read_tails
from kit.streams.topics import describe_topics, topic_of_source

LOCK = "select pg_advisory_xact_lock(hashtextextended('reaction_activation', 0))"


class Activation:
    """The activation positions of a consumer's reactions."""

    def __init__(self, pool: asyncpg.Pool, bootstrap: str, consumer: str, reactions: Iterable[str]) -> None:
        self._pool, self._bootstrap, self._consumer = pool, bootstrap, consumer
        self._reactions = sorted(reactions)
        self._from: dict[tuple[str, str, int], int] = {}

    async def settle(self, topics: Iterable[str]) -> None:
        """Every reaction has its position in every partition of the topics; known ones stay."""
        described = await describe_topics(self._bootstrap, topics)
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(LOCK)
            await self._load(connection)
            new = [name for name in self._reactions for topic in described if (name, topic, 0) not in self._from]
            if new:
                await self._activate(connection, {name: topic.partitions for name, topic in described.items()})
                await self._load(connection)

    def speaks(self, reaction: str, meta: Meta) -> bool:
        """Whether the event comes after the reaction's activation."""
        return meta.position > self._from[reaction, topic_of_source(meta.source), meta.partition]

    def any_speaks(self, meta: Meta) -> bool:
        """Whether the event comes after the activation of any reaction."""
        return any(self.speaks(reaction, meta) for reaction in self._reactions)

    async def _load(self, connection: Any) -> None:
        rows = await connection.fetch(
            "select reaction, topic, partition, position from reaction_activation where reaction = any($1)", self._reactions
        )
        self._from = {(row["reaction"], row["topic"], row["partition"]): row["position"] for row in rows}

    async def _activate(self, connection: Any, partitions: Mapping[str, int]) -> None:
        fresh = not await connection.fetchval("select exists(select from checkpoint where consumer = $1)", self._consumer)
        for topic, count in partitions.items():
            tails = {} if fresh else await read_tails(self._bootstrap, topic, count)
            await connection.executemany(
                "insert into reaction_activation(reaction, topic, partition, position) values ($1, $2, $3, $4) on conflict do nothing",
                [
                    (reaction, topic, partition, tails[partition].position if partition in tails else 0)
                    for reaction in self._reactions
                    for partition in range(count)
                ],
            )
