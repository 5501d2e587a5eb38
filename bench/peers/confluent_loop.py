"""A plain loop with confluent-kafka: 2,000 messages, one transaction with the rows and the offsets read."""

from __future__ import annotations

from typing import Any

import psycopg
from confluent_kafka import Consumer

from bench.peers.topic_rows import BATCH, ROWS, UPSERT, Meter, TopicJob, added, topic_job

OFFSETS = "create table offsets (partition int primary key, next_offset bigint not null)"
MOVE = "insert into offsets values (%s, %s) on conflict (partition) do update set next_offset = excluded.next_offset"


def main(told: TopicJob) -> None:
    settings = {
        "bootstrap.servers": told.bootstrap,
        "group.id": told.folder.name,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
    consumer, meter = Consumer(settings), Meter(told.count)
    consumer.subscribe([told.topic])
    with psycopg.connect(told.dsn, autocommit=True) as connection:
        connection.execute(ROWS)
        connection.execute(OFFSETS)
        done = False
        while not done:
            messages: list[Any] = consumer.consume(BATCH, 0.1)
            if messages:
                with connection.transaction(), connection.pipeline():
                    connection.execute(UPSERT, added((dict(one.headers())["ce_type"], one.value()) for one in messages))
                    for partition, offset in {one.partition(): one.offset() + 1 for one in messages}.items():
                        connection.execute(MOVE, (partition, offset))
                done = meter.committed(len(messages))
    meter.write(told.log)
    consumer.close()


if __name__ == "__main__":
    main(topic_job())
