"""A reader that follows the log all the time, as the relay does, and writes down each position and event as it sees them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from contracts.envelope import Recorded
from kit.errors import Retry
from kit.store.postgres import PgStore
from kit.streams.race import race
from tests.torture.points import Points
from tests.torture.world import World


def tail_file(world: World) -> Path:
    return world.inside("tail.log")


async def follow(world: World, points: Points, stop: asyncio.Event) -> None:
    """Until `stop`, and then to the end. What it saw is never corrected: an event that appears behind it stays missing."""
    store = await PgStore(world.store, world.source).open()
    with tail_file(world).open("a") as seen:

        async def work() -> None:
            position = max((position for position, _ in what_it_saw(world)), default=0)  # it may have been started again
            async for _ in store.changes():
                while events := await _patiently(store, position):
                    seen.writelines(f"{event.meta.position} {event.meta.id}\n" for event in events)
                    seen.flush()
                    position = events[-1].meta.position

        await race(work(), stop.wait())
    await store.close()


async def _patiently(store: PgStore, position: int) -> list[Recorded]:
    while True:
        try:
            return await store.read(position, 1_000)
        except Retry:
            await asyncio.sleep(0.2)


def what_it_saw(world: World) -> Iterator[tuple[int, str]]:
    """(position, event id) in the order of seeing."""
    with tail_file(world).open() as lines:
        for line in lines:
            position, event = line.split()
            yield int(position), event
