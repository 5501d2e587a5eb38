"""Rebuilding beside live: equal digests or accepted differences, one moment of switching, nothing changed by a failure."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from kit.journal import sets
from kit.journal.follower import Follower
from kit.journal.reading import Views
from kit.journal.rebuild import NotAccepted, Progress, abandon, build_new, rebuild
from tests.kit.journal.filling import Filler, copy_in
from tests.kit.journal.living import rows
from tests.kit.journal.toy_views import Total, totals
from tests.kit.streams.places import Place
from tests.kit.streams.toy import additions

pytestmark = pytest.mark.real


@pytest.fixture
async def filler(place: Place, pool: asyncpg.Pool) -> Filler:
    """A journal with the view `totals` and 400 additions to 20 counters."""
    filler = Filler(place, pool, [totals()])
    assert await sets.prepare(pool, [totals()]) == []
    await filler.begin()
    await filler.send(additions(400, 20))
    return filler


async def live_set(pool: asyncpg.Pool) -> int:
    set_id: int = await pool.fetchval("select id from view_set where view = 'totals' and state = 'live'")
    return set_id


async def test_the_same_version_gives_the_same_digest_and_is_switched_in(pool: asyncpg.Pool, filler: Filler) -> None:
    """Ruling 11 of the design: same fold, same events, equal count and hash; readers get the new set."""
    before, told = await live_set(pool), list[Progress]()
    comparison = await rebuild(pool, totals(), told=told.append, batch=50)
    assert comparison.equal
    assert await live_set(pool) != before
    assert all(row["total"] == 20 for row in (await rows(pool)).values())
    assert told[-1].done == told[-1].total == 400
    await filler.send(additions(20, 20, first=401))
    assert all(row["total"] == 21 for row in (await rows(pool)).values())
    assert (await rebuild(pool, totals())).equal


async def test_the_same_version_with_other_rows_is_refused(pool: asyncpg.Pool, filler: Filler) -> None:
    """Ruling 11 of the design: a fold that changed without a new version, or a damaged live table, is seen before anything is switched."""
    before = await live_set(pool)
    changed = totals(evolve=doubling)
    with pytest.raises(NotAccepted) as refused:
        await rebuild(pool, changed)
    assert refused.value.same_version
    assert refused.value.comparison.changed == 20
    assert await live_set(pool) == before
    assert all(row["total"] == 20 for row in (await rows(pool)).values())
    await abandon(pool, changed)
    assert await pool.fetchval("select count(*) from view_set") == 1


def doubling(row: Total | None, event: Any, meta: Any) -> Total | None:
    folded = totals().evolve(row, event, meta)
    return folded and replace(folded, total=(row.total if row else 0) + 2 * event.amount)


async def test_another_version_shows_its_differences_and_needs_to_be_accepted(pool: asyncpg.Pool, filler: Filler) -> None:
    """Ruling 11 of the design: most rebuilds run because the fold changed."""
    newer = totals(version=2, evolve=doubling)
    with pytest.raises(NotAccepted) as refused:
        await rebuild(pool, newer)
    comparison = refused.value.comparison
    assert (comparison.changed, comparison.only_live, comparison.only_new) == (20, 0, 0)
    first = comparison.samples[0]
    assert first.before is not None
    assert first.after is not None
    assert (first.key, first.before["total"], first.after["total"]) == ("k0", 20, 40)
    await rebuild(pool, newer, accept=True)
    assert all(row["total"] == 40 for row in (await rows(pool)).values())


async def test_after_the_switch_an_old_program_waits(pool: asyncpg.Pool, filler: Filler) -> None:
    """Release: rebuild with the new image, switch, roll workers. What still runs the old fold applies nothing."""
    await rebuild(pool, totals(version=2, evolve=doubling), accept=True)
    stuck = await filler.send(additions(20, 20, first=401))
    assert len(stuck) == 4
    assert await pool.fetchval("select count(*) from journal") == 400


async def test_a_rebuild_that_fails_changes_nothing_and_goes_on_where_it_was(
    pool: asyncpg.Pool, filler: Filler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in the middle: live is untouched; the next rebuild does not begin from the first event."""
    before, calls = await live_set(pool), 0

    def tells(progress: Progress) -> None:
        nonlocal calls
        calls += 1
        if progress.done > 150:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await rebuild(pool, totals(), told=tells, batch=20)
    assert await live_set(pool) == before
    told = list[Progress]()
    assert (await rebuild(pool, totals(), told=told.append, batch=20)).equal
    assert told[-1].total < 400


async def test_a_rebuild_under_load_gives_equal_digests_and_readers_never_see_less(
    pool: asyncpg.Pool, place: Place, filler: Filler
) -> None:
    """Ruling 11 of the design, T: switch under load; what a reader sees never goes back and is never half."""
    least, reads = 0, 0

    async def write() -> None:
        for first in range(401, 4401, 100):
            await filler.send(additions(100, 20, first=first))

    async def read(writing: asyncio.Future[None]) -> None:
        nonlocal least, reads
        async with Views(pool, place.dsn, place.installation) as views:
            while not writing.done():
                shown = await views.rows(totals())
                assert len(shown) == 20
                total = sum(row.total for row in shown)
                assert total >= least
                least, reads = total, reads + 1

    before = await live_set(pool)
    writing = asyncio.ensure_future(write())
    reading = asyncio.ensure_future(read(writing))
    switches = 0
    while not writing.done():
        assert (await rebuild(pool, totals(), batch=200)).equal
        switches += 1
    await writing
    await reading
    assert (switches > 1, reads > 10) == (True, True)
    assert await live_set(pool) > before
    assert all(row["total"] == 220 for row in (await rows(pool)).values())


async def test_a_new_view_is_built_from_the_journal(pool: asyncpg.Pool, filler: Filler) -> None:
    """Without Kafka; one whose tables are of another version is left to an explicit rebuild."""
    assert [view.name for view in await build_new(pool, [totals(version=2), totals(name="second")])] == ["totals"]
    assert all(row["total"] == 20 for row in (await rows(pool, "second")).values())


async def test_a_view_that_follows_catches_up_and_is_rebuilt_like_any_other(place: Place, pool: asyncpg.Pool, filler: Filler) -> None:
    """Behind the journal, in its own transactions, exactly once."""
    behind = totals(name="behind", follows=True)
    assert await build_new(pool, [behind]) == []
    follower = Follower(pool, place.dsn, [behind])
    await filler.send(additions(100, 20, first=401))
    await asyncio.gather(follower.catch_up(), Follower(pool, place.dsn, [behind]).catch_up())
    assert all(row["total"] == 25 for row in (await rows(pool, "behind")).values())
    await filler.send(additions(100, 20, first=501))
    assert (await rebuild(pool, behind)).equal
    assert all(row["total"] == 30 for row in (await rows(pool, "behind")).values())


@pytest.fixture
async def large(place: Place, pool: asyncpg.Pool) -> int:
    """A journal of 30,000 events that no view has folded yet."""
    filler = Filler(place, pool, [])
    await filler.begin()
    await copy_in(pool, filler, list(additions(30_000, 3_000)))
    return 30_000


async def test_a_rebuild_tells_how_far_it_is(pool: asyncpg.Pool, large: int) -> None:
    """A million events must take less than a minute on two cores; the pace of this small one says whether that still holds."""
    told = list[Progress]()
    await rebuild(pool, totals(), told=told.append)
    assert told[-1].done == large
    assert told[0].seconds_left is not None
    assert told[-1].seconds / large * 1_000_000 < 120  # twice the goal: the machine is shared
