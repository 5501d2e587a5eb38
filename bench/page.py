"""Writes the part of docs/performance.md that a report tells: the table, the remarks, and the charts beside it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from bench.peers_venv import Peers
from bench.results import Report, Result
from bench.screen import number, remarks
from minsheng.local.home import PROJECT

PAGE = PROJECT / "docs" / "performance.md"
CHARTS = PROJECT / "docs" / "performance"
BEGIN, END = "<!-- figures: begin (make bench-page) -->", "<!-- figures: end -->"


def write_page(report: Report, peers: Peers, page: Path = PAGE, charts: Path = CHARTS) -> None:
    """The page shows this report. Raises ValueError when the page has lost its marks; CannotInstall without what draws charts."""
    text = page.read_text()
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"{page}: the marks around the figures are gone")
    drawn = draw(report, peers, charts)
    before, rest = text.split(BEGIN)
    page.write_text(before + BEGIN + "\n\n" + "\n".join(figures(report, drawn)) + "\n\n" + END + rest.split(END)[1])


def figures(report: Report, charts: list[str]) -> Iterator[str]:
    """The lines of the generated part."""
    machine = report.machine
    yield (
        f"From the {report.size} run of {machine.began}: {machine.cpu}, {machine.cores} cores, {machine.memory_gib:g} GiB, {machine.system}, "
        f"Python {machine.python}, PostgreSQL {machine.postgresql}, seed {report.seed}. The machine's load was {machine.load} when the run "
        "began; the column `load` has it for each bar (the last minute's mean, 0 is a quiet machine)."
    )
    yield ""
    yield "| bar | system | median | runs | p50 / p95 / p99 ms | goal | load | checked |"
    yield "|---|---|---:|---|---:|---|---:|---|"
    yield from (row(result) for result in report.results)
    yield from ("", "What the systems do not do, and what was not run:", "")
    yield from (f"- {line}" for line in remarks(report))
    for chart in charts:
        yield from ("", f"![{chart.replace('_', ' ')}](performance/{chart}.svg)")


def row(result: Result) -> str:
    value = "not run" if result.not_run else "void" if result.value is None else f"{number(result.value)} {result.unit}"
    runs = " ".join(number(one) for one in result.runs)
    found = [number(one) for one in (result.p50_ms, result.p95_ms, result.p99_ms) if one is not None]
    goal = "" if result.goal is None else f"{result.goal}{ {True: ': met', False: ': not met', None: ''}[result.met] }"
    checked = "" if result.not_run else "green" if result.checker == "green" else "red"
    load = "" if result.load is None else f"{result.load:g}"
    return f"| `{result.name}` | {result.system} | {value} | {runs} | {' / '.join(found)} | {goal} | {load} | {checked} |"


def draw(report: Report, peers: Peers, folder: Path) -> list[str]:
    """One chart for each bar that several systems have; the names of the charts."""
    measured = [result for result in report.results if result.value is not None]
    groups = {name: list(found) for name, found in groupby(measured, key=lambda result: result.name)}
    several = [result for found in groups.values() if len(found) > 1 for result in found]
    if not several:
        return []
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        part = Path(scratch) / "report.json"
        Report(machine=report.machine, seed=report.seed, size=report.size, results=several).write(part)
        subprocess.run(
            [str(peers.python()), "-m", "bench.charts", str(part), str(folder)],
            check=True,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
        )
    return list(dict.fromkeys(result.name for result in several))
