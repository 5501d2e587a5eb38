"""The journal rebuilt from the topic and from the owner: equal or refused, and nothing deleted before it was compared."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
import pytest

from contracts.envelope import Recorded
from kit.journal import sets
from kit.journal.rebuild import Progress
from kit.journal.refill import JournalDiffers, Replay, refill
from kit.journal.settling import Settling
from kit.streams import parking
from kit.streams.replay import FeedReplay, TopicReplay
from tests.kit.journal.living import journaled, journaling, reaches, until
from tests.kit.journal.test_journal import added, here
from tests.kit.journal.toy_views import totals
from tests.kit.streams.places import Place
from tests.kit.streams.producing import Writer
from tests.kit.streams.toy import additions

pytestmark = pytest.mark.real


@pytest.fixture(params=["topic", "feed"])
async def replay(request: pytest.FixtureRequest, place: Place, pool: asyncpg.Pool) -> Replay:
    """A journal of 500 events, one of them skipped and one parked, and a way to have them all again."""
    topic, view = await place.topic(), totals()
    await sets.prepare(pool, [view])
    events = here(place, additions(500, 20))
    skipped, parked = added(place, 501, "k1"), added(place, 503, "k2")
    async with journaling(place, pool, [view], topic) as journal:
        writer = Writer(place.bootstrap, topic)
        writer.send(events)
        writer.send_broken(skipped, b"broken")
        writer.send([behind := added(place, 502, "k1")])
        writer.send_broken(parked, b"broken")
        await until(lambda: _two_parked(pool))
        first = next(one for one in await parking.parked(pool) if one.position == 501)
        await Settling(journal).skip(first.id, "operator", "broken for ever")
        await reaches(pool, 501)
    everything = [*events, skipped, behind, parked]

    async def feed(service: str, after: int, limit: int) -> Sequence[Recorded]:
        return everything[after : after + limit]

    return TopicReplay(place.bootstrap) if request.param == "topic" else FeedReplay(feed, topic.partitions)


async def _two_parked(pool: asyncpg.Pool) -> bool:
    return len([one for one in await parking.parked(pool) if one.state == "parked"]) == 2


async def test_a_refilled_journal_equals_the_old_one(pool: asyncpg.Pool, replay: Replay) -> None:
    """Skips are honoured, what is parked stays out; nothing is left behind."""
    told = list[Progress]()
    assert await refill(pool, replay, told=told.append) == []
    assert told[-1].done == told[-1].total == 501
    assert await journaled(pool) == 501
    assert await pool.fetchval("select to_regclass('journal_building')") is None


async def test_a_damaged_journal_is_seen_and_replaced_when_accepted(pool: asyncpg.Pool, replay: Replay) -> None:
    """Refused first, with the partitions that differ; the journal stays as it is until then."""
    await pool.execute("delete from journal where position between 100 and 110")
    await pool.execute("""update journal set data = '{"counter_id":"k1","amount":9}' where position = 7""")
    with pytest.raises(JournalDiffers) as differs:
        await refill(pool, replay)
    assert sum(one.after - one.before for one in differs.value.unlike) == 11
    assert await journaled(pool) == 490
    await refill(pool, replay, accept=True)
    assert await journaled(pool) == 501
    assert await pool.fetchval("select data->>'amount' from journal where position = 7") == "1"
    assert await refill(pool, replay) == []
