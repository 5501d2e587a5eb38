"""A small year in installations of their own, and everything that is said of it afterwards, so that two of them can be compared.

Some ids are an installation's own: those of events are made at random, those that a decision makes hang on its secret. They are told by what
the year decides: an event by stream and version, a thing by the event that first spoke of it. Places in a log depend on who was faster, and
are left out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec

from kit.identity import Role
from kit.journal import sets
from kit.settings import database_of
from kit.simulation import SimulatedClock
from kit.status import Status, settle
from minsheng.district import Step, year
from minsheng.district.figures import Scale
from minsheng.district.people import Group, people
from minsheng.district.play import YearPlayer
from minsheng.district.played import Played
from minsheng.district.seasons import window_ends
from minsheng.district.stretches import windows
from minsheng.local import Installation, LocalInstallation
from minsheng.local.home import Home
from minsheng.prepare import local_issuer
from minsheng.programs import PREPARE, SERVICES, command_services, service_programs
from minsheng.simulation import existing_clock, simulated_clock
from services.linkage.programmes.catalogue import catalogues
from services.linkage.service import VIEWS

SEED, SCALE = 2022, 0.02
HALF, END = window_ends(date(2022, 3, 10), 3), window_ends(date(2022, 4, 30), 3)
"""The tests' year ends in April: every kind of deadline has acted by then, and a run stays below a minute."""
Told = dict[str, Any]
EVENTS = "select id::text, stream, version, type, data::text as data from events order by position"
ANY_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MADE_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
"""The ids that decisions make (`Context.new_id`) are of version 8; the year's own are of version 5."""
FINDINGS = "select id, scope, household_id, area, detection, kind, since, until, row::text as row from finding order by id"


@cache
def small_year() -> tuple[tuple[Step, ...], ...]:
    """The steps of the small year, day by day."""
    return tuple(tuple(day) for day in year(SEED, SCALE))


@cache
def window_ends_up_to_end() -> tuple[datetime, ...]:
    """When each window up to `END` that has steps ends, in order."""
    return tuple(window.ends for window in windows(small_year()) if window.ends <= END)


@contextmanager
def simulation(home: Path) -> Iterator[LocalInstallation]:
    """A new installation whose clock stands on the year's first morning; its home is removed at the end."""
    Home(home).create()
    simulated_clock(Home(home))
    with LocalInstallation(home, service_programs(), PREPARE, throwaway=True) as installation:
        yield installation


@dataclass(frozen=True)
class Ways:
    """How an installation is spoken to."""

    installation: Installation
    http: httpx.AsyncClient

    @property
    def clock(self) -> SimulatedClock:
        return existing_clock(self.installation.home)

    async def statuses(self) -> list[Status]:
        urls = [f"http://127.0.0.1:{self.installation.port(f'{name}-ops')}/status" for name in SERVICES]
        return [msgspec.json.decode((await self.http.get(url)).content, type=Status) for url in urls]

    async def settled(self) -> Sequence[Status]:
        """All services and the read side are at rest; nothing is parked, no reaction was refused."""
        statuses = await settle(self.statuses, timeout_seconds=240)
        for status in statuses:
            assert [place for place in status.consumers if place.parked] == [], status.service
            assert status.refused == 0, status.service
        return statuses

    def token(self, role: Role) -> dict[str, str]:
        issuer = local_issuer(self.installation.home.keys)
        return {"Authorization": f"Bearer {issuer.issue(f'{role}-9', [role], '440308')}"}

    async def get(self, path: str, **query: str) -> httpx.Response:
        """The read side's answer to an auditor."""
        answer = await self.http.get(f"{self.installation.url('linkage')}{path}", params=query, headers=self.token(Role.AUDITOR))
        return answer.raise_for_status()

    async def post(self, service: str, path: str, role: Role, body: Told, key: str = "") -> httpx.Response:
        headers = {**self.token(role), **({"Idempotency-Key": key} if key else {})}
        return await self.http.post(f"{self.installation.url(service)}{path}", json=body, headers=headers)


@asynccontextmanager
async def ways_into(installation: Installation) -> AsyncIterator[Ways]:
    async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
        yield Ways(installation, http)


@asynccontextmanager
async def player_of(installation: Installation, days: Sequence[Sequence[Step]]) -> AsyncIterator[YearPlayer]:
    """Plays these days, as `minsheng year` does."""
    services = {name: installation.url(name) for name in SERVICES}
    ops = {name: f"http://127.0.0.1:{installation.port(f'{name}-ops')}" for name in SERVICES}
    played = Played(installation.home.root / "year.jsonl", SEED, SCALE)
    player = YearPlayer(days, existing_clock(installation.home), services, ops, local_issuer(installation.home.keys), played)
    try:
        yield player
    finally:
        await player.close()


async def play(installation: Installation, days: Sequence[Sequence[Step]], until: datetime) -> None:
    """Every window up to an instant is played and every deadline up to it has acted."""
    async with player_of(installation, days) as player:
        await player.play_until(until)
        await player.finish(until)


@dataclass(frozen=True)
class Canary:
    """A person of the year with values that occur nowhere else; aid goes on for the household all year."""

    person: str
    household: str
    document_number: str
    name: str = "鑫囍示例雀"
    phone: str = "00098765432"
    address: str = "示范金丝雀巷 98765 号"

    @property
    def values(self) -> list[str]:
        return [self.name, self.document_number, self.phone, self.address]

    def days(self) -> tuple[tuple[Step, ...], ...]:
        """The small year in which the person is registered with these values."""
        return tuple(tuple(self._with_values(step) for step in day) for day in small_year())

    def _with_values(self, step: Step) -> Step:
        if step.id != self.person or step.command != "register":
            return step
        return replace(step, body={**step.body, "name": self.name, "phone": self.phone, "address": self.address})


@cache
def canary() -> Canary:
    """Somebody of a dibao family of which most is told before the year's half."""
    lasting = [home for home in people(SEED, Scale(SCALE)).of(Group.DIBAO) if home.is_lasting]
    told = Counter(step.body.get("household_id", step.id) for day in small_year() for step in day if step.at < HALF)
    home = max(lasting, key=lambda one: told[one.id])
    number = next(step.body["document_number"] for day in small_year() for step in day if step.id == home.head.id)
    return Canary(home.head.id, home.id, number)


# What is said of a year.


@dataclass(frozen=True)
class Account:
    """Everything an installation says at an instant of its clock; two accounts of the same year are equal."""

    report: Any
    lists: Mapping[str, Any]
    streets: Any
    board: Any
    coverage: Any
    views: Mapping[str, Mapping[str, Any]]
    findings: Sequence[Any]
    events: int

    def differences(self, other: Account) -> dict[str, Any]:
        """What differs, with the first places; {} for equal accounts."""
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in self.__dataclass_fields__}
        return {name: _first(*pair) for name, pair in pairs.items() if pair[0] != pair[1]}


def _first(one: Any, other: Any) -> Any:
    """The first places at which two answers differ."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return {key: _first(one.get(key), other.get(key)) for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [_first(a, b) for a, b in zip(one, other, strict=True) if a != b][:3]
    return one, other


async def account(installation: Installation, homes: Sequence[str]) -> Account:
    """What the installation says, once everything is at rest."""
    async with ways_into(installation) as ways:
        await ways.settled()
        names, events = await names_of_ids(installation)

        async def told(path: str, **more: str) -> Any:
            return plain((await ways.get(path, **more)).json(), names)

        figures = [figure.id for figure in catalogues()[2022].figures]
        return Account(
            report=await told("/reports/annual/2022"),
            lists={figure: ordered((await told(f"/reports/annual/2022/{figure}/list", limit="1000"))["items"]) for figure in figures},
            streets=await told("/reports/streets", **{"from": "2022-01-01", "to": "2022-12-31"}),
            board=ordered([plain(one, names) for one in await board(ways)]),
            coverage={home: [await told(f"/households/{home}/{what}") for what in ("chain", "coverage")] for home in homes},
            views=await rows_of_views(installation, names),
            findings=ordered([plain(one, names) for one in await findings(installation)]),
            events=events,
        )


async def board(ways: Ways) -> list[Told]:
    """The exception board with its history, all pages."""
    found: list[Told] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await ways.get("/exceptions", history="all", limit="200", **cursor)).json()
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


def ordered(found: Iterable[Any]) -> list[Any]:
    """In an order that hangs on nothing but what is said."""
    return sorted(found, key=lambda one: msgspec.json.encode(one, order="sorted"))


def plain(value: Any, names: Mapping[str, str]) -> Any:
    """Without what tells the answer's own age or a place in a log; an installation's own ids as the year calls them."""
    if isinstance(value, Mapping):
        return {key: plain(part, names) for key, part in value.items() if key not in {"freshness", "position"}}
    if isinstance(value, list):
        return [plain(part, names) for part in value]
    return ANY_ID.sub(lambda found: names.get(found[0], found[0]), value) if isinstance(value, str) else value


async def names_of_ids(installation: Installation) -> tuple[dict[str, str], int]:
    """What the year calls the installation's own ids; and how many events there are."""
    names: dict[str, str] = {}
    told: Counter[str] = Counter()
    events = 0
    for service in command_services():
        for row in await fetched(installation, service, EVENTS):
            events += 1
            data = msgspec.json.decode(row["data"])
            for made in dict.fromkeys(MADE_ID.findall(f"{row['data']} {row['stream']}")):
                if made not in names:
                    name = f"<{row['type']} {plain(row['stream'], names | {made: ''})} {_place(data, made)}>"
                    names[made] = f"{name}{told[name] or ''}"
                    told[name] += 1
            names[row["id"]] = f"<{service} {plain(row['stream'], names)}@{row['version']}>"
    return names, events


def _place(data: Any, made: str, path: str = "") -> str:
    """Where an id stands in an event's data, with what stands beside it."""
    if isinstance(data, Mapping):
        beside = MADE_ID.sub("", msgspec.json.encode(data, order="sorted").decode())
        here = [f"{key} of {beside}" for key, value in data.items() if value == made]
        return next(iter([*here, *(found for key, value in data.items() if (found := _place(value, made, key)))]), "")
    if isinstance(data, list):
        return next((f"{path} {found}" for value in data if (found := _place(value, made, path))), "")
    return ""


async def fetched(installation: Installation, service: str, query: str) -> list[Any]:
    connection = await asyncpg.connect(installation.postgres_dsn(database_of(service)))
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


async def rows_of_views(installation: Installation, names: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Each view's live rows by key."""
    async with asyncpg.create_pool(installation.postgres_dsn(database_of("linkage")), min_size=1, max_size=2) as pool:
        found = {}
        for view in VIEWS:
            (target,) = await sets.live(pool, [view])
            rows = await pool.fetch(f'select key, row::text as row from "{target.table}" where row is not null')
            found[view.name] = {plain(row["key"], names): plain(msgspec.json.decode(row["row"]), names) for row in rows}
        return found


async def findings(installation: Installation) -> list[Told]:
    """The rows of the board's table."""
    rows = await fetched(installation, "linkage", FINDINGS)
    return [{**row, "row": msgspec.json.decode(row["row"])} for row in rows]


def minsheng_year(home: Path) -> subprocess.Popen[bytes]:
    """`minsheng year` as a person runs it, in a process of its own."""
    environment = {**os.environ, "MINSHENG_HOME": str(home), "COLUMNS": "140", "NO_COLOR": "1"}
    argv = [sys.executable, "-m", "minsheng", "year", "--scale", str(SCALE), "--seed", str(SEED), "--until", "2022-04-30", "--keep"]
    return subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
