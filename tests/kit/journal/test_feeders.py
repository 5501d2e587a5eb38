"""Two feeders that make one row at the same moment: the second is sent back and then refused, never mixed in."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from kit.errors import Retry
from kit.journal import sets
from kit.journal.folding import fold
from kit.streams.chain import Fact, understood
from tests.kit.journal.filling import Filler
from tests.kit.journal.living import rows
from tests.kit.journal.toy_views import totals
from tests.kit.streams.places import Place

pytestmark = pytest.mark.real


async def test_a_row_made_by_another_feeder_in_between_is_not_overwritten(place: Place, pool: asyncpg.Pool) -> None:
    """Ruling 3 of the design, while neither transaction sees the other's row yet."""
    view = totals()
    await sets.prepare(pool, [view])
    filler = Filler(place, pool, [view])
    first, second = (Fact(event, understood(event)) for event in (filler.add(1, "k", 1, key="a"), filler.add(2, "k", 50, key="b")))

    async def fold_second() -> None:
        async with pool.acquire() as connection, connection.transaction():
            (target,) = await sets.live(connection, [view])
            await fold(connection, target, [second])

    async with pool.acquire() as connection:
        (target,) = await sets.live(connection, [view])
        transaction = connection.transaction()
        await transaction.start()
        assert await fold(connection, target, [first]) == {}
        late = asyncio.ensure_future(fold_second())
        await asyncio.wait({late}, timeout=0.2)
        assert not late.done(), "it was to wait for the first"
        await transaction.commit()
    with pytest.raises(Retry):
        await late
    assert (await rows(pool))["k"]["total"] == 1
    async with pool.acquire() as connection:
        failed = await fold(connection, target, [second])
    assert [reason for _, reason in failed.values()] == ["totals: the row is fed by another topic and key"]
