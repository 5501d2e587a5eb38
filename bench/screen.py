"""What the terminal shows: a bar with an estimate while the suite runs, and a table of what it found."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from bench.results import Report, Result


def progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:3.0f} %"), TimeElapsedColumn(), TimeRemainingColumn(),
        console=console,
    )  # fmt: skip


def table(report: Report) -> Table:
    machine = report.machine
    title = (
        f"{machine.cpu}, {machine.cores} cores, PostgreSQL {machine.postgresql}; load {machine.load} at the beginning; {report.size} run"
    )
    shown = Table(title=title, title_justify="left")
    shown.add_column("bar", no_wrap=True)
    shown.add_column("system", overflow="fold", min_width=16)
    for name in ("value", "p50 / p95 / p99 ms"):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("goal", overflow="fold", min_width=20)
    shown.add_column("checked", no_wrap=True)
    for result in report.results:
        shown.add_row(result.name, escape(result.system), value(result), times(result), goal(result), checked(result))
    return shown


def remarks(report: Report) -> list[str]:
    """Beneath the table: what was not run and why, what the checker found, what a system does not do."""
    lines = []
    for result in report.results:
        told = [result.not_run] if result.not_run else [*(result.checker if isinstance(result.checker, list) else []), *result.notes]
        lines += [f"{result.name}, {result.system}: {one}" for one in told]
    lacks = {(result.system, one): None for result in report.results if not result.not_run for one in result.lacks}
    systems = dict.fromkeys(system for system, _ in lacks)
    return lines + [f"{system}: {'; '.join(one for of, one in lacks if of == system)}" for system in systems]


def value(result: Result) -> str:
    if result.value is None:
        return "[dim]not run[/]" if result.not_run else "[red]void[/]"
    return f"{number(result.value)} {result.unit}"


def number(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 1_000 else f"{figure:,.4g}"


def times(result: Result) -> str:
    found = [result.p50_ms, result.p95_ms, result.p99_ms]
    return "" if None in found else " / ".join(number(one) for one in found if one is not None)


def goal(result: Result) -> str:
    if result.goal is None:
        return ""
    mark = {True: "[green]met[/]", False: "[red]not met[/]", None: ""}[result.met]
    return f"{result.goal} {mark}".strip()


def checked(result: Result) -> str:
    if result.not_run:
        return ""
    return "green" if result.checker == "green" else "[red]red[/]"
