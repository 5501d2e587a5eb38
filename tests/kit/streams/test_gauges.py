"""A consumer's gauges: how far it is, and what waits for an operator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from opentelemetry.sdk.resources import Resource

from kit.migrate import migrate
from kit.streams import checkpoint, gauges, parking
from kit.streams.chain import Parking
from kit.telemetry import metrics
from tests.kit.streams.places import Place

pytestmark = pytest.mark.real
TOPIC = "yantian.relief.events"


@pytest.fixture
async def pool(place: Place) -> AsyncIterator[asyncpg.Pool]:
    """The reader's tables, and metrics from zero."""
    await migrate(place.dsn, ["reader"])
    end = metrics.install("linkage", "worker", Resource.create({}))
    async with asyncpg.create_pool(place.dsn, min_size=1, max_size=2) as pool:
        yield pool
    end()


def parked(consumer: str) -> str | None:
    return shown("minsheng_parked", consumer)


def shown(name: str, consumer: str) -> str | None:
    """The gauge's value for a consumer."""
    found = [line.split()[-1] for line in metrics.render().splitlines() if line.startswith(name + "{") and f'consumer="{consumer}"' in line]
    return found[0] if found else None


def failure(position: int) -> Parking:
    return Parking(TOPIC, 0, "household-1", position, position, None, "parked", "a test", (None, None, []))


async def test_what_is_parked_shows_for_consumer_and_views_and_goes_back_to_nought(pool: asyncpg.Pool) -> None:
    """Also what only a view could not fold; a settled message shows as 0, so that an alarm ends."""
    await checkpoint.begin(pool, "journal", {(TOPIC, 0): "an-id"})
    await gauges.tell(pool, "journal")
    assert (parked("journal"), parked("view/given")) == ("0", None)
    await parking.park(pool, "journal", [failure(1), failure(2)])
    await parking.park(pool, "view/given", [failure(3)], set_id=None)
    await gauges.tell(pool, "journal")
    assert (parked("journal"), parked("view/given")) == ("2", "1")
    for one in await parking.parked(pool):
        await parking.settle(pool, one.id, "skipped", "operator-1", "known")
    await gauges.tell(pool, "journal")
    assert (parked("journal"), parked("view/given")) == ("0", "0")


async def test_position_and_lag_are_those_of_the_checkpoint(pool: asyncpg.Pool) -> None:
    """Lag: messages between the next offset and the end that was seen."""
    place = (TOPIC, 0)
    (mark,) = (await checkpoint.begin(pool, "journal", {place: "an-id"})).values()
    await checkpoint.advance(pool, "journal", [checkpoint.Mark(*place, mark.topic_id, 40, 41, None)])
    await checkpoint.note_ends(pool, "journal", {place: 47})
    await gauges.tell(pool, "journal")
    names = ("minsheng_consumer_position", "minsheng_consumer_lag_events")
    assert [shown(name, "journal") for name in names] == ["41", "7"]


async def test_noting_the_ends_waits_its_turn_behind_who_applies(pool: asyncpg.Pool) -> None:
    """It locks places in the order of those who apply; in any other the two would wait for each other, and a worker would end."""
    ends = {(TOPIC, number): 1 for number in reversed(range(8))}
    for later in (range(1, 8), range(1)):  # the row of the first place lies behind the others
        await checkpoint.begin(pool, "journal", {(TOPIC, number): "an-id" for number in later})
    async with pool.acquire() as applying, applying.transaction():
        await checkpoint.lock(applying, "journal", [(TOPIC, 0)])
        noting = asyncio.create_task(checkpoint.note_ends(pool, "journal", ends))
        await asyncio.sleep(0.2)
        assert not noting.done()
        await checkpoint.lock(applying, "journal", [(TOPIC, number) for number in range(8)])
    await noting
