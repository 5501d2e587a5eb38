"""One run: the world is made, load and faults go on beside each other until both have had enough, everything comes to rest, all is checked."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from kit.streams.ledger import WHOLE
from minsheng.local import LocalInstallation
from tests.faults.waiting import until
from tests.mutants import mutations
from tests.torture import database_faults
from tests.torture.checks.all import Verdicts, check
from tests.torture.database_faults import Rates
from tests.torture.director import RELAYS, WORKERS, Director
from tests.torture.keeper import Keeper
from tests.torture.tail import what_it_saw
from tests.torture.world import APIS, World, new_world

Progress = Callable[[str, int, int], None]
"""(what is being done, events so far, events wanted)"""
SILENT: Progress = lambda _what, _done, _wanted: None  # noqa: E731
CLIENTS, SINGLES = 2, 3
LOOK_S = 0.5


@dataclass(frozen=True)
class Plan:
    """events: at least so many.  faults: also those of the director.  read_side: with relays, workers and the tail of the topic.

    mutant: a broken build.  fault_names: only these of the director's.
    rest_s: how long everything may take to come to rest after the load.  minutes: of load, after which fewer events are enough.
    """

    events: int
    seed: int
    rates: Rates = Rates()
    faults: bool = True
    read_side: bool = True
    clients: int = CLIENTS
    mutant: str | None = None
    fault_names: frozenset[str] | None = None
    rest_s: float = 120.0
    minutes: float | None = None


@dataclass
class Outcome:
    """What became of a run. missing: faults that did not fire."""

    plan: Plan
    verdicts: Verdicts
    faults: Counter[str]
    restarts: dict[str, int]
    seconds: dict[str, float]
    missing: list[str] = field(default_factory=list)

    @property
    def green(self) -> bool:
        return not self.verdicts.red and not self.missing


class Run:
    """progress: is told what is being done."""

    def __init__(self, plan: Plan, installation: LocalInstallation, folder: Path, progress: Progress = SILENT) -> None:
        self.plan, self.installation, self.folder, self.progress = plan, installation, folder, progress
        self.seconds: dict[str, float] = {}
        self.unrest: list[str] = []

    async def __call__(self) -> Outcome:
        self.progress("starting", 0, self.plan.events)
        world = await new_world(self.installation, self.folder, self.plan.seed, self.plan.mutant)
        await mutations.break_sql(self.plan.mutant, world.owner_store)
        keeper = Keeper(world)
        director = Director(world, self.installation, keeper, self.plan.events)
        try:
            await self._load(world, keeper, director)
        finally:
            await keeper.kill_all()
        began = time.monotonic()
        self.progress("checking", self.plan.events, self.plan.events)
        verdicts = await check(world, read_side=self.plan.read_side)
        verdicts.put("rest", self.unrest)
        self.seconds["checks"] = time.monotonic() - began
        faults = director.fired + Counter(await database_faults.counted(world))
        missing = sorted({name for name, count in self._expected(director, faults).items() if not count})
        return Outcome(self.plan, verdicts, faults, keeper.restarts(), self.seconds, missing)

    def _expected(self, director: Director, faults: Counter[str]) -> dict[str, int]:
        """Every fault that this plan must have had, and how often it did."""
        named = [name for track in self._tracks(director).values() for name, _ in track]
        inside = [name for name in faults if name.startswith(("delay", "rollback"))] if self.plan.rates.naps else []
        return {name: faults[name] for name in [*named, *(name for name in inside if self.plan.read_side or "append" in name)]}

    def _tracks(self, director: Director) -> dict[str, list[tuple[str, Callable[[], object]]]]:
        tracks = director.tracks() if self.plan.faults else {}
        wanted = self.plan.fault_names
        return {name: [fault for fault in track if wanted is None or fault[0] in wanted] for name, track in tracks.items()}

    async def _load(self, world: World, keeper: Keeper, director: Director) -> None:
        began = time.monotonic()
        await database_faults.install(world, self.plan.rates)
        relays = RELAYS if self.plan.read_side else RELAYS[:1]  # one at least: it finds that store and topic agree
        parts = [keeper.start("api", *APIS), keeper.start("tail", "tail"), keeper.start("relay", *relays)]
        if self.plan.read_side:
            parts.append(keeper.start("worker", *WORKERS))
        await asyncio.gather(*parts)
        names = [f"client-{number}" for number in range(self.plan.clients)]
        for number, name in enumerate(names):
            await keeper.start("client", name, more=(str(number * 100), str(SINGLES)))
        self.seconds["start"] = time.monotonic() - began
        faults = asyncio.create_task(director.run(self._tracks(director)))  # type: ignore[arg-type]
        await self._until_enough(world, director, faults)
        director.calm.set()
        await faults
        self.seconds["load and faults"] = time.monotonic() - began - self.seconds["start"]
        self.progress("coming to rest", self.plan.events, self.plan.events)
        await keeper.stop(*names)
        await database_faults.lift(world)
        await self._rest(world)
        self.seconds["coming to rest"] = time.monotonic() - began - sum(self.seconds.values())
        await keeper.stop(*[name for name, one in keeper.kept.items() if one.wanted], seconds=60)

    async def _until_enough(self, world: World, director: Director, faults: asyncio.Task[None]) -> None:
        """So many events are stored, and each fault has fired."""
        expected = {name for track in self._tracks(director).values() for name, _ in track}
        ends = time.monotonic() + 60 * (self.plan.minutes or 1e6)
        while True:
            if faults.done() and faults.exception():
                faults.result()
            stored = director.stored = await _stored(world)
            self.progress(f"{sum(director.fired.values())} faults", stored, self.plan.events)
            enough = stored >= self.plan.events or time.monotonic() > ends
            if enough and all(director.fired[name] for name in expected):
                return
            await asyncio.sleep(LOOK_S)

    async def _rest(self, world: World) -> None:
        """Relay and workers have reached the head of the log; so has the reader."""
        head = await _stored(world)

        async def reached() -> bool:
            seen = max((position for position, _ in what_it_saw(world)), default=0)
            return seen >= head and (not self.plan.read_side or await self._copied(world) >= head)

        try:
            await until(reached, f"reader, relay and read side are at position {head}", self.plan.rest_s)
        except TimeoutError as late:
            self.unrest.append(str(late))

    async def _copied(self, world: World) -> int:
        store, reader = await asyncpg.connect(world.owner_store), await asyncpg.connect(world.owner_reader)
        sent = await store.fetchval("select coalesce(max(position), 0) from relay_ledger where partition = $1", WHOLE)
        applied = await reader.fetchval("select coalesce(max(position), 0) from checkpoint")
        await store.close()
        await reader.close()
        await asyncio.sleep(0.2)
        return int(min(sent, applied))


async def _stored(world: World) -> int:
    """The newest position; the last known one while the server is away."""

    async def look() -> int | None:
        try:
            connection = await asyncpg.connect(world.owner_store, timeout=5)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return None
        try:
            return int(await connection.fetchval("select coalesce(max(position), 0) from events")) + 1
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return None
        finally:
            connection.terminate()

    newest = await until(look, "the log can be read", 60)
    assert newest is not None
    return newest - 1
