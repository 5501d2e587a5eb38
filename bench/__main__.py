"""`python -m bench`: run the suite, or make its page from a report. `make bench` and `make bench-full` call it."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from bench.ground import Ground
from bench.machine import machine
from bench.page import write_page
from bench.peers_venv import Peers
from bench.results import CannotRun, Report, Result, load_now
from bench.screen import progress, remarks, table
from bench.suite import OURS, Bar, bars, run_suite
from bench.workload import SEED
from minsheng.local import LocalInstallation
from minsheng.local.errors import CannotStart
from minsheng.local.home import default_home

INTERRUPTED, WIDTH = 130, 140
app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def run(
    *,
    full: Annotated[bool, typer.Option("--full", help="All bars at full size, five runs each.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the report to this file as JSON.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only bars of these names.")] = None,
    ours: Annotated[bool, typer.Option("--ours", help="Without the peers.")] = False,
    tiny: Annotated[bool, typer.Option("--tiny", help="Sizes that prove nothing: is everything in order?")] = False,
) -> None:
    """Run the bars; interrupted with Ctrl-C it shows what is done."""
    chosen = choose(full=full, only=only or [], ours=ours)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    try:
        report = uvloop.run(_run(console, chosen, out, full=full, tiny=tiny))
    except CannotStart as reason:
        console.print(str(reason))
        raise typer.Exit(1) from None
    console.print(table(report))
    for line in remarks(report):
        console.print(f"  {line}", markup=False, highlight=False)
    if out:
        console.print(f"written to {out}")
    if len(report.results) < len(chosen):
        console.print("interrupted")
        raise typer.Exit(INTERRUPTED)


@app.command()
def page(report: Annotated[Path, typer.Argument(exists=True, help="What `run --out` wrote.")]) -> None:
    """Write the tables and charts of docs/performance.md from a report."""
    try:
        write_page(Report.read(report), Peers(default_home() / "bench"))
    except CannotRun as reason:
        print(f"the charts cannot be drawn: {reason}", file=sys.stderr)
        raise typer.Exit(1) from None


def choose(*, full: bool, only: Sequence[str], ours: bool) -> list[Bar]:
    """The bars of this run. Raises typer.BadParameter for a name that none has."""
    known = bars()
    unknown = set(only) - {bar.name for bar in known}
    if unknown:
        raise typer.BadParameter(
            f"no bar is called {', '.join(sorted(unknown))}; there are {', '.join(dict.fromkeys(bar.name for bar in known))}"
        )
    return [bar for bar in known if (bar.name in only if only else full or bar.in_short) and not (ours and bar.system != OURS)]


async def _run(console: Console, chosen: Sequence[Bar], out: Path | None, *, full: bool, tiny: bool) -> Report:
    load = load_now()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="minsheng-bench-")))
        shown = stack.enter_context(progress(console))
        bar = shown.add_task("starting PostgreSQL and Kafka", total=sum(one.estimate(full=full) for one in chosen))
        servers = stack.enter_context(LocalInstallation(folder / "home", throwaway=True))
        ground = Ground(servers, folder, Peers(default_home() / "bench"), full=full, tiny=tiny)
        report = Report(
            machine=await machine(servers.postgres_dsn(), load), seed=SEED, size="tiny" if tiny else "full" if full else "short", results=[]
        )

        def told(what: str, seconds: float) -> None:
            shown.update(bar, advance=seconds, **({"description": what} if what else {}))  # type: ignore[arg-type]

        async def done(result: Result) -> None:
            report.results.append(result)
            if out:
                report.write(out)

        running = asyncio.ensure_future(run_suite(chosen, ground, told, done))
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, running.cancel)
        await asyncio.wait({running})
        if not running.cancelled():
            running.result()
    return report


if __name__ == "__main__":
    app()
