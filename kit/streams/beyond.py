"""Reads what a topic holds beyond a position: the tail that a restored store has lost."""

from __future__ import annotations

from contracts.envelope import Recorded
from kit.streams.replay import TopicReplay
from kit.streams.tails import read_tails


async def read_beyond(bootstrap: str, topic: str, partitions: int, position: int) -> list[Recorded]:
    """Every event of the topic after a position, in commit order, repeats dropped. Raises Hole when the topic itself has lost one."""
    replay = TopicReplay(bootstrap)
    found: list[Recorded] = []
    for partition, tail in (await read_tails(bootstrap, topic, partitions)).items():
        async for events in replay((topic, partition), position, tail.position):
            found += events
    return sorted(found, key=lambda event: event.meta.position)
