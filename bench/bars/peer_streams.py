"""Peers that read the topic: each folds the same messages into rows; the checker compares them with the plain fold."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import asyncpg

from bench.bars.peers import Run, ended, run_script
from bench.bars.pipeline import Filled, filled
from bench.bars.streams import topic_events
from bench.checker import Row, check_rows
from bench.ground import Ground
from bench.peers_java import program
from bench.results import Figure


def rows_by(script: str) -> Run:
    """The topic into the table `rows` by a peer's script."""

    async def run(ground: Ground) -> Figure:
        full, place = await filled(ground, topic_events(ground)), ground.fresh_folder()
        async with ground.database() as dsn:
            log = place / "log.json"
            job = {
                "bootstrap": ground.bootstrap,
                "topic": full.topic,
                "count": full.count,
                "dsn": dsn,
                "log": str(log),
                "folder": str(place),
            }
            await run_script(ground, script, job, place)
            connection = await asyncpg.connect(dsn)
            rows = {
                row["case_id"]: Row(row["events"], row["paid_fen"], row["closed"]) for row in await connection.fetch("select * from rows")
            }
            await connection.close()
        return _figure(json.loads(log.read_text()), rows, full)

    return run


def _figure(told: dict[str, Any], rows: dict[str, Row], full: Filled) -> Figure:
    return Figure(float(told["rate"]), wrong=check_rows(rows, full.rows))


async def kafka_streams(ground: Ground) -> Figure:
    """The same fold in Kafka Streams."""
    full, place = await filled(ground, topic_events(ground)), ground.fresh_folder()
    argv = await asyncio.to_thread(program, ground.peers.root)
    log = place / "log.json"
    await ended([*argv, ground.bootstrap, full.topic, str(full.count), str(log), f"{full.installation}-{place.name}", str(place)], place)
    told = json.loads(log.read_text())
    rows = {case: _row(text) for case, text in told["rows"].items()}
    return _figure(told, rows, full)


def _row(text: str) -> Row:
    events, fen, closed = text.split(",")
    return Row(int(events), int(fen), closed == "true")
