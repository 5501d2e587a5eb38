"""Heartbeats through a real Kafka into a real PostgreSQL, by a clock of the test's own: one incident a silence, whatever is killed (E20)."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.eldercare.device import DeviceKind
from contracts.ids import DeviceId, IncidentId, PersonId
from kit.clock import Clock
from kit.command import Command
from kit.commands import CommandPath, Keys
from kit.errors import Retry
from kit.settings import Settings
from kit.store.postgres import PgStore
from kit.streams.consume import consume
from kit.streams.topics import ensure
from kit.testing import WORKER, policy
from minsheng.local import Installation
from services.eldercare.domain.device import ActivateDevice, AssignDevice, ReturnDevice
from services.eldercare.domain.emergency_incident import AcknowledgeAlarm, CloseIncident
from services.eldercare.service import eldercare
from services.eldercare.telemetry.folding import Folding
from services.eldercare.telemetry.topic import SETTINGS, HeartbeatTopic, topic_of_heartbeats
from services.eldercare.telemetry.watching import Watching
from tests.databases import fresh_database
from tests.eldercare.alarm_facts import AREA
from tests.faults.waiting import until
from tests.kit.streams.places import fresh_name

pytestmark = pytest.mark.real
START = datetime(2022, 3, 1, tzinfo=UTC)
DAY, MINUTE = timedelta(hours=24), timedelta(minutes=1)


class Hand(Clock):
    """A clock that stands until the test moves it."""

    def __init__(self) -> None:
        self.instant = START

    def now(self) -> datetime:
        return self.instant


@dataclass
class Home:
    """Eldercare over its own database and topic, with a folding and a watch that the test starts and stops."""

    settings: Settings
    path: CommandPath
    pool: Any
    dsn: str
    clock: Hand
    topic: str
    heartbeats: HeartbeatTopic = field(init=False)

    def __post_init__(self) -> None:
        self.heartbeats = HeartbeatTopic(self.settings)

    async def give(self, command: Command) -> None:
        await self.path.execute(command, WORKER, str(uuid4()))

    async def device(self) -> DeviceId:
        """A device that works from now on."""
        one = DeviceId(str(uuid4()))
        await self.give(AssignDevice(device_id=one, kind=DeviceKind.PENDANT, person_id=PersonId(str(uuid4())), area=AREA))
        await self.give(ActivateDevice(device_id=one))
        return one

    def watch(self) -> Watching:
        """Another worker's watch."""
        return Watching(self.path, self.settings.kafka_bootstrap, self.topic, policy()[0])

    async def beat(self, *signs: tuple[str, datetime]) -> None:
        await self.heartbeats.send(signs)

    @asynccontextmanager
    async def folding(self, folding: Folding | None = None) -> AsyncIterator[Folding]:
        """A worker folds meanwhile."""
        stop, folding = asyncio.Event(), folding or Folding(self.pool, self.settings.kafka_bootstrap, gather_s=0.01)
        work = asyncio.ensure_future(consume(folding, stop, [self.topic], f"{self.topic}.test"))
        try:
            yield folding
        finally:
            stop.set()
            await asyncio.wait({work}, timeout=20)

    async def last(self, device: str) -> datetime | None:
        found: datetime | None = await self.pool.fetchval("select last_at from device_sign where device_id = $1", device)
        return found

    async def heard(self, device: str, at: datetime) -> None:
        """The row says so."""

        async def is_there() -> bool:
            return await self.last(device) == at

        await until(is_there, f"{device} was heard at {at}")

    async def facts(self, device: str) -> list[tuple[str, Any]]:
        """What the log says about the device's silence, and the outcomes of its incidents, in order."""
        found = await self.path.store.read(0, 5_000)
        told: list[tuple[str, Any]] = [(one.meta.type.removeprefix("eldercare."), one.event()) for one in found]
        own = {one.incident_id for name, one in told if name.endswith("alarm-received") and one.device_id == device}
        return [
            (name.split(".")[1], one)
            for name, one in told
            if getattr(one, "device_id", None) == device or getattr(one, "incident_id", None) in own
        ][2:]

    async def names(self, device: str) -> list[str]:
        return [name for name, _ in await self.facts(device)]


@pytest.fixture
async def home(installation: Installation, tmp_path: Any) -> AsyncIterator[Home]:
    dsn = await fresh_database(installation, ["store", "reader", "telemetry"])
    settings = Settings(
        installation=fresh_name(), database=dsn, kafka_bootstrap=installation.kafka_bootstrap, keys=tmp_path, jwks=str(tmp_path / "jwks")
    )
    topic = topic_of_heartbeats(settings)
    await ensure(installation.kafka_bootstrap, {topic: SETTINGS}, 2)
    packs, calendar = policy()
    clock = Hand()
    store = await PgStore(dsn, settings.source("eldercare")).open()
    path = CommandPath(eldercare, store, keys=Keys(b"secret"), packs=packs, calendar=calendar, clock=clock, partitions=2)
    yield Home(settings, path, store.pool, dsn, clock, topic)
    await store.close()


OPENED = ["heartbeat-missed", "alarm-received"]
ENDED = ["heard-again", "closed"]


async def test_a_silence_of_24_hours_is_one_incident_and_the_next_sign_ends_it(home: Home) -> None:
    """E20, E11, R-ELD-06: by the injected clock; the limit itself is in time; a second silence is a second incident."""
    device, other = await home.device(), await home.device()
    watch = home.watch()
    async with home.folding():
        home.clock.instant = START + MINUTE
        await home.beat((device, home.clock.now()))
        await home.heard(device, home.clock.now())
        home.clock.instant = START + DAY + MINUTE
        await home.beat((other, home.clock.now()))
        await home.heard(other, home.clock.now())
        await watch.look()
        assert await home.names(device) == []
        home.clock.instant += MINUTE
        for _ in range(3):
            await watch.look()
        facts = await home.facts(device)
        assert [name for name, _ in facts] == OPENED
        assert (facts[0][1].last_seen_at, facts[0][1].silent_since) == (START + MINUTE, START + MINUTE + DAY)
        assert facts[1][1].alarmed_at == START + MINUTE + DAY
        assert await home.names(other) == []

        await home.give(AcknowledgeAlarm(incident_id=facts[1][1].incident_id, occurred_at=START + MINUTE + DAY))
        home.clock.instant += 2 * MINUTE
        await home.beat((device, home.clock.now()))
        await home.heard(device, home.clock.now())
        await watch.look()
        assert await home.names(device) == [*OPENED, "alarm-acknowledged", *ENDED]
        home.clock.instant += DAY + MINUTE
        await watch.look()
        assert (await home.names(device))[-2:] == OPENED


async def test_a_device_never_heard_counts_from_its_activation_and_one_given_back_is_left_alone(home: Home) -> None:
    """E20, E11: whatever it still sends."""
    silent, gone = await home.device(), await home.device()
    await home.watch().look()
    await home.give(ReturnDevice(device_id=gone, reason="own_wish"))
    home.clock.instant = START + DAY + MINUTE
    async with home.folding():
        await home.watch().look()
    assert await home.names(silent) == OPENED
    assert await home.names(gone) == ["returned"]


async def test_repeats_and_swapped_signs_change_nothing(home: Home) -> None:
    """E20: sent again, in any order, and read again from the beginning: the newest counts, nobody is silent."""
    device = await home.device()
    signs = [(device, START + minutes * MINUTE) for minutes in (50, 10, 50, 30, 20)]
    async with home.folding():
        home.clock.instant = START + 50 * MINUTE
        await home.beat(*signs)
        await home.heard(device, START + 50 * MINUTE)
    await home.pool.execute("update checkpoint set next_offset = 0")
    async with home.folding():
        await home.beat((device, START + 40 * MINUTE))
        home.clock.instant = START + DAY + 45 * MINUTE
        await home.watch().look()
    assert await home.last(device) == START + 50 * MINUTE
    assert await home.names(device) == []


async def test_a_worker_that_dies_between_the_upsert_and_the_commit_loses_nothing(home: Home) -> None:
    """E20: killed with the rows written and not committed; the next worker reads them again, and one silence is one incident."""
    device, other = await home.device(), await home.device()
    home.clock.instant = START + MINUTE
    await home.beat((device, home.clock.now()), (other, home.clock.now()))
    dying = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.eldercare.folding_process", home.dsn, home.settings.kafka_bootstrap, home.topic)
    )
    assert await asyncio.wait_for(dying.wait(), 60) == -signal.SIGKILL
    assert await home.last(device) is None
    async with home.folding():
        await home.heard(device, START + MINUTE)
        home.clock.instant = START + DAY + 2 * MINUTE
        await home.beat((other, home.clock.now()))
        await asyncio.gather(home.watch().look(), home.watch().look())
    assert await home.names(device) == OPENED
    assert await home.names(other) == []


@pytest.mark.parametrize("given", [False, True])
async def test_a_watch_that_dies_at_any_step_is_taken_over_by_the_next(home: Home, given: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """E20: marked and not told, or told and not noted: one incident; and the same at its end, though the device speaks meanwhile."""
    device, give = await home.device(), Watching._give

    async def dies(watch: Watching, what: str) -> None:
        """The watch ends where it would tell this, just before or just after the log has it."""

        async def killed(self: Watching, command: Command, telling: str, *instants: datetime) -> bool:
            if telling != what:
                return await give(self, command, telling, *instants)
            if given:
                await give(self, command, telling, *instants)
            raise Retry("killed here")

        with monkeypatch.context() as patched:
            patched.setattr(Watching, "_give", killed)
            with pytest.raises(Retry):
                await watch.look()

    async def speaks() -> None:
        home.clock.instant += MINUTE
        await home.beat((device, home.clock.now()))
        await home.heard(device, home.clock.now())

    async with home.folding():
        await home.watch().look()
        home.clock.instant = START + DAY + MINUTE
        await dies(home.watch(), "miss")
        await speaks()
        await dies(home.watch(), "hear")
        await speaks()
        await asyncio.gather(home.watch().look(), home.watch().look())
    assert await told(home, device) == [*OPENED, *ENDED]


async def told(home: Home, device: str) -> list[str]:
    """What the log says, but for the limits that nobody kept."""
    return [name for name in await home.names(device) if name not in {"sla-breached", "escalated"}]


async def test_nobody_is_silent_whose_signs_only_were_not_read(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """E20: after an outage of our own worker the heartbeats that wait in Kafka are folded first."""
    device = await home.device()
    await home.watch().look()
    home.clock.instant = START + DAY
    await home.beat((device, home.clock.now()))
    home.clock.instant += MINUTE
    monkeypatch.setattr("services.eldercare.telemetry.watching.CATCH_UP_S", 0.2)
    with pytest.raises(Retry):
        await home.watch().look()
    monkeypatch.undo()
    async with home.folding():
        await home.watch().look()
    assert await home.names(device) == []
    assert await home.last(device) == START + DAY


async def test_a_lost_table_comes_back_from_the_log_and_the_next_signs(home: Home) -> None:
    """E20: what is kept of telemetry is no truth: a silence that the log knows is neither opened twice nor forgotten."""
    device = await home.device()
    await home.watch().look()
    home.clock.instant = START + DAY + MINUTE
    async with home.folding():
        await home.watch().look()
        await home.pool.execute("truncate device_sign")
        await home.watch().look()
        assert await home.names(device) == OPENED
        await home.beat((device, home.clock.now()))
        await home.heard(device, home.clock.now())
        await home.watch().look()
    assert await told(home, device) == [*OPENED, *ENDED]


async def test_what_the_desk_has_closed_is_not_opened_again_while_the_silence_lasts(home: Home) -> None:
    """E20: one incident a silence; the sign that ends it is told all the same."""
    device = await home.device()
    home.clock.instant = START + DAY + MINUTE
    async with home.folding():
        await home.watch().look()
        (_, opened) = (await home.facts(device))[1]
        incident = IncidentId(opened.incident_id)
        await home.give(AcknowledgeAlarm(incident_id=incident))
        await home.give(CloseIncident(incident_id=incident, outcome="false_alarm"))
        home.clock.instant += 5 * DAY
        await home.watch().look()
        assert (await home.names(device)).count("heartbeat-missed") == 1
        await home.beat((device, home.clock.now()))
        await home.heard(device, home.clock.now())
        await home.watch().look()
    assert (await home.names(device))[-1] == "heard-again"
