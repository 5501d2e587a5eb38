"""Deadlines of an installation that stands still, is killed, or has two workers: each acts once, in its own time, and none is lost.

Each test tells the same stories twice, two weeks apart: first without trouble, then with it. What the deadlines did, and when in business
time, must be the same.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec
import psutil
import pytest

from kit.status import settle
from kit.timers import LOCK, POLL_SIMULATED_SECONDS
from minsheng.demo.case_file import instant_of
from minsheng.local import LocalInstallation, Program
from minsheng.local.home import Home
from minsheng.programs import PREPARE, service_programs
from minsheng.simulation import simulated_clock
from tests.district.playing import fetched
from tests.flows.days import Days
from tests.flows.district import QIAODONG, District, events_of
from tests.flows.households import a_need, household_of

pytestmark = [pytest.mark.real, pytest.mark.fault, pytest.mark.timeout(400)]
FAMILIES, ELDERS = 8, 6
SENT, STOPPED, BACK = 0, 5, 8
"""Days of a story from its Wednesday on: asked, the Monday noon after, and three days later. Both deadlines of a referral lie between."""
THREE_DAYS = timedelta(days=BACK - STOPPED)
SERVICES = ("relief", "eldercare")
HOLDER = f"""
select client_port from pg_stat_activity where pid in (
  select pid from pg_locks where locktype = 'advisory' and objid = {LOCK} and granted
    and database = (select oid from pg_database where datname = current_database()))
"""
Effects = list[tuple[str, str, float]]
"""Of each stream in turn: number of the story, type of the event, hours since the story's first noon."""


def split(program: Program) -> list[Program]:
    """Relief and eldercare as four processes each, two of them workers; the API keeps the service's name."""
    if program.name not in SERVICES:
        return [program]
    head = (sys.executable, "-m", "minsheng", "run", program.name, "--role")
    parts = {"": "api", "-relay": "relay", "-worker": "worker", "-worker-2": "worker"}
    return [msgspec.structs.replace(program, name=f"{program.name}{end}", argv=(*head, role)) for end, role in parts.items()]


@dataclass
class Place:
    """An installation with two workers of each service that has deadlines, and how it is spoken to."""

    installation: LocalInstallation
    days: Days

    async def on(self, *programs: str, do: str) -> None:
        """The supervisor did it to all of them at once."""
        await asyncio.gather(*(asyncio.to_thread(getattr(self.installation, do), name) for name in programs))

    async def sweeper(self, service: str) -> str:
        """The worker whose turn it is: the one at the other end of the session that holds the lock."""
        (row,) = await fetched(self.installation, service, HOLDER)
        ports = {
            connection.laddr.port: name
            for name in (f"{service}-worker", f"{service}-worker-2")
            for connection in psutil.Process(self.installation.pid(name)).net_connections()
        }
        return ports[row["client_port"]]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalInstallation]:
    home = Home(tmp_path_factory.mktemp("timers") / "home")
    home.create()
    simulated_clock(home)
    programs = [part for program in service_programs() for part in split(program)]
    with LocalInstallation(home.root, programs, PREPARE, throwaway=True) as running:
        yield running


@pytest.fixture
async def place(installation: LocalInstallation) -> AsyncIterator[Place]:
    areas = District(installation, "areas")
    await areas.publish_areas()
    await areas.close()
    days = Days(installation, simulated_clock(installation.home))
    yield Place(installation, days)
    await days.close()


@dataclass
class Stories:
    """Families whose referrals nobody answers, and elders whose calls nobody takes; told from a Wednesday on."""

    place: Place
    begins: date

    def day(self, number: int) -> str:
        return (self.begins + timedelta(days=number)).isoformat()

    def name(self, what: str, number: int) -> str:
        return f"{what}-{self.begins}-{number}"

    async def tell(self) -> None:
        """Everything is asked; on Monday the elders call at a quarter past twelve."""
        days = self.place.days
        for number in range(FAMILIES):
            home = await household_of(days, self.name("mother", number), on=self.day(SENT), name=self.name("home", number))
            need = await a_need(days, home, "medical", 3_000_00 + number, self.day(SENT), name=self.name("need", number))
            referral = days.id(self.name("referral", number))
            asked = {"household_id": home, "need_id": need, "receiver": "eldercare"}
            await days.give("caseworker", f"/relief/referral/{referral}/propose", self.day(SENT), asked)
            await days.give("caseworker", f"/relief/referral/{referral}/send", self.day(SENT))
        for number in range(ELDERS):
            body = {"kind": "pendant", "person_id": days.id(self.name("elder", number)), "area": QIAODONG}
            device = days.id(self.name("device", number))
            await days.give("caseworker", f"/eldercare/device/{device}/assign", self.day(SENT), body)
        await days.until(self.day(STOPPED))

    async def call(self) -> None:
        """Each elder presses the button, at noon on Monday; nobody answers."""
        for number in range(ELDERS):
            device = self.place.days.id(self.name("device", number))
            told = await self.place.days.give("alarm_desk", f"/eldercare/device/{device}/alarm", self.day(STOPPED))
            assert events_of(told, "eldercare.emergency-incident.alarm-received")

    async def effects(self) -> Effects:
        """What became of the referrals and calls, stream by stream in business time; everything that is due has acted.

        A late sweep finds the later limits due already and may record one before the escalation that an earlier one brought.
        """
        await settle(self.place.days.statuses, timeout_seconds=120)
        found: Effects = []
        for service, kind in (("relief", "relief.referral."), ("eldercare", "eldercare.emergency-incident.")):
            for stream in await self._streams(service, kind):
                found += stream
        return found

    async def _streams(self, service: str, kind: str) -> list[Effects]:
        first = datetime.fromisoformat(instant_of(self.begins))
        query = f"select stream, type, occurred_at from events where type like '{kind}%' order by stream, occurred_at, version"
        streams: dict[str, Effects] = {}
        for row in await fetched(self.place.installation, service, query):
            hours = (row["occurred_at"] - first).total_seconds() / 3600
            if 0 <= hours < 14 * 24:
                streams.setdefault(row["stream"], []).append((service, row["type"].removeprefix(kind), hours))
        return list(streams.values())


async def due_now(place: Place) -> int:
    """How many timers should have acted by now."""
    now = place.days.clock.deadlines().isoformat()
    counted = [await fetched(place.installation, name, f"select count(*) from timer where due <= '{now}'") for name in SERVICES]
    return sum(rows[0][0] for rows in counted)


@pytest.fixture(scope="module")
def untroubled() -> dict[str, Effects]:
    """What the stories came to without trouble, once somebody has told them."""
    return {}


async def without_trouble(place: Place, untroubled: dict[str, Effects]) -> Effects:
    """The stories of the first Wednesday, told once for all tests."""
    if "effects" not in untroubled:
        stories = Stories(place, date(2022, 3, 2))
        await stories.tell()
        await stories.call()
        await place.days.until(stories.day(BACK))
        everything_acted_once(effects := await stories.effects())
        untroubled["effects"] = effects
    return untroubled["effects"]


def everything_acted_once(effects: Effects) -> None:
    """By the pages: yellow, asked on Wednesday, over at the end of Monday, the street's until Wednesday night, then the district's."""
    referrals = [one for one in effects if one[0] == "relief"]
    assert referrals[:5] == [
        ("relief", "proposed", 0.0),
        ("relief", "sent", 0.0),
        ("relief", "expired", 132.0),
        ("relief", "escalated", 132.0),
        ("relief", "escalated", 180.0),
    ]
    assert referrals == referrals[:5] * FAMILIES
    calls = [one for one in effects if one[0] == "eldercare"]
    assert calls == calls[: len(calls) // ELDERS] * ELDERS
    assert [kind for _, kind, _ in calls[: len(calls) // ELDERS]].count("sla-breached") == 3


async def test_three_days_of_a_stopped_service_are_made_up_for(place: Place, untroubled: dict[str, Effects]) -> None:
    """Ruling 16, SG-07, SC-20: stopped on Monday noon, started on Thursday: each deadline acted once, at its own instant, none is lost."""
    expected = await without_trouble(place, untroubled)
    stories = Stories(place, date(2022, 3, 16))
    await stories.tell()
    await stories.call()
    stopped = [f"{service}{part}" for service in SERVICES for part in ("", "-relay", "-worker", "-worker-2")]
    await place.on(*stopped, do="stop")
    place.days.clock.move(place.days.clock.now() + THREE_DAYS)
    assert await due_now(place) >= FAMILIES + ELDERS, "nothing was due while they were stopped"
    await place.on(*stopped, do="start")
    assert await stories.effects() == expected
    assert await due_now(place) == 0


async def test_of_two_workers_one_acts_and_the_other_takes_over_when_it_dies(place: Place, untroubled: dict[str, Effects]) -> None:
    """Ruling 16 of the design: frozen while deadlines are due, then killed: nobody acts beside it, and afterwards each acted once."""
    expected = await without_trouble(place, untroubled)
    stories = Stories(place, date(2022, 6, 8))
    await stories.tell()
    await stories.call()
    before = {service: await place.sweeper(service) for service in SERVICES}
    for name in before.values():
        place.installation.kill(name, signal.SIGSTOP)
    place.days.clock.move(place.days.clock.now() + THREE_DAYS)
    due = await due_now(place)
    assert due >= FAMILIES + ELDERS, "nothing was due while they were frozen"
    await asyncio.sleep(10 * POLL_SIMULATED_SECONDS)
    assert await due_now(place) == due, "somebody acted beside the one whose turn it is"
    pids = {name: place.installation.kill(name, signal.SIGKILL) for name in before.values()}
    assert await stories.effects() == expected
    assert await due_now(place) == 0
    assert {service: await place.sweeper(service) for service in SERVICES} == {service: other(name) for service, name in before.items()}
    for name, pid in pids.items():
        place.installation.wait_ready(name, not_pid=pid)


def other(worker: str) -> str:
    return worker.removesuffix("-2") if worker.endswith("-2") else f"{worker}-2"
