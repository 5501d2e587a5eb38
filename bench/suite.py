"""All bars and peers, with goals and estimates; and how they are run: one after the other, each several times, the median counts."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.bars import commands, endurance, faults, streams
from bench.bars.peer_streams import kafka_streams, rows_by
from bench.bars.peers import Run, commands_by, copies, pgbench
from bench.ground import Ground
from bench.results import CannotRun, Figure, Goal, Result, load_now, summed_up

OURS = "minsheng"
NO_KEYS = "no idempotency keys: repeated commands are stored again or refused"
NO_CLAIMS = "no claims, no check of a second stream"
ONE_WRITER_AT_A_TIME = "order by a lock on the whole table"
NO_ORDER = "positions are not the order of commits: a reader can miss events"
WAITS_FOR_STRANGERS = "its readers wait for the oldest open transaction of the server, also a stranger's"
LIMIT = "no store at all: one table, nothing is asked, decided or kept in order"
NO_JOURNAL = "rows only: no journal of the events"
ADDS_UP = "adds to rows without reading them; no check of order, holes or repeats"
LOSES = "acknowledges a batch also when it failed, and offsets apart from the rows"
REPEATS = "offsets apart from the rows: a batch is applied again after a crash"
NO_RULES = "no decision, no state loaded: it stores what it is given"


@dataclass(frozen=True)
class Bar:
    """One bar of one system. seconds: what one run takes, short and full.  in_short: part of `make bench`.  fixed_runs: otherwise as many as is usual."""

    name: str
    unit: str
    run: Run
    seconds: tuple[float, float]
    system: str = OURS
    goal: Goal | None = None
    in_short: bool = True
    fixed_runs: tuple[int, int] | None = None
    lacks: tuple[str, ...] = ()
    not_built: str | None = None

    def runs(self, ground: Ground) -> int:
        return 1 if ground.tiny else self._runs(full=ground.full)

    def _runs(self, *, full: bool) -> int:
        """Ours three times and five; a peer once in the short run, in which it only gives the scale."""
        return self.fixed_runs[full] if self.fixed_runs else 5 if full else 3 if self.system == OURS else 1

    def estimate(self, *, full: bool) -> float:
        """Seconds of all its runs."""
        return 0.0 if self.not_built else self._runs(full=full) * self.seconds[full]

    def blank(self) -> Result:
        return Result(name=self.name, system=self.system, unit=self.unit, goal=self.goal, lacks=list(self.lacks))


async def no_run(_ground: Ground) -> Figure:
    """Of a bar that is named and not built."""
    raise CannotRun("not built")


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
    yield peer("Emmett 0.42", "emmett/app.mjs", {"versions", "once"}, (NO_KEYS, NO_CLAIMS, WAITS_FOR_STRANGERS))
    yield peer("UmaDB 0.7", "umadb_app", {"versions", "once", "order"}, (NO_KEYS, "files of its own instead of PostgreSQL"))
    yield Bar("command_in_process", "commands/s", pgbench, (5, 11), system="pgbench, one insert a commit", lacks=(LIMIT,))
    yield Bar("append_100", "events/s", copies, (6, 20), system="COPY, 100 rows a commit", lacks=(LIMIT,))


def _stream_bars() -> Iterator[Bar]:
    yield Bar("project_from_store", "events/s", streams.project_from_store, (6, 25), goal=Goal(least=70_000))
    yield Bar("relay_backlog", "events/s", streams.relay_backlog, (6, 40), goal=Goal(least=80_000))
    yield Bar("relay_latency", "ms p95", streams.relay_latency, (10, 25), goal=Goal(most=15))
    yield Bar("kafka_to_rows", "events/s", streams.kafka_to_rows, (12, 45), goal=Goal(least=40_000))
    yield Bar("kafka_to_rows_2", "events/s", streams.kafka_to_rows_2, (12, 40), goal=Goal(times=1.4, of="kafka_to_rows"))
    yield Bar("command_to_row", "ms p50", streams.command_to_row, (14, 40), goal=Goal(p50_ms=10, p95_ms=25, p99_ms=60))


def _stream_peers() -> Iterator[Bar]:
    def peer(system: str, run: Run, *lacks: str, in_short: bool = True, seconds: tuple[float, float] = (10, 30)) -> Bar:
        return Bar("kafka_to_rows", "events/s", run, seconds, system=system, lacks=(*lacks, ADDS_UP), in_short=in_short)

    yield peer("confluent-kafka, a plain loop", rows_by("confluent_loop"), "no fence against a second worker", NO_JOURNAL)
    yield peer("Faust, event by event", rows_by("faust_events"), LOSES, NO_JOURNAL, seconds=(20, 90))
    yield peer("Quix Streams", rows_by("quix_app"), REPEATS, NO_JOURNAL, seconds=(20, 90))
    yield Bar(
        "kafka_to_rows", "events/s", kafka_streams, (12, 25), system="upper bound: Kafka Streams (JVM)",
        lacks=("rows in memory and in a changelog topic, no PostgreSQL", "at least once: what was not yet committed is counted again"),
    )  # fmt: skip


def _whole_system_bars() -> Iterator[Bar]:
    yield Bar("failover", "s", faults.failover, (20, 25), goal=Goal(most=3))
    yield Bar("stranger", "ms added", faults.stranger, (22, 135), goal=Goal(most=faults.NOISE_MS))
    yield Bar(
        "rebuild_1m", "s", faults.rebuild_1m, (30, 120), in_short=False,
        goal=Goal(most=20, also="no failed read, read p99 <= 2 x that before"),
    )  # fmt: skip
    yield Bar("chain_read", "ms p50", endurance.chain_read, (30, 200), in_short=False, goal=Goal(p50_ms=5, p95_ms=15, p99_ms=30))
    yield Bar("growth", "% moved", endurance.growth, (60, 900), in_short=False, fixed_runs=(1, 1), goal=Goal(most=100 * endurance.FLAT))
    yield Bar(
        "year", "s", endurance.year, (150, 150), in_short=False, fixed_runs=(1, 3),
        goal=Goal(most=90, also=f">= {endurance.LEAST_COMMANDS_A_SECOND} commands/s"),
    )  # fmt: skip
    yield Bar(
        "memory", "MiB", endurance.memory, (80, 1_830), in_short=False, fixed_runs=(1, 1), goal=Goal(most=200, also="no process grows")
    )


def bars() -> list[Bar]:
    """In the order in which they run and are shown: those of one name together."""
    listed = [*_command_bars(), *_command_peers(), *_stream_bars(), *_stream_peers(), *_whole_system_bars()]
    names = list(dict.fromkeys(bar.name for bar in listed))
    return sorted(listed, key=lambda bar: names.index(bar.name))


Told = Callable[[str, float], None]
"""(what runs, seconds of the estimate that are done)."""


async def run_bar(bar: Bar, ground: Ground, told: Told, before: Sequence[Result] = ()) -> Result:
    """The bar's result; what cannot run is named with its reason. before: the results so far, which a goal may be measured by."""
    blank = msgspec.structs.replace(bar.blank(), load=load_now())
    if bar.not_built:
        return msgspec.structs.replace(blank, not_run=bar.not_built)
    figures: list[Figure] = []
    for number in range(runs := bar.runs(ground)):
        told(f"{bar.name}: {bar.system} ({number + 1} of {runs})", 0.0)
        try:
            figures.append(await bar.run(ground))
        except Exception as error:  # noqa: BLE001 - a run of hours must not be lost with one bar; the result says what happened
            told("", bar.seconds[ground.full] * (runs - number))
            return _without_figure(blank, error)
        told("", bar.seconds[ground.full])
    return summed_up(blank, figures, before)


def _without_figure(blank: Result, error: Exception) -> Result:
    """What could not be run is named with its reason; an error of ours makes the bar red."""
    if isinstance(error, CannotRun):
        return msgspec.structs.replace(blank, not_run=str(error))
    where = traceback.extract_tb(error.__traceback__)[-1]
    said = f"ended in {type(error).__name__} at {Path(where.filename).name}:{where.lineno}: {str(error)[:200]}"
    return msgspec.structs.replace(blank, checker=[said], met=False if blank.goal else None)


async def run_suite(chosen: Sequence[Bar], ground: Ground, told: Told, done: Callable[[Result], Awaitable[None]]) -> None:
    """Each bar in turn; `done` hears each result as soon as it is there, so that an interruption loses nothing."""
    before: list[Result] = []
    for bar in chosen:
        before.append(await run_bar(bar, ground, told, before))
        await done(before[-1])
