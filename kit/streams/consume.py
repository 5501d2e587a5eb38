"""A consumer at work: Faust brings it whole fetches, and what lag is told from is noted beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Protocol

import asyncpg

from kit.streams import checkpoint, gauges
from kit.streams.faust_fetch import FetchApp, Handle, LoadOffsets
from kit.streams.race import race

NOTE_ENDS_S = 2.0


class Consuming(Protocol):
    """Something that applies what topics bring and keeps its checkpoints: an `Intake`, or what folds telemetry."""

    pool: asyncpg.Pool
    consumer: str
    bootstrap: str

    @property
    def load_offsets(self) -> LoadOffsets: ...

    @property
    def handle(self) -> Handle: ...


async def consume(intake: Consuming, stop: asyncio.Event, topics: Iterable[str], group: str, **settings: Any) -> None:
    """Until `stop`. settings: as a `FetchApp` takes them. Raises ConsumerFailed: the process ends and begins again from the checkpoints."""
    app = FetchApp(intake.bootstrap, group, topics, intake.load_offsets, intake.handle, **settings)
    await race(app.serve(stop), _note_ends(intake, app))


async def _note_ends(intake: Consuming, app: FetchApp) -> None:
    """Where the topics end, for the status, and the gauges."""
    while True:
        await asyncio.sleep(NOTE_ENDS_S)
        if ends := app.ends():
            await checkpoint.note_ends(intake.pool, intake.consumer, ends)
        await gauges.tell(intake.pool, intake.consumer)
