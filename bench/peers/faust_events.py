"""Bare Faust: an agent that gets event by event, gathered into batches of its own `take`, rows written by asyncpg."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import asyncpg
import faust

from bench.peers.topic_rows import BATCH, ROWS, UPSERT, Meter, TopicJob, added, topic_job

UPSERT_NUMBERED = UPSERT
for number in range(1, 5):
    UPSERT_NUMBERED = UPSERT_NUMBERED.replace("%s", f"${number}", 1)


async def main(told: TopicJob) -> None:
    logging.disable(logging.WARNING)
    app = faust.App(
        told.folder.name, broker=f"kafka://{told.bootstrap}", datadir=str(told.folder / "faust"), web_enabled=False, autodiscover=False,
        topic_disable_leader=True, topic_allow_declare=False, consumer_auto_offset_reset="earliest", stream_wait_empty=False,
        broker_max_poll_records=BATCH, stream_buffer_maxsize=4_096,
    )  # fmt: skip
    topic = app.topic(told.topic, key_serializer="raw", value_serializer="raw")
    meter, finished = Meter(told.count), asyncio.Event()
    async with asyncpg.create_pool(told.dsn, min_size=1, max_size=2) as pool:
        await pool.execute(ROWS)

        @app.agent(topic)  # type: ignore[misc]
        async def fold(stream: Any) -> None:
            async for events in stream.take_events(BATCH, within=0.05):
                await pool.execute(UPSERT_NUMBERED, *added((event.headers["ce_type"], event.value) for event in events))
                if meter.committed(len(events)):
                    finished.set()

        await app.start()
        await finished.wait()
        meter.write(told.log)
        await app.stop()


if __name__ == "__main__":
    asyncio.run(main(topic_job()))
