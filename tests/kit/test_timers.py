"""Timers act once in effect: late, twice, after a kill, with a clock set back, and when what they would do turns out to be nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from contracts.ids import AreaCode, PersonId
from kit.commands import Answer, CommandPath, Keys
from kit.identity import Actor, Role
from kit.store import EventStore
from kit.store.memory import MemoryStore
from kit.testing import policy
from kit.timers import BadTimer, Sweeper, timer_command
from tests.faults.waiting import until
from tests.kit.store.conftest import dsn, opened, pg, store  # noqa: F401 - fixtures
from tests.kit.timed import GivePromise, Hands, Keep, promise, timed

NOW = datetime(2022, 3, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)
SOMEBODY = Actor(id="worker-1", roles=frozenset({Role.CASEWORKER}), area="440308")


@pytest.fixture
def hands() -> Hands:
    return Hands(NOW)


NewPath = Callable[[], CommandPath]


@pytest.fixture
def new_path(store: EventStore, hands: Hands) -> NewPath:  # noqa: F811
    """Another process's command path over the store."""

    def make() -> CommandPath:
        if isinstance(store, MemoryStore):
            store.clock = hands
        packs, calendar = policy()
        return CommandPath(timed, store, keys=Keys(b"secret"), packs=packs, calendar=calendar, clock=hands, partitions=4)

    return make


@pytest.fixture
def path(new_path: NewPath) -> CommandPath:
    return new_path()


@pytest.fixture
def sweeper(path: CommandPath, hands: Hands) -> Sweeper:
    return Sweeper(path, "", hands)


async def given(path: CommandPath, until: datetime, timer: str = "lapse") -> str:
    """A promise; its id."""
    promise_id = PersonId(str(uuid4()))
    await path.execute(GivePromise(promise_id=promise_id, until=until, timer=AreaCode(timer)), SOMEBODY, f"give {promise_id}")
    return promise_id


async def kept(path: CommandPath, promise_id: str) -> Answer:
    return await path.execute(Keep(promise_id=PersonId(promise_id)), SOMEBODY, f"keep {promise_id}")


async def story(path: CommandPath, promise_id: str) -> list[str]:
    """The last words of the types of a promise's events."""
    stream = f"promise/{promise_id}"
    return [one.meta.type.rsplit(".", 1)[1] for one in (await path.store.load([stream]))[stream]]


async def test_nothing_happens_before_the_time_and_the_command_is_given_at_it(path: CommandPath, sweeper: Sweeper, hands: Hands) -> None:
    """Ruling 16: the instant itself acts; what it led to happened at the due time, whenever the sweep came."""
    due = NOW + DAY
    one = await given(path, due)
    hands.at = due - timedelta(microseconds=1)
    assert await sweeper.sweep() == 0
    hands.at = due + timedelta(hours=5)
    assert await sweeper.sweep() == 1
    stream = f"promise/{one}"
    fired = (await path.store.load([stream]))[stream][-1].meta
    assert (fired.type, fired.occurred_at, fired.actor, fired.command) == ("timed.promise.lapsed", due, "system.timer", "promise/lapse")
    assert fired.hops == 0
    assert await sweeper.sweep() == 0


async def test_what_a_timer_led_to_names_the_event_that_set_it(path: CommandPath, sweeper: Sweeper, hands: Hands) -> None:
    """B04: one correlation from the first fact to its late consequence."""
    one = await given(path, NOW)
    await sweeper.sweep()
    stream = f"promise/{one}"
    first, last = (recorded.meta for recorded in (await path.store.load([stream]))[stream])
    assert (last.causation_id, last.correlation_id) == (first.id, first.correlation_id)


async def test_an_event_that_cancels_the_timer_leaves_nothing_to_act(path: CommandPath, sweeper: Sweeper, hands: Hands) -> None:
    """Kept in time: no lapse, also days later."""
    one = await given(path, NOW + DAY)
    await kept(path, one)
    hands.at = NOW + 3 * DAY
    assert await sweeper.sweep() == 0
    assert await story(path, one) == ["given", "kept"]


async def test_after_a_stop_of_three_days_a_daily_timer_acts_for_each_day(path: CommandPath, sweeper: Sweeper, hands: Hands) -> None:
    """Each of the three missed days is asked about at its own time."""
    one = await given(path, NOW + DAY, "ask")
    hands.at = NOW + 3 * DAY
    while await sweeper.sweep():
        pass
    stream = f"promise/{one}"
    asked = [recorded.meta.occurred_at for recorded in (await path.store.load([stream]))[stream][1:]]
    assert asked == [NOW + DAY, NOW + 2 * DAY, NOW + 3 * DAY]
    assert await path.store.next_due() == NOW + 4 * DAY


async def test_a_clock_set_back_neither_repeats_nor_loses_a_timer(path: CommandPath, sweeper: Sweeper, hands: Hands) -> None:
    """Ten minutes back: what acted stays, what had not come waits for its time."""
    early, late = await given(path, NOW + DAY), await given(path, NOW + DAY + timedelta(minutes=5))
    hands.at = NOW + DAY
    assert await sweeper.sweep() == 1
    hands.at -= timedelta(minutes=10)
    assert await sweeper.sweep() == 0
    hands.at = NOW + DAY + timedelta(minutes=5)
    assert await sweeper.sweep() == 1
    assert [await story(path, one) for one in (early, late)] == [["given", "lapsed"], ["given", "lapsed"]]


async def test_two_sweepers_at_once_have_one_effect(new_path: NewPath, hands: Hands) -> None:
    """Two processes that both believe it is their turn."""
    one, two = new_path(), new_path()
    promises = [await given(one, NOW + timedelta(minutes=n % 7)) for n in range(40)]
    hands.at = NOW + DAY
    await asyncio.gather(*(Sweeper(path, "", hands).sweep() for path in (one, two, one, two)))
    assert [await story(one, promise_id) for promise_id in promises] == [["given", "lapsed"]] * 40
    assert await one.store.next_due() is None


@pytest.mark.parametrize("timer", ["shrug", "balk"])
async def test_a_timer_that_leads_to_nothing_is_gone_and_a_later_one_counts(
    path: CommandPath, sweeper: Sweeper, hands: Hands, timer: str
) -> None:
    """A moot or refused command drops its timer; the stream lives on."""
    one = await given(path, NOW, timer)
    assert await sweeper.sweep() == 1
    assert await sweeper.sweep() == 0
    assert await path.store.next_due() is None
    assert await story(path, one) == ["given"]


async def test_a_moot_timer_that_was_set_anew_meanwhile_stays(path: CommandPath) -> None:
    """The drop names the version it saw: a stream that moved on keeps its timer."""
    one = await given(path, NOW + DAY, "ask")
    assert not await path.drop_timer(f"promise/{one}", "ask", 0)
    assert await path.store.next_due() == NOW + DAY
    assert await path.drop_timer(f"promise/{one}", "ask", 1)
    assert await path.store.next_due() is None


@pytest.mark.parametrize("timer", ["break-off", "no-such-command", "keep", "await-calendar"])
async def test_a_timer_whose_command_fails_holds_up_no_other(path: CommandPath, sweeper: Sweeper, hands: Hands, timer: str) -> None:
    """A mistake in a rule or a declaration, a calendar that is not loaded yet: the timer stays, rests, and the others act."""
    broken, sound = await given(path, NOW, timer), await given(path, NOW + timedelta(minutes=1))
    hands.at = NOW + DAY
    assert await sweeper.sweep() == 2
    assert await sweeper.sweep() == 0
    assert await path.store.next_due() == NOW
    assert [await story(path, one) for one in (broken, sound)] == [["given"], ["given", "lapsed"]]


async def test_a_timer_that_is_set_anew_for_the_same_instant_acts_anew(path: CommandPath, sweeper: Sweeper, hands: Hands) -> None:
    """Two promises of one stream until one instant are two: the second is no repeat of the first."""
    due = NOW + DAY
    one = await given(path, due)
    hands.at = due
    await sweeper.sweep()
    for number in (1, 2):
        again = GivePromise(promise_id=PersonId(one), until=due, timer=AreaCode("ask"))
        await path.execute(again, SOMEBODY, f"again {number}")
        assert await sweeper.sweep() == 1
        assert (await story(path, one)).count("asked") == number


async def test_in_a_simulation_only_deadlines_that_were_let_act(path: CommandPath, sweeper: Sweeper, hands: Hands) -> None:
    """A day is played first; its deadlines act after it."""
    one = await given(path, NOW + DAY)
    hands.at, hands.acted = NOW + 2 * DAY, NOW
    assert await sweeper.sweep() == 0
    await kept(path, one)
    hands.acted = hands.at
    assert await sweeper.sweep() == 0
    assert await story(path, one) == ["given", "kept"]


def test_a_timer_must_name_a_command_of_the_program_itself() -> None:
    """People's commands are no timers."""
    with pytest.raises(BadTimer, match="keep"):
        timer_command(promise, "keep")


@pytest.mark.real
async def test_a_killed_sweeper_is_followed_by_the_next(dsn: str, hands: Hands) -> None:  # noqa: F811
    """`kill -9` in the middle of 400 timers, twice: each has acted once in the end."""
    from kit.store.postgres import PgStore

    pg_store = await PgStore(dsn, "/minsheng/test/timed").open()
    packs, calendar = policy()
    path = CommandPath(timed, pg_store, keys=Keys(b"secret"), packs=packs, calendar=calendar, clock=hands, partitions=4)
    promises = [await given(path, NOW - timedelta(minutes=n % 5)) for n in range(400)]
    left = [len(promises)]
    for _ in range(2):
        with _sweeping(dsn) as process:
            goal = left[-1] - 60
            await until(partial(_at_most, pg_store, goal), "some timers have acted")
            left.append(await _due(pg_store))
            process.send_signal(signal.SIGKILL)
    assert 0 < left[-1] < left[-2] < 400, "the kills came in the middle"
    with _sweeping(dsn):
        await until(partial(_at_most, pg_store, 0), "all timers have acted")
    assert [await story(path, one) for one in promises] == [["given", "lapsed"]] * 400
    await pg_store.close()


async def _due(pg_store: Any) -> int:
    return len(await pg_store.due(NOW, 1_000))


class _sweeping:  # noqa: N801 - reads as a word in `with`
    """A process that sweeps, until the block ends."""

    def __init__(self, dsn: str) -> None:  # noqa: F811
        self._dsn = dsn

    def __enter__(self) -> subprocess.Popen[bytes]:
        env = {**os.environ, "STORE_DSN": self._dsn}
        self._process = subprocess.Popen([sys.executable, "-m", "tests.kit.sweeper_process"], env=env)
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


@pytest.mark.real
async def test_one_process_sweeps_and_the_next_takes_over(dsn: str, hands: Hands) -> None:  # noqa: F811
    """The lock belongs to one session; when that ends, the waiting sweeper begins."""
    from kit.store.postgres import PgStore

    pg_store = await PgStore(dsn, "/minsheng/test/timed").open()
    packs, calendar = policy()
    path = CommandPath(timed, pg_store, keys=Keys(b"secret"), packs=packs, calendar=calendar, clock=hands, partitions=4)
    first_stop, second_stop = asyncio.Event(), asyncio.Event()
    first = asyncio.ensure_future(Sweeper(path, dsn, hands).run(first_stop))
    one = await given(path, NOW)
    await until(partial(_at_most, pg_store, 0), "the timer has acted")
    second = asyncio.ensure_future(Sweeper(path, dsn, hands).run(second_stop))
    first_stop.set()
    await first
    two = await given(path, NOW)
    await until(partial(_at_most, pg_store, 0), "the timer has acted")
    second_stop.set()
    await second
    assert [await story(path, promise_id) for promise_id in (one, two)] == [["given", "lapsed"]] * 2
    await pg_store.close()


async def _at_most(pg_store: Any, due: int) -> bool:
    return await _due(pg_store) <= due


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Broken timers are logged with a traceback; the tests look at what became of them."""
    import logging

    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)
