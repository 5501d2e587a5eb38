"""`make torture`, or `python -m tests.torture --events 50000`: one run, with a progress bar and a summary. Exit code 1 when anything is red."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from minsheng.local import LocalInstallation
from tests.torture.report import show
from tests.torture.run import Outcome, Plan, Run


def main() -> int:
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000, help="at least so many (default: 1,000,000)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="of commands and faults")
    parser.add_argument("--minutes", type=float, help="of load, after which fewer events are enough")
    parser.add_argument("--keep", type=Path, help="a folder in which logs and notes stay")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="torture-") as temporary:
        outcome = played(
            Plan(given.events, given.seed, minutes=given.minutes),
            Path(temporary),
            given.keep or Path(temporary, "run"),
        )
    show(outcome, Console(highlight=False, width=150))
    return 0 if outcome.green else 1


def played(plan: Plan, home: Path, folder: Path) -> Outcome:
    """On servers of its own, which are gone afterwards."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("events"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("starting", total=plan.events)

        def progress(what: str, done: int, wanted: int) -> None:
            bar.update(task, description=what, completed=min(done, wanted))

        with LocalInstallation(home / "home", throwaway=True) as installation:
            return asyncio.run(Run(plan, installation, folder.resolve(), progress)())


if __name__ == "__main__":
    sys.exit(main())
