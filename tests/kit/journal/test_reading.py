"""Reading: rows by key and by indexed field, how fresh they are, waiting for a position, history as known at an instant."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import asyncpg
import pytest

from contracts.envelope import Meta
from kit.journal import sets
from kit.journal.columns import as_text, column_types
from kit.journal.follower import Follower
from kit.journal.reading import NoToken, NotYet, Views, parse_token
from kit.view import Row, View
from tests.kit.journal.filling import Filler
from tests.kit.journal.toy_views import counters_of, totals
from tests.kit.streams.places import Place
from tests.kit.streams.toy import EPOCH, CounterId, additions


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Wide(Row, frozen=True):
    """A row with every kind of column."""

    counter_id: CounterId
    size: Size
    names: tuple[str, ...]
    seen_on: date
    seen_at: datetime
    even: bool
    cause: str | None = None


def widen(_row: Wide | None, event: Any, meta: Meta) -> Wide:
    size = Size.LARGE if event.amount > 10 else Size.SMALL
    names = (f"n{event.amount}", 'with "quotes", and \\')
    at = meta.recorded_at
    even = event.amount % 2 == 0
    return Wide(counter_id=event.counter_id, size=size, names=names, seen_on=at.date(), seen_at=at, even=even, cause=meta.causation_id)


wide: View[Wide] = View(
    "wide-rows", row=Wide, key=counters_of, evolve=widen, index=["size", "names", "seen_on", "seen_at", "even", "cause"]
)


def test_columns_come_from_the_row_type() -> None:
    """NewType, enum and optional are seen through; what cannot be a column is refused when the view is made."""
    kinds = column_types(Wide, ["counter_id", *wide.index])
    assert kinds == {
        "counter_id": "text",
        "size": "text",
        "names": "text[]",
        "seen_on": "date",
        "seen_at": "timestamptz",
        "even": "boolean",
        "cause": "text",
    }

    class Odd(Row, frozen=True):
        share: float

    with pytest.raises(TypeError, match="share"):
        column_types(Odd, ["share"])


def test_values_have_postgresqls_text_form() -> None:
    """Arrays are quoted, so that no name can break out of one."""
    assert as_text(None) is None
    assert as_text(Size.LARGE) == "large"
    assert [as_text(value) for value in (True, False)] == ["true", "false"]
    assert as_text(date(2025, 6, 1)) == "2025-06-01"
    assert as_text(("a", 'b"c\\', "")) == '{"a","b\\"c\\\\",""}'


@pytest.mark.parametrize("text", ["", "relief", "relief/1", "relief/1:x", "Relief/1:2", "relief/1:2;drop", "relief/-1:2"])
def test_what_is_no_token_is_refused(text: str) -> None:
    """`service/partition:position[,…]`."""
    with pytest.raises(NoToken):
        parse_token(text)


def test_a_token_names_the_newest_position_of_each_place() -> None:
    """A client may simply join the tokens of all its writes."""
    assert parse_token("relief/1:7, relief/1:5,charity/0:2") == {("relief", 1): 7, ("charity", 0): 2}


@pytest.fixture
async def filler(place: Place, pool: asyncpg.Pool) -> Filler:
    views: list[View[Any]] = [totals(), wide]
    await sets.prepare(pool, views)
    filler = Filler(place, pool, views)
    await filler.begin()
    return filler


@pytest.mark.real
async def test_rows_are_found_by_their_indexed_fields(place: Place, pool: asyncpg.Pool, filler: Filler) -> None:
    """By value, by one of several, by what a list contains, by absence; a field without an index is refused."""
    await filler.send([filler.add(1, "a", 4), filler.add(2, "b", 12), filler.add(3, "c", 13, causation_id="x")])
    async with Views(pool, place.dsn, place.installation) as views:

        async def found(**where: Any) -> list[str]:
            return [row.counter_id for row in await views.rows(wide, **where)]

        assert await found() == ["a", "b", "c"]
        assert await found(size=Size.LARGE) == ["b", "c"]
        assert await found(size=Size.LARGE, even=True) == ["b"]
        assert await found(names="n13") == ["c"]
        assert await found(size=[Size.SMALL]) == ["a"]
        assert await found(size=set(Size), seen_at=[EPOCH + timedelta(seconds=2)]) == ["b"]
        assert await found(names=["n4", "n13"]) == ["a", "c"]
        assert await found(size=[]) == []
        assert await found(cause=None) == ["a", "b"]
        assert await found(seen_on=date(2025, 1, 1)) == ["a", "b", "c"]
        assert await found(seen_at=EPOCH + timedelta(seconds=2)) == ["b"]
        row = await views.get(wide, "a")
        assert row is not None
        assert row.names == ("n4", 'with "quotes", and \\')
        assert await views.get(wide, "nobody") is None
        with pytest.raises(ValueError, match="no index"):
            await views.rows(wide, counter_id="a")


@pytest.mark.real
async def test_rows_are_counted_by_an_indexed_field(place: Place, pool: asyncpg.Pool, filler: Filler) -> None:
    """As many as would be read, of those asked for; nothing of a row that is gone or has no value."""
    await filler.send([filler.add(1, "a", 4), filler.add(2, "b", 12), filler.add(3, "c", 13, causation_id="x")])
    async with Views(pool, place.dsn, place.installation) as views, views.snapshot() as now:
        assert await now.counts(wide, "size") == {"large": 2, "small": 1}
        assert await now.counts(wide, "even", size=Size.LARGE) == {"false": 1, "true": 1}
        assert await now.counts(wide, "cause") == {"x": 1}
        assert await now.counts(wide, "size", cause="nobody") == {}
        with pytest.raises(ValueError, match="no index"):
            await now.counts(wide, "counter_id")
        with pytest.raises(ValueError, match="holds lists"):
            await now.counts(wide, "names")


@pytest.mark.real
async def test_pages_follow_each_other_without_gap_or_repeat(place: Place, pool: asyncpg.Pool, filler: Filler) -> None:
    """A cursor is the last key shown: rows that come meanwhile neither shift nor repeat others."""
    await filler.send(additions(25, 25))
    async with Views(pool, place.dsn, place.installation) as views:
        seen: list[str] = []
        cursor: str | None = None
        while True:
            page = await views.page(totals(), limit=10, cursor=cursor)
            seen += [row.counter_id for row in page.rows]
            cursor = page.cursor
            if cursor is None:
                break
            await filler.send([filler.add(100 + len(seen), "a-late-one")])
    assert seen == sorted(f"k{n}" for n in range(25))


@pytest.mark.real
async def test_an_answer_says_how_fresh_it_is_and_whether_something_is_parked(place: Place, pool: asyncpg.Pool, filler: Filler) -> None:
    """Per partition of each source; incomplete only for whom it concerns."""
    await filler.send([filler.add(1, "a"), filler.add(2, "b")], broken=[2])
    async with Views(pool, place.dsn, place.installation) as views:
        fresh = await views.freshness()
        assert {place.source for place in fresh.places} == {f"/minsheng/{place.installation}/toy"}
        assert max(place.position for place in fresh.places) == 2
        assert max(place.recorded_at or EPOCH for place in fresh.places) == EPOCH + timedelta(seconds=1)
        assert fresh.incomplete
        assert (await views.freshness(["counter/b"])).incomplete
        assert not (await views.freshness(["counter/a"])).incomplete


@pytest.mark.real
async def test_a_reader_waits_for_its_writers_position(place: Place, pool: asyncpg.Pool, filler: Filler) -> None:
    """It is woken by the commit; a view that follows is waited for too."""
    behind = totals(name="behind", follows=True)
    await sets.prepare(pool, [behind])
    event = filler.add(1, "a")
    token = f"toy/{event.meta.partition}:1"
    async with Views(pool, place.dsn, place.installation) as views, Views(pool, place.dsn, place.installation, ["behind"]) as both:
        with pytest.raises(NotYet) as late:
            await views.wait_for(token, 0.1)
        assert late.value.retry_after == 1
        waiting = asyncio.ensure_future(views.wait_for(token, 20))
        await filler.send([event])
        await asyncio.wait_for(waiting, 5)
        with pytest.raises(NotYet):
            await both.wait_for(token, 0.1)
        await Follower(pool, place.dsn, [behind]).catch_up()
        await both.wait_for(token, 5)


@pytest.mark.real
async def test_history_is_sorted_by_when_it_was_recorded_and_ends_where_it_was_known(
    place: Place, pool: asyncpg.Pool, filler: Filler
) -> None:
    """Ruling 18 of the design: `known_at` filters by `recorded_at`; ruling 4 of the design: the order is (recorded_at, source, partition, position)."""
    other = Filler(place, pool, [totals(), wide], service="other")
    await other.begin()
    await filler.send([filler.add(1, "a", key="h"), filler.add(3, "a", key="h"), filler.add(4, "z")])
    await other.send([other.add(2, "b", key="h"), other.add(3, "b", key="h")])
    async with Views(pool, place.dsn, place.installation) as views:
        told = [(event.meta.service, event.meta.position) for event in await views.history(["h"])]
        assert told == [("toy", 1), ("other", 2), ("other", 3), ("toy", 3)]
        known = await views.history(["h"], EPOCH + timedelta(seconds=2))
        assert [(event.meta.service, event.meta.position) for event in known] == [("toy", 1), ("other", 2)]
        one = await views.event(known[0].meta.id)
        assert one == known[0]
