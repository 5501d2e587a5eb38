"""What a run of the suite found: figures, medians of several runs, goals, and the JSON that keeps them."""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec


class CannotRun(Exception):
    """There will be no figure; the reason is its text."""


@dataclass
class Figure:
    """One run of one bar. latencies_ms: where the bar has any.  wrong: what the checker found; then the figure is void.

    notes: what else was seen.  missed: parts of the goal that are no number of the result, and were not reached.
    """

    value: float
    latencies_ms: Sequence[float] = ()
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


class Goal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a bar is to reach. least or most: of the value; p50_ms …: at most so many milliseconds.

    times, of: at least so many times our value of another bar.  also: more, in words; the bar itself tells when it was missed.
    """

    least: float | None = None
    most: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    times: float | None = None
    of: str | None = None
    also: str | None = None

    def __str__(self) -> str:
        """As the tables show it."""
        parts = [f">= {self.least:,.5g}" if self.least is not None else "", f"<= {self.most:,.5g}" if self.most is not None else ""]
        parts += [f">= {self.times:g} x {self.of}"] if self.of else []
        parts += [self.also] if self.also else []
        times = {"p50": self.p50_ms, "p95": self.p95_ms, "p99": self.p99_ms}
        return ", ".join([part for part in parts if part] + [f"{name} <= {most:g} ms" for name, most in times.items() if most is not None])

    def met_by(self, result: Result, before: Sequence[Result] = ()) -> bool | None:
        """Whether value and times of the result are within the goal; None when what it is measured by is not there."""
        if result.value is None:
            return False
        if self.of is not None:
            other = next((one.value for one in before if (one.name, one.system) == (self.of, result.system)), None)
            return None if other is None else result.value >= (self.times or 1) * other
        within = [(result.p50_ms, self.p50_ms), (result.p95_ms, self.p95_ms), (result.p99_ms, self.p99_ms), (result.value, self.most)]
        enough = self.least is None or result.value >= self.least
        return enough and all(most is None or (found is not None and found <= most) for found, most in within)


class Result(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One bar of one system. value: the median of the runs; the times are those of the run that has it.

    checker: "green", or what was wrong; then there is no value.  load: of the machine, one minute, when the bar began.
    notes: what else was seen.  lacks: what the system does not do of the workload.  not_run: why there is no figure.
    """

    name: str
    system: str
    unit: str
    value: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    goal: Goal | None = None
    met: bool | None = None
    checker: str | list[str] | None = None
    runs: list[float] = []
    load: float | None = None
    notes: list[str] = []
    lacks: list[str] = []
    not_run: str | None = None


class Machine(msgspec.Struct, kw_only=True):
    """Where the figures were taken. cores: that the suite may use; load: of the last minute, when it began."""

    cpu: str
    cores: int
    memory_gib: float
    system: str
    python: str
    postgresql: str
    load: float
    began: str


class Report(msgspec.Struct, kw_only=True):
    """All of one run of the suite. size: short is `make bench`, full is `make bench-full`; tiny proves that everything works, no more."""

    machine: Machine
    seed: int
    size: Literal["tiny", "short", "full"]
    results: list[Result]

    def write(self, path: Path) -> None:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n")

    @classmethod
    def read(cls, path: Path) -> Report:
        return msgspec.json.decode(path.read_bytes(), type=cls)


def summed_up(blank: Result, figures: Sequence[Figure], before: Sequence[Result] = ()) -> Result:
    """The median of the runs; void if the checker found anything in any of them. before: as `Goal.met_by` takes it."""
    wrong = [line for figure in figures for line in figure.wrong]
    result = msgspec.structs.replace(blank, runs=[rounded(figure.value) for figure in figures], checker=wrong or "green")
    if wrong:
        return msgspec.structs.replace(result, runs=[], met=False if result.goal else None)
    middle = sorted(figures, key=lambda figure: figure.value)[(len(figures) - 1) // 2]
    result.value, result.notes = rounded(middle.value), [*middle.notes, *middle.missed]
    if len(middle.latencies_ms) >= 2:
        result.p50_ms, result.p95_ms, result.p99_ms = (rounded(one) for one in percentiles(middle.latencies_ms))
    if result.goal is not None:
        result.met = result.goal.met_by(result, before) and not middle.missed
    return result


def percentiles(values: Sequence[float]) -> tuple[float, float, float]:
    """(p50, p95, p99)."""
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]


def rounded(value: float) -> float:
    """Four digits; whole numbers from a thousand on."""
    return float(round(value)) if abs(value) >= 1_000 else float(f"{value:.4g}")


def load_now() -> float:
    return round(os.getloadavg()[0], 2)
