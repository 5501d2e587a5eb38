"""A limit, not a store: COPY of a hundred rows in a transaction of its own, four callers, no version asked for, no key."""

from __future__ import annotations

import json
import time
from asyncio import gather
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import uvloop

from bench.driving import Driven
from bench.peers.protocol import Job, job
from bench.peers.tables import EVENTS
from bench.workload import Past, hundreds

COLUMNS = ("id", "stream", "version", "type", "data", "recorded_at")


async def main(told: Job) -> None:
    waiting, driven = iter(list(hundreds(told.options["appends"]))), Driven()
    async with asyncpg.create_pool(told.dsn, min_size=told.callers, max_size=told.callers) as pool:
        await pool.execute(EVENTS)

        async def caller() -> None:
            async with pool.acquire() as connection:
                for past in waiting:
                    rows = [(uuid4(), *row(one)) for one in past]
                    began = time.perf_counter()
                    await connection.copy_records_to_table("events", records=rows, columns=COLUMNS)
                    driven.latencies.append(time.perf_counter() - began)
                    driven.log.acknowledged[past[0].case] = [str(one[0]) for one in rows]

        began = time.perf_counter()
        await gather(*(caller() for _ in range(told.callers)))
        driven.took = time.perf_counter() - began
        stored = await pool.fetch("select position, stream, version, id::text from events order by position")
    told.done(driven, [tuple(one) for one in stored])


def row(past: Past) -> tuple[str, int, str, str, datetime]:
    body = {"case_id": past.case, "household_id": past.household, "details": past.details}
    return f"case/{past.case}", past.version, past.kind, json.dumps(body), datetime.now(UTC)


if __name__ == "__main__":
    uvloop.run(main(job()))
