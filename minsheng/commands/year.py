"""`minsheng year`: a whole simulated year of the district through the public APIs, and what the read side says of it."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from minsheng.commands.demo import console_of, started
from minsheng.local import Installation
from minsheng.local.errors import CannotStart
from minsheng.local.home import Home
from minsheng.simulation import existing_clock

if TYPE_CHECKING:
    from minsheng.district.play import YearPlayer
SEED = 2022
LAST = datetime(2022, 12, 31)  # noqa: DTZ001 - a day as typer reads it, of no time zone


def year(
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running afterwards.")] = False,
    seed: Annotated[int, typer.Option(help="Another seed invents other people.")] = SEED,
    scale: Annotated[float, typer.Option(min=0.02, max=1.0, help="A part of the district: 0.1 has a tenth of everything.")] = 1.0,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Stop at the end of this day; a later run goes on.")] = LAST,
) -> None:
    """Play 2022 of the district: some 60,000 commands, deadlines and all; print the annual report. Interrupted, it goes on."""
    console, began = console_of(), time.monotonic()
    with ExitStack() as stack:
        installation = started(stack, console, keep=keep)
        asyncio.run(_year(console, installation, seed, scale, until.date()))
        console.print(f"\n[dim]{time.monotonic() - began:.1f} s in all[/dim]")
        if keep:
            console.print(f"left running; the report: {installation.url('linkage')}/reports/annual/2022   make down stops everything")


async def _year(console: Console, installation: Installation, seed: int, scale: float, until: date) -> None:
    progress = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(), console=console
    )
    with progress:
        bar = progress.add_task("inventing the district", total=None)
        player = year_player(installation, seed, scale, progress, bar)
        try:
            await play(player, until)
        except (KeyboardInterrupt, asyncio.CancelledError):
            console.print("interrupted; the same command goes on from here")
            raise
        finally:
            await player.close()


def year_player(installation: Installation, seed: int, scale: float, progress: Progress, bar: TaskID) -> YearPlayer:
    """The player of a year over a running simulation. Raises: CannotStart when another story has moved the clock already."""
    from minsheng.district import year as invented
    from minsheng.district.play import YearPlayer
    from minsheng.district.played import AnotherYear, Played
    from minsheng.prepare import local_issuer
    from minsheng.programs import SERVICES

    clock = existing_clock(installation.home)
    path = installation.home.root / "year.jsonl"
    require_fresh(installation.home, path)
    try:
        played = Played(path, seed, scale)
    except AnotherYear as other:
        raise CannotStart(f"{other}. Use another home: MINSHENG_HOME=folder make year") from other
    days = list(invented(seed, scale))
    progress.update(bar, description="the year", total=sum(map(len, days)))

    def told(steps: int, day: date) -> None:
        progress.update(bar, advance=steps, description=f"{day:%Y-%m-%d}")

    services = {name: installation.url(name) for name in SERVICES}
    ops = {name: f"http://127.0.0.1:{installation.port(f'{name}-ops')}" for name in SERVICES}
    return YearPlayer(days, clock, services, ops, local_issuer(installation.home.keys), played, told)


def require_fresh(home: Home, played: Path) -> None:
    """Raises: CannotStart when the clock has left the year's first morning without a year being played."""
    from minsheng.simulation import BEGINS

    if not played.exists() and existing_clock(home).now() > BEGINS:
        raise CannotStart(
            f"The simulation in {home.root} has a story of its own already. Play the year in a new home (MINSHENG_HOME=folder make year), "
            "or remove this one with all its data: minsheng down --remove-data"
        )


async def play(player: YearPlayer, until: date) -> None:
    """The year up to the end of a day, and the deadlines of that evening."""
    from minsheng.district.seasons import window_ends

    end = window_ends(until, 3)
    await player.play_until(end)
    await player.finish(end)
