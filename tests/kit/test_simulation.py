"""The simulated clock: one file, moved forward only, seen by all; and how it is advanced from deadline to deadline."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kit.settings import Settings
from kit.simulation import CannotTurnBack, SimulatedClock
from kit.status import Status, advance, settle
from kit.store.postgres import PgStore
from tests.kit.store.conftest import dsn  # noqa: F401 - fixture

START = datetime(2022, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "clock.json"


def test_every_reader_of_the_file_sees_a_move_at_once(file: Path) -> None:
    """One move, all processes."""
    mover, reader = SimulatedClock.create(file, START), SimulatedClock(file)
    assert (reader.now(), reader.deadlines()) == (START, START)
    mover.move(START + DAY)
    assert (reader.now(), reader.deadlines()) == (START + DAY, START + DAY)


def test_deadlines_may_be_held_back_while_a_day_is_played(file: Path) -> None:
    """First what happened, then what was due."""
    clock = SimulatedClock.create(file, START)
    clock.move(START + DAY, deadlines=START)
    assert (clock.now(), clock.deadlines()) == (START + DAY, START)


def test_a_clock_that_stands_somewhere_is_not_made_anew(file: Path) -> None:
    """A second start goes on where the first stopped."""
    SimulatedClock.create(file, START).move(START + DAY)
    assert SimulatedClock.create(file, START).now() == START + DAY


def test_time_goes_forward_only(file: Path) -> None:
    """What was recorded stays the past."""
    clock = SimulatedClock.create(file, START)
    with pytest.raises(CannotTurnBack, match="2022-01-01"):
        clock.move(START - timedelta(seconds=1))
    assert clock.now() == START


def test_a_process_is_told_which_clock_by_one_setting(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MINSHENG_CLOCK names the file of a simulation; without it time is the machine's."""
    SimulatedClock.create(file, START)
    for name in [name for name in os.environ if name.startswith("MINSHENG_")]:
        monkeypatch.delenv(name)
    values = {"installation": "t", "database": "d", "kafka_bootstrap": "k", "keys": file.parent, "jwks": "j"}
    assert Settings(**values, clock=file).open_clock().now() == START  # type: ignore[arg-type]
    assert not Settings(**values).open_clock().simulated  # type: ignore[arg-type]


class Installation:
    """Statuses as one service would give them whose timers act when the clock reaches them; each may set another."""

    def __init__(self, clock: SimulatedClock, due: list[datetime]) -> None:
        self.clock, self.due, self.fired = clock, due, 0

    async def ask(self) -> Sequence[Status]:
        acting = [one for one in self.due if one <= self.clock.deadlines()]
        self.due = [one for one in self.due if one not in acting] + [one + 5 * DAY for one in acting if one < START + 2 * DAY]
        self.fired += len(acting)
        return [Status(service="one", position=self.fired, relayed=self.fired, next_due=min(self.due, default=None))]


async def test_advancing_stops_at_each_instant_at_which_something_is_due(file: Path) -> None:
    """Ruling 25 of the design: next due, act, come to rest, again; also for deadlines that an earlier one set."""
    clock = SimulatedClock.create(file, START)
    place, told = Installation(clock, [START + DAY, START + 3 * DAY]), list[datetime]()
    await advance(clock, START + 7 * DAY, place.ask, told.append)
    assert told == [START + DAY, START + 3 * DAY, START + 6 * DAY]
    assert (clock.now(), place.fired) == (START + 7 * DAY, 3)


async def test_deadlines_held_back_act_without_turning_the_clock_back(file: Path) -> None:
    """A day was played up to the evening; its deadlines act now."""
    clock = SimulatedClock.create(file, START)
    clock.move(START + 4 * DAY, deadlines=START)
    place = Installation(clock, [START + 3 * DAY])
    await advance(clock, START + 4 * DAY, place.ask)
    assert (clock.now(), clock.deadlines(), place.fired) == (START + 4 * DAY, START + 4 * DAY, 1)


async def test_what_does_not_come_to_rest_is_named() -> None:
    """Whoever waits in vain is told for what."""

    async def ask() -> Sequence[Status]:
        return [Status(service="relief", position=5, relayed=3, pending=2)]

    with pytest.raises(TimeoutError, match=r"relief has 2 events that are not in its topic; relief has 2 due timers"):
        await settle(ask, timeout_seconds=0.1)


@pytest.mark.real
async def test_what_is_recorded_takes_its_time_from_the_simulation(dsn: str, file: Path) -> None:  # noqa: F811
    """Ruling 18 of the design: never earlier than what was recorded before; in a simulation by its clock."""
    from contracts.ids import AreaCode, HouseholdId, PersonId
    from kit.commands import CommandPath, Keys
    from kit.identity import Actor, Role
    from kit.testing import policy
    from tests.kit.toy import Open, PayIn, toy

    clock = SimulatedClock.create(file, START)
    store = await PgStore(dsn, "/minsheng/test/toy", clock=clock).open()
    packs, calendar = policy()
    path = CommandPath(toy, store, keys=Keys(b"s"), packs=packs, calendar=calendar, clock=clock, partitions=4)
    worker = Actor(id="worker-1", roles=frozenset({Role.CASEWORKER}), area="440308")
    one, home = PersonId("0190a000-0000-8000-8000-000000000001"), HouseholdId("0190a000-0000-8000-8000-0000000000aa")
    await path.execute(Open(account_id=one, household_id=home, area=AreaCode("440308003"), nickname=AreaCode("ann")), worker, "open")
    clock.move(START + DAY)
    await path.execute(PayIn(account_id=one, amount_fen=500), worker, "pay")
    assert [recorded.meta.recorded_at for recorded in await store.read(0, 10)] == [START, START + DAY]
    assert (await store.head()).recorded_at == START + DAY
    await store.close()
