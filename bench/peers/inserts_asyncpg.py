"""The floor of effort: one transaction a command that reads the stream's head and inserts its events, by asyncpg on eight connections."""

from __future__ import annotations

from itertools import islice
from typing import Any
from uuid import uuid4

import asyncpg
import uvloop

from bench.driving import Given, StaleVersion, drive
from bench.peers.protocol import Job, job
from bench.peers.tables import EVENTS, HEAD_NUMBERED, INSERT_NUMBERED, rows_of
from bench.workload import Op

TRIES = 50


async def main(told: Job) -> None:
    opened, ops = told.ops(repeats=False)
    async with asyncpg.create_pool(told.dsn, min_size=told.callers, max_size=told.callers) as pool:
        await pool.execute(EVENTS)
        for first in range(0, len(opened), 1_000):
            await pool.executemany(
                INSERT_NUMBERED, [(str(uuid4()), *row) for op in islice(opened, first, first + 1_000) for row in rows_of(op, 0)]
            )

        async def give(op: Op, expected: int | None) -> Given:
            async with pool.acquire() as connection:
                for _ in range(TRIES):
                    try:
                        return await _append(connection, op, expected)
                    except asyncpg.UniqueViolationError:
                        if expected is not None:
                            raise StaleVersion from None
            raise RuntimeError(f"{op.case}: others came first {TRIES} times")

        driven = await drive(give, ops, callers=told.callers, seconds=told.seconds, warm_s=told.warm_s)
        stored = await pool.fetch("select position, stream, version, id::text from events order by position")
    told.done(driven, [tuple(row) for row in stored])


async def _append(connection: Any, op: Op, expected: int | None) -> Given:
    async with connection.transaction():
        head = expected if expected is not None else await connection.fetchval(HEAD_NUMBERED, f"case/{op.case}")
        rows = [(str(uuid4()), *row) for row in rows_of(op, head)]
        await connection.executemany(INSERT_NUMBERED, rows)
    return Given([row[0] for row in rows], head + len(rows))


if __name__ == "__main__":
    uvloop.run(main(job()))
