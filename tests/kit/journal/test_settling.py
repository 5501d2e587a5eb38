"""Parked messages: seen, tried again, stepped over with a reason; what waits behind follows in order; rebuilds agree."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from kit.journal import sets
from kit.journal.follower import Follower
from kit.journal.rebuild import rebuild
from kit.journal.settling import Settling
from kit.streams import parking
from tests.kit.journal.filling import Filler
from tests.kit.journal.living import rows
from tests.kit.journal.toy_views import totals
from tests.kit.streams.places import Place
from tests.kit.streams.toy import additions

pytestmark = pytest.mark.real
FOLLOWING = totals(name="behind", follows=True)
broken_amounts: set[int] = set()


def fragile(row: Any, event: Any, meta: Any) -> Any:
    """A fold with a fault that can be mended."""
    if event.amount in broken_amounts:
        raise KeyError(event.amount)
    return totals().evolve(row, event, meta)


FRAGILE = totals(name="fragile", evolve=fragile)


@pytest.fixture
async def filler(place: Place, pool: asyncpg.Pool) -> Filler:
    views = [totals(), FOLLOWING, FRAGILE]
    broken_amounts.clear()
    await sets.prepare(pool, views)
    filler = Filler(place, pool, views)
    await filler.begin()
    return filler


async def one_parked(pool: asyncpg.Pool) -> parking.ParkedMessage:
    return next(one for one in await parking.parked(pool) if one.state == "parked")


async def test_a_skipped_message_is_gone_and_those_behind_it_are_applied(place: Place, pool: asyncpg.Pool, filler: Filler) -> None:
    """Ruling 21 of the design: stepped over by whom and why; rebuilds and followers agree with live, though they passed that place long ago."""
    await filler.send(
        [filler.add(1, "a"), filler.add(2, "a", 10), filler.add(3, "b"), filler.add(4, "a", 100), filler.add(5, "a", 1000)], broken=[2]
    )
    follower = Follower(pool, place.dsn, [FOLLOWING])
    await follower.catch_up()
    settling = Settling(filler.journal)
    assert await settling.retry((await one_parked(pool)).id, "operator") == 0
    assert await settling.skip((await one_parked(pool)).id, "operator", "sent twice") == 2
    for name in ("totals", "behind"):
        assert (await rows(pool, name))["a"]["total"] == 1101
    assert await parking.parked(pool) == []
    settled = {one.position: (one.state, one.settled_by, one.settled_why) for one in await parking.parked(pool, settled=True)}
    assert settled[2] == ("skipped", "operator", "sent twice")
    await filler.send([filler.add(6, "a", 10_000)])
    await follower.catch_up()
    for view in (totals(), FOLLOWING):
        assert (await rebuild(pool, view)).equal
        assert (await rows(pool, view.name))["a"]["total"] == 11_101


async def test_only_the_first_of_a_key_can_be_skipped(pool: asyncpg.Pool, filler: Filler) -> None:
    """Order within a key is kept, also by operators."""
    await filler.send([filler.add(1, "a"), filler.add(2, "a")], broken=[1])
    second = (await parking.parked(pool))[1]
    with pytest.raises(ValueError, match="stands before"):
        await Settling(filler.journal).skip(second.id, "operator", "why")
    with pytest.raises(LookupError):
        await Settling(filler.journal).retry(4711, "operator")


async def test_a_message_can_be_looked_at_as_it_came(pool: asyncpg.Pool, filler: Filler) -> None:
    """The bytes are kept for the operator; the list shows only why."""
    await filler.send([filler.add(1, "a")], broken=[1])
    (listed,) = await parking.parked(pool)
    shown = await parking.show(pool, listed.id)
    assert shown is not None
    assert (shown[0].reason, shown[1].value, shown[1].key) == ("the value is not JSON", b"broken", b"counter/a")


async def test_a_mended_fold_takes_up_a_view_where_it_stopped(pool: asyncpg.Pool, filler: Filler) -> None:
    """Retry folds the key's events from the journal, in order, also those that came meanwhile."""
    broken_amounts.add(13)
    await filler.send([filler.add(1, "a"), filler.add(2, "a", 13), filler.add(3, "a", 100), filler.add(4, "b")])
    assert (await rows(pool, "fragile"))["a"]["total"] == 1
    settling = Settling(filler.journal)
    parked = await one_parked(pool)
    assert await settling.retry(parked.id, "operator") == 0
    assert (await one_parked(pool)).id == parked.id
    broken_amounts.clear()
    assert await settling.retry(parked.id, "operator") == 2
    assert (await rows(pool, "fragile"))["a"]["total"] == 114
    assert await parking.parked(pool) == []
    assert (await rebuild(pool, FRAGILE)).equal


async def test_a_view_steps_over_what_it_cannot_fold_and_so_does_its_rebuild(pool: asyncpg.Pool, filler: Filler) -> None:
    """Ruling 21 of the design: rebuilds honour stored skips; a later failure of the key parks again from there."""
    broken_amounts.update({13, 14})
    await filler.send(filler.add(n, "a", amount) for n, amount in enumerate([1, 13, 100, 14, 1000], start=1))
    settling = Settling(filler.journal)
    assert await settling.skip((await one_parked(pool)).id, "operator", "wrong amount") == 1
    second = await one_parked(pool)
    assert second.position == 4
    assert (await rows(pool, "fragile"))["a"]["total"] == 101
    assert await settling.skip(second.id, "operator", "wrong amount") == 1
    assert (await rebuild(pool, FRAGILE)).equal
    assert (await rows(pool, "fragile"))["a"]["total"] == 1101


async def test_retrying_under_load_keeps_the_order(pool: asyncpg.Pool, filler: Filler) -> None:
    """Ruling 21 of the design, T: retry and live hold the same checkpoint lock; nothing of the key passes in between, nothing is applied twice."""
    await filler.send([filler.add(1, "k0")], broken=[1])

    async def live() -> None:
        for first in range(2, 1002, 20):
            await filler.send(additions(20, 4, first=first))

    async def operate() -> None:
        one = await one_parked(pool)
        await asyncio.sleep(0.05)
        await Settling(filler.journal).skip(one.id, "operator", "under load")

    await asyncio.gather(live(), operate())
    assert await parking.parked(pool) == []
    assert {key: row["total"] for key, row in (await rows(pool)).items()} == {f"k{n}": 250 for n in range(4)}
    assert await pool.fetchval("select count(*) from journal") == 1000
