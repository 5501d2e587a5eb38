"""Heartbeats through a real Kafka into a real PostgreSQL, by a clock of the test's own: one incident a silence, whatever is killed (E20)."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from contracts.eldercare.device import DeviceReturn
from contracts.eldercare.emergency_incident import IncidentOutcome
from contracts.ids import IncidentId
from kit.clock import SystemClock
from kit.command import Command
from kit.errors import Retry
from kit.timers import Sweeper
from minsheng.local import Installation
from services.eldercare.domain.device import AlarmFromDevice, ReturnDevice
from services.eldercare.domain.emergency_incident import AcknowledgeAlarm, CloseIncident
from services.eldercare.telemetry.watching import Watching
from tests.eldercare.home import DAY, MINUTE, START, Home, home_in, process_of
from tests.faults.waiting import until

pytestmark = pytest.mark.real


@pytest.fixture
async def home(installation: Installation, tmp_path: Path) -> AsyncIterator[Home]:
    async with home_in(installation, tmp_path) as home:
        yield home


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
    await home.give(ReturnDevice(device_id=gone, reason=DeviceReturn.OWN_WISH))
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
        await home.give(CloseIncident(incident_id=incident, outcome=IncidentOutcome.FALSE_ALARM))
        home.clock.instant += 5 * DAY
        await home.watch().look()
        assert (await home.names(device)).count("heartbeat-missed") == 1
        await home.beat((device, home.clock.now()))
        await home.heard(device, home.clock.now())
        await home.watch().look()
    assert (await home.names(device))[-1] == "heard-again"


async def test_a_process_finds_the_silence_and_hears_the_device_through_its_own_api(home: Home) -> None:
    """E11, E20: all parts of `minsheng run eldercare` together, by the machine's clock, which is years after the activation."""
    device = await home.device()

    async def has(*facts: str) -> bool:
        return set(facts) <= set(await home.names(device))

    async with process_of(home) as desk:
        await until(lambda: has(*OPENED), "the silence", 60)
        now = SystemClock().now()
        lines = msgspec.json.encode([{"device_id": device, "at": now.isoformat()}, {"device_id": str(home.settings.installation)}])
        answer = await desk.post("/telemetry/heartbeats", content=lines, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "refused": [{"line": 2, "code": "invalid_fields"}]})
        await until(lambda: has(*OPENED, *ENDED), "the device", 30)


async def test_the_limits_of_an_alarm_act_by_the_clock_alone(home: Home) -> None:
    """SC-20, E12, SG-13: nobody gives a command: 60 s, 5 and 30 minutes after the press the breaches, and upwards to the district."""
    device = await home.device()
    sweeper = Sweeper(home.path, home.dsn, home.clock)
    await home.give(AlarmFromDevice(device_id=device))
    expected = ["alarm-noted", "alarm-received"]
    steps = [(59, None), (1, "sla-breached"), (60, "escalated"), (60, "escalated"), (120, "sla-breached"), (1_500, "sla-breached")]
    for seconds, fact in steps:
        home.clock.instant += timedelta(seconds=seconds)
        await sweeper.sweep()
        expected += [fact] if fact else []
        assert await home.names(device) == expected
    breaches = [one for name, one in await home.facts(device) if name == "sla-breached"]
    assert [(one.step, one.due_at - START) for one in breaches] == [
        ("acknowledge", timedelta(seconds=60)),
        ("dispatch", timedelta(minutes=5)),
        ("arrival", timedelta(minutes=30)),
    ]
    assert await home.path.store.due(START + 30 * DAY, 10) == []
