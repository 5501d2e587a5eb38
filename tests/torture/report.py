"""The summary of a run as tables, for a terminal or a page."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from tests.torture.run import Outcome


def show(outcome: Outcome, console: Console) -> None:
    """Events, commands by outcome, faults by kind, verdicts, duration."""
    verdicts, plan = outcome.verdicts, outcome.plan
    console.print(f"{verdicts.events:,} events, seed {plan.seed}" + (f", mutant {plan.mutant}" if plan.mutant else ""))
    console.print(_table("commands", verdicts.outcomes))
    console.print(_table("open outcomes of single tries", verdicts.troubles))
    console.print(_table("also counted", verdicts.figures))
    console.print(_table("faults that fired", {**dict.fromkeys(outcome.missing, 0), **dict(sorted(outcome.faults.items()))}))
    console.print(_table("processes started again", outcome.restarts))
    table = Table("checker", "verdict", title="verdicts", title_justify="left")
    for checker, wrong in verdicts.wrong.items():
        table.add_row(checker, "green" if not wrong else f"RED: {len(wrong)}; {wrong[0]}")
    console.print(table)
    console.print(_table("seconds", {what: round(seconds) for what, seconds in outcome.seconds.items()}))
    if outcome.missing:
        console.print(f"RED: these faults did not fire: {', '.join(outcome.missing)}")
    console.print("all green" if outcome.green else "RED")


def _table(title: str, counts: Mapping[str, int]) -> Table:
    table = Table(title, "number", title_justify="left")
    table.columns[1].justify = "right"
    for name, count in counts.items():
        table.add_row(name, f"{count:,}")
    return table
