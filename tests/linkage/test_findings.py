"""The exception board on a real PostgreSQL: what is due is looked at, what is cured goes, a mark set meanwhile is never lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from contracts.envelope import Recorded
from contracts.ids import AssessmentId, Month
from contracts.relief.household import HouseholdAssessed, StatusRecognised
from contracts.terms import Status
from kit.clock import Clock
from kit.identity import Role
from kit.journal import entries
from kit.journal.intake import mark_dirty
from kit.migrate import migrate
from kit.streams.chain import Fact
from kit.testing import policy
from services.linkage.board import Question
from services.linkage.detections.all import SCOPES
from services.linkage.detections.scope import Scopes
from services.linkage.finding_table import FindingBoard, prepare
from services.linkage.findings import PERSON, FindingsRunner, dirty_key, pending
from tests.kit.journal.living import until
from tests.kit.streams.places import fresh_database
from tests.linkage.cases import BILLS, CHILD, FIRST_CASE, HOUSEHOLD, a_need, four_layers, opened, regular, requested
from tests.linkage.memory import MemoryReader
from tests.linkage.points import CANTEEN, POINTS, closed_point, opened_point
from tests.linkage.story import SHATOUJIAO, Story, an_id, at, by_key

pytestmark = pytest.mark.real
BREACH = datetime(2022, 4, 7, 16, 0, tzinfo=UTC)
MICRO = timedelta(microseconds=1)
LATER = datetime(2022, 9, 1, tzinfo=UTC)


class Hands(Clock):
    """A clock that a test sets."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant


class JournalReader(MemoryReader):
    """Rows in memory, the journal in PostgreSQL. `before`: what happens between the reading of a journal and the settling."""

    def __init__(self, story: Story, pool: asyncpg.Pool) -> None:
        super().__init__(story)
        self._pool = pool
        self.before: Any = None

    async def history(self, keys: Sequence[str], known_at: datetime | None = None) -> list[Recorded]:
        found = await entries.history(self._pool, keys, known_at)
        if self.before is not None:
            await self.before()
            self.before = None
        return found


class Board:
    """A journal with its board, in a database of its own."""

    def __init__(self, dsn: str, pool: asyncpg.Pool) -> None:
        self.dsn, self.pool, self.clock, self.written = dsn, pool, Hands(LATER), 0
        self.board = FindingBoard(pool)
        self.story = Story()

    def runner(self, scopes: Scopes = SCOPES) -> FindingsRunner:
        packs, calendar = policy()
        self.reader = JournalReader(self.story, self.pool)
        return FindingsRunner(
            dsn=self.dsn, pool=self.pool, reader=self.reader, packs=packs, calendar=calendar, clock=self.clock, scopes=scopes
        )

    async def hear(self, scopes: Scopes = SCOPES) -> None:
        """What the story told since is in the journal, and the keys that a detection looks at are marked."""
        fresh = [Fact(one, one.event()) for one in self.story.recorded()[self.written :]]
        self.written += len(fresh)
        async with self.pool.acquire() as connection, connection.transaction():
            await entries.write(connection, fresh)
            await mark_dirty(connection, {key for fact in fresh if (key := dirty_key(fact, scopes)) is not None})

    async def settled(self, scopes: Scopes = SCOPES) -> None:
        runner = self.runner(scopes)
        while await runner.look():
            pass


@pytest.fixture
async def board(installation: Any) -> AsyncIterator[Board]:
    async with fresh_database(installation) as dsn:
        await migrate(dsn, ["reader"])
        async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
            await prepare(pool)
            yield Board(dsn, pool)


async def test_a_gap_appears_when_its_limit_is_over_and_goes_when_somebody_is_on_it(board: Board) -> None:
    """3.9: a cured condition disappears by itself, its history stays; nobody has to ask again (ruling 4 of the design)."""
    board.clock.instant = at("2022-04-01", 12)
    opened(board.story).tell(a_need(BILLS, 100_000), on="2022-04-01")
    await board.hear()
    await board.settled()
    assert await board.board.of(HOUSEHOLD) == []
    assert await board.pool.fetchval("select due_at from dirty where key = $1", HOUSEHOLD) == BREACH
    board.clock.instant = BREACH
    assert await pending(board.pool, board.clock) == 1
    await board.settled()
    (found,) = await board.board.page(Question(areas=["440308003"]))
    assert (found.subject, found.since, found.until, found.owner) == (BILLS, BREACH, None, Role.CASEWORKER)
    board.clock.instant = LATER
    board.story.tell(requested(FIRST_CASE, 100_000), on="2022-04-11")
    await board.hear()
    await board.settled()
    assert await board.board.page(Question()) == []
    (over,) = await board.board.page(Question(over=True))
    assert over.until == at("2022-04-11")
    assert await pending(board.pool, board.clock) == 0


async def test_looking_twice_changes_nothing(board: Board) -> None:
    """Ruling 24: findings are recomputed whole; equal bytes whenever they are."""
    opened(board.story).tell(a_need(BILLS, 100_000), on="2022-04-01")
    await board.hear()
    await board.settled()
    first = await board.pool.fetch("select * from finding order by id")
    assert first
    await mark_dirty(board.pool, [HOUSEHOLD])
    board.clock.instant = datetime(2022, 12, 1, tzinfo=UTC)
    await board.settled()
    assert await board.pool.fetch("select * from finding order by id") == first


async def test_a_mark_set_while_looking_is_looked_at_again(board: Board) -> None:
    """What is computed from a journal that moved on meanwhile is thrown away."""
    opened(board.story).tell(a_need(BILLS, 100_000), on="2022-04-01")
    await board.hear()
    runner = board.runner()
    fired = []

    async def meanwhile() -> None:
        board.story.tell(requested(FIRST_CASE, 100_000), on="2022-04-02")
        await board.hear()
        fired.append(1)

    board.reader.before = meanwhile
    await runner.look()
    assert fired
    assert await board.board.of(HOUSEHOLD) == []
    assert await pending(board.pool, board.clock) == 1
    await board.settled()
    assert await board.board.page(Question(over=True)) == []


async def test_other_detections_or_packs_make_the_board_anew(board: Board) -> None:
    """A board belongs to what made it (as a set of tables to its view and packs); the same program leaves it alone."""
    opened(board.story).tell(a_need(BILLS, 100_000), on="2022-04-01")
    await board.hear()
    runner = board.runner()
    await runner.begin_anew_if_changed()
    await board.settled()
    (first,) = await board.board.of(HOUSEHOLD)
    await runner.begin_anew_if_changed()
    assert await pending(board.pool, board.clock) == 0
    await board.pool.execute("update finding_made_by set version = 'older'")
    await board.pool.execute("delete from finding")
    await runner.begin_anew_if_changed()
    assert await pending(board.pool, board.clock) == 1
    await board.settled()
    assert await board.board.of(HOUSEHOLD) == [first]


async def test_what_is_said_about_a_person_makes_the_household_due(board: Board) -> None:
    """A person's facts have a key of their own; the households are those that the member rows name."""
    opened(board.story)
    await board.hear()
    await board.settled()
    assert await pending(board.pool, board.clock) == 0
    await board.pool.execute("insert into dirty(key, due_at) values ($1, '-infinity')", f"{PERSON}{CHILD}")
    await board.runner().look()
    assert [row["key"] for row in await board.pool.fetch("select key from dirty")] == [HOUSEHOLD]


async def test_a_household_beyond_every_calendar_waits_and_stops_nobody(board: Board) -> None:
    """Ruling 24 of the design: beyond the loaded calendar nothing is guessed; it is told and looked at later."""
    opened(board.story).tell(a_need(BILLS, 100_000), on="2031-04-01")
    board.clock.instant = datetime(2031, 5, 1, tzinfo=UTC)
    await board.hear()
    await board.runner().look()
    assert await board.board.of(HOUSEHOLD) == []
    assert await board.pool.fetchval("select due_at from dirty where key = $1", HOUSEHOLD) == datetime(2031, 5, 1, 1, tzinfo=UTC)


async def test_the_worker_looks_by_itself_until_it_is_stopped(board: Board) -> None:
    """Woken by the journal's commits; a stop ends it."""
    stop = asyncio.Event()
    opened(board.story).tell(a_need(BILLS, 100_000), on="2022-04-01")
    await board.hear()
    task = asyncio.create_task(board.runner().run(stop))
    await until(lambda: board.board.of(HOUSEHOLD))
    stop.set()
    await asyncio.wait_for(task, 10)


async def test_a_stream_without_a_household_has_findings_of_its_own(board: Board) -> None:
    """3.6, 3.9: what concerns no household stands on the board by its stream and the area that its events name, and goes by itself."""
    board.clock.instant = at("2022-04-03")
    board.story.tell(opened_point(), on="2022-04-01")
    await board.hear(POINTS)
    await board.settled(POINTS)
    (found,) = await board.board.page(Question(areas=[SHATOUJIAO]))
    assert (found.scope, found.household_id, found.subject, found.since) == (CANTEEN, None, CANTEEN, at("2022-04-02"))
    board.story.tell(closed_point(), on="2022-04-02", recorded="2022-04-03")
    await board.hear(POINTS)
    await board.settled(POINTS)
    assert await board.board.page(Question(over=True)) == []


async def test_keys_at_which_nothing_looks_are_never_marked(board: Board) -> None:
    """Nothing is looked up, read or written for an event that no detection names: neither a stream's nor a household's."""
    opened(board.story).tell(opened_point(), on="2022-04-01")
    await board.hear()
    assert [row["key"] for row in await board.pool.fetch("select key from dirty")] == [HOUSEHOLD]
    await board.settled()
    board.story.tell(HouseholdAssessed(household_id=HOUSEHOLD, assessment_id=AssessmentId(an_id(5)), needs=0), on="2022-04-02")
    await board.hear(POINTS)
    assert await pending(board.pool, board.clock) == 0


async def test_a_clock_that_stands_elsewhere_decides_what_is_due(board: Board) -> None:
    """A simulated year: what is marked is due whatever the machine's clock says, what is recorded later than the clock waits for it."""
    board.clock.instant = at("2022-04-01", 12)
    opened(board.story).tell(a_need(BILLS, 100_000), on="2022-04-01", recorded=at("2022-04-01", 13))
    await board.hear()
    assert await pending(board.pool, board.clock) == 1
    await board.settled()
    assert await board.pool.fetchval("select due_at from dirty where key = $1", HOUSEHOLD) == at("2022-04-01", 13)
    board.clock.instant = BREACH
    await board.settled()
    assert [one.since for one in await board.board.of(HOUSEHOLD)] == [BREACH]


async def test_two_runners_keep_one_board(board: Board) -> None:
    """Both take the same keys while the journal goes on: in the end the board says what one runner alone would have said."""
    opened(board.story).tell(a_need(BILLS, 100_000), opened_point(), on="2022-04-01")
    both = Scopes(detections=[*SCOPES.detections, *POINTS.detections])
    await board.hear(both)
    runners = [board.runner(both), board.runner(both)]
    await asyncio.gather(*(runner.look() for runner in runners))
    board.story.tell(requested(FIRST_CASE, 100_000), closed_point(), on="2022-04-11")
    await asyncio.gather(board.hear(both), *(runner.look() for runner in runners))
    while await pending(board.pool, board.clock):
        await asyncio.gather(*(runner.look() for runner in runners))
    kept = await board.pool.fetch("select * from finding order by id")
    assert {(row["scope"], row["until"]) for row in kept} == {(HOUSEHOLD, at("2022-04-11")), (CANTEEN, at("2022-04-11"))}
    await board.pool.execute("delete from finding")
    await mark_dirty(board.pool, [HOUSEHOLD, CANTEEN])
    await board.settled(both)
    assert await board.pool.fetch("select * from finding order by id") == kept


async def test_a_table_of_an_older_shape_is_made_anew(board: Board) -> None:
    """Findings are derived: an installation whose table knows only households loses it and computes everything again."""
    opened(board.story).tell(a_need(BILLS, 100_000), on="2022-04-01")
    await board.hear()
    await board.runner().begin_anew_if_changed()
    await board.settled()
    before = await board.pool.fetch("select * from finding order by id")
    await board.pool.execute("alter table finding drop column scope")
    await prepare(board.pool)
    assert await board.pool.fetchval("select count(*) from finding") == 0
    await board.runner().begin_anew_if_changed()
    await board.settled()
    assert await board.pool.fetch("select * from finding order by id") == before


async def test_what_a_detection_no_longer_looks_at_leaves_the_board(board: Board) -> None:
    """A detection that is taken out takes its findings with it."""
    board.story.tell(opened_point(), on="2022-04-01")
    await board.hear(POINTS)
    await board.settled(POINTS)
    assert len(await board.board.page(Question())) == 1
    await board.runner().begin_anew_if_changed()
    await board.settled()
    assert await board.board.page(Question(over=True)) == []


async def test_the_board_of_a_past_day(board: Board) -> None:
    """B05: what stood open on a past date is a question to the history; the end of the day counts."""
    opened(board.story).tell(a_need(BILLS, 100_000), on="2022-04-01").tell(requested(FIRST_CASE, 100_000), on="2022-04-11")
    await board.hear()
    await board.settled()
    for instant, count in ((BREACH - MICRO, 0), (BREACH, 1), (at("2022-04-11") - MICRO, 1), (at("2022-04-11"), 0)):
        assert len(await board.board.page(Question(at=instant))) == count


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whatever_arrives_first_the_board_is_the_same_in_the_end(board: Board, seed: int) -> None:
    """Ruling 4 of the design, ruling 24: any order of the topics, looks in between and repeated marks: equal bytes."""
    story = regular(four_layers()).tell(opened_point(), on="2022-04-01")
    story.tell(StatusRecognised(household_id=HOUSEHOLD, status=Status.DIBAO, from_month=Month("2022-04")), on="2022-03-20")
    both = Scopes(detections=[*SCOPES.detections, *POINTS.detections])
    board.story.told[:] = story.told
    await board.hear(both)
    await board.settled(both)
    expected = await board.pool.fetch("select * from finding order by id")
    assert {row["detection"] for row in expected} >= {"DET-01", "DET-02", "DET-04"}
    await board.pool.execute("truncate finding, journal, dirty")
    board.written, board.story.told[:] = 0, []
    pick, queues = random.Random(seed), by_key(story.told)
    while queues:
        queue = pick.choice(queues)
        board.story.told.append(queue.pop(0))
        queues = [rest for rest in queues if rest]
        await board.hear(both)
        if pick.random() < 0.3:
            await board.settled(both)
        if pick.random() < 0.2:
            await mark_dirty(board.pool, [HOUSEHOLD])
    await board.settled(both)
    assert await board.pool.fetch("select * from finding order by id") == expected
