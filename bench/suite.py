"""All bars and peers, with goals and estimates; and how they are run: one after the other, each several times, the median counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from bench.bars import commands
from bench.bars.peers import PeerFailed, Run, commands_by
from bench.ground import Ground
from bench.peers_venv import CannotInstall
from bench.results import Figure, Goal, Result, load_now, summed_up

OURS = "minsheng"
NO_KEYS = "no idempotency keys: repeated commands are stored again or refused"
NO_CLAIMS = "no claims, no check of a second stream"
ONE_WRITER_AT_A_TIME = "order by a lock on the whole table"
NO_ORDER = "positions are not the order of commits: a reader can miss events"
NO_RULES = "no decision, no state loaded: it stores what it is given"


@dataclass(frozen=True)
class Bar:
    """One bar of one system. seconds: what one run takes, short and full.  in_short: part of `make bench`.  fixed_runs: instead of 3 or 5."""

    name: str
    unit: str
    run: Run
    seconds: tuple[float, float]
    system: str = OURS
    goal: Goal | None = None
    in_short: bool = True
    fixed_runs: tuple[int, int] = (3, 5)
    lacks: tuple[str, ...] = ()
    not_built: str | None = None

    def runs(self, ground: Ground) -> int:
        return 1 if ground.tiny else self.fixed_runs[ground.full]

    def estimate(self, *, full: bool) -> float:
        """Seconds of all its runs."""
        return 0.0 if self.not_built else self.fixed_runs[full] * self.seconds[full]

    def blank(self) -> Result:
        return Result(name=self.name, system=self.system, unit=self.unit, goal=self.goal, lacks=list(self.lacks))


async def no_run(_ground: Ground) -> Figure:
    """Of a bar that is named and not built."""
    raise CannotInstall("not built")


def _command_bars() -> Iterator[Bar]:
    yield Bar("command_in_process", "commands/s", commands.command_in_process, (7, 20), goal=Goal(least=10_000, p99_ms=3))
    yield Bar("command_http", "commands/s", commands.command_http, (8, 20), goal=Goal(least=2_500, p99_ms=15))
    yield Bar("append_100", "events/s", commands.append_100, (6, 20), goal=Goal(least=80_000))
    yield Bar(
        "import", "events/s", no_run, (0, 0), goal=Goal(least=90_000),
        not_built="the kit has no bulk import with version checks yet; batches of commands are another path",
    )  # fmt: skip


def _command_peers() -> Iterator[Bar]:
    def peer(system: str, script: str, promises: set[str], lacks: tuple[str, ...], **options: object) -> Bar:
        run = commands_by(script, promises, **options)
        return Bar("command_in_process", "commands/s", run, (8, 20), system=system, lacks=lacks)

    yield peer("asyncpg, a transaction a command", "inserts_asyncpg", {"versions", "once"}, (NO_KEYS, NO_CLAIMS, NO_RULES, NO_ORDER))
    yield peer("psycopg, a transaction a command", "inserts_psycopg", {"versions", "once"}, (NO_KEYS, NO_CLAIMS, NO_RULES, NO_ORDER))
    yield peer(
        "eventsourcing 9.5, safe",
        "eventsourcing_app",
        {"versions", "once", "order"},
        (NO_KEYS, NO_CLAIMS, ONE_WRITER_AT_A_TIME),
        fast=False,
    )
    yield peer("eventsourcing 9.5, fast", "eventsourcing_app", {"versions", "once"}, (NO_KEYS, NO_CLAIMS, NO_ORDER), fast=True)


def bars() -> list[Bar]:
    """In the order in which they run and are shown: those of one name together."""
    listed = [*_command_bars(), *_command_peers()]
    names = list(dict.fromkeys(bar.name for bar in listed))
    return sorted(listed, key=lambda bar: names.index(bar.name))


Told = Callable[[str, float], None]
"""(what runs, seconds of the estimate that are done)."""


async def run_bar(bar: Bar, ground: Ground, told: Told) -> Result:
    """The bar's result; what cannot run is named with its reason."""
    blank = msgspec.structs.replace(bar.blank(), load=load_now())
    if bar.not_built:
        return msgspec.structs.replace(blank, not_run=bar.not_built)
    figures: list[Figure] = []
    for number in range(runs := bar.runs(ground)):
        told(f"{bar.name}: {bar.system} ({number + 1} of {runs})", 0.0)
        try:
            figures.append(await bar.run(ground))
        except (CannotInstall, PeerFailed) as reason:
            told("", bar.seconds[ground.full] * (runs - number))
            return msgspec.structs.replace(blank, not_run=str(reason))
        told("", bar.seconds[ground.full])
    return summed_up(blank, figures)


async def run_suite(chosen: Sequence[Bar], ground: Ground, told: Told, done: Callable[[Result], Awaitable[None]]) -> None:
    """Each bar in turn; `done` hears each result as soon as it is there, so that an interruption loses nothing."""
    for bar in chosen:
        await done(await run_bar(bar, ground, told))
