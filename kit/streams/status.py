"""How far a database's consumers are, from their checkpoints."""

from __future__ import annotations

from typing import Any

import asyncpg

CONSUMERS = """
select consumer, topic, partition, position, next_offset, greatest(end_offset - next_offset, 0) as lag_events,
       case when end_offset > next_offset then extract(epoch from clock_timestamp() - recorded_at) else 0 end as lag_seconds,
       (select count(*) from parked p where p.consumer = c.consumer and p.topic = c.topic and p.partition = c.partition
           and p.state in ('parked', 'waiting')) as parked
  from checkpoint c order by consumer, topic, partition
"""


async def consumers(pool: asyncpg.Pool) -> list[dict[str, Any]]:
    """By consumer, topic and partition: position, lag in events and in seconds, parked."""
    rows = await pool.fetch(CONSUMERS)
    return [{**dict(row), "lag_seconds": round(float(row["lag_seconds"] or 0), 3)} for row in rows]
