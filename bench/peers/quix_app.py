"""Quix Streams with a batching sink that writes the rows when a checkpoint is made, each 2,000 messages."""

from __future__ import annotations

import psycopg
from quixstreams import Application
from quixstreams.sinks.base import BatchingSink, SinkBatch

from bench.peers.topic_rows import BATCH, ROWS, UPSERT, Meter, TopicJob, added, topic_job


class Rows(BatchingSink):
    """The sink: one transaction a batch."""

    def __init__(self, connection: psycopg.Connection, meter: Meter) -> None:
        super().__init__()
        self._connection, self._meter = connection, meter

    def write(self, batch: SinkBatch) -> None:
        items = list(batch)
        self._connection.execute(UPSERT, added((dict(one.headers)["ce_type"], one.value) for one in items))
        self._meter.committed(len(items))


def main(told: TopicJob) -> None:
    meter = Meter(told.count)
    with psycopg.connect(told.dsn, autocommit=True) as connection:
        connection.execute(ROWS)
        app = Application(
            broker_address=told.bootstrap, consumer_group=told.folder.name, auto_offset_reset="earliest", commit_every=BATCH,
            auto_create_topics=False, loglevel="ERROR", state_dir=told.folder / "state",
        )  # fmt: skip
        topic = app.topic(told.topic, key_deserializer="bytes", value_deserializer="bytes")
        app.dataframe(topic).sink(Rows(connection, meter))
        app.run(count=told.count, collect=False)
    meter.write(told.log)


if __name__ == "__main__":
    main(topic_job())
