"""`minsheng year`: a whole simulated year of the district through the public APIs, and what the read side says of it."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from minsheng.commands.demo import console_of, started
from minsheng.local import Installation
from minsheng.local.errors import CannotStart
from minsheng.local.home import Home, default_home
from minsheng.simulation import existing_clock

if TYPE_CHECKING:
    from minsheng.district import Step
    from minsheng.district.play import YearPlayer
SEED = 2022
LAST = datetime(2022, 12, 31)  # noqa: DTZ001 - a day as typer reads it, of no time zone
LAST_DAY = LAST.date()
DEADLINES_DAYS = 14
"""How far the clock goes on after the year, with nobody doing anything, to show what deadlines do by themselves."""


def year(
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running afterwards.")] = False,
    seed: Annotated[int, typer.Option(help="Another seed invents other people.")] = SEED,
    scale: Annotated[float, typer.Option(min=0.02, max=1.0, help="A part of the district: 0.1 has a tenth of everything.")] = 1.0,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Stop at the end of this day; a later run goes on.")] = LAST,
) -> None:
    """Play 2022 of the district: some 60,000 commands, deadlines and all; print the annual report. Interrupted, it goes on."""
    play_year(console_of(), default_home(), keep=keep, seed=seed, scale=scale, until=until.date())


def play_year(console: Console, home: Path, *, keep: bool = False, seed: int = SEED, scale: float = 1.0, until: date = LAST_DAY) -> None:
    """The year is played in the installation of this home, and its report printed once it is over."""
    began = time.monotonic()
    with ExitStack() as stack:
        installation = started(stack, console, home, keep=keep)
        asyncio.run(_year(console, installation, seed, scale, until))
        console.print(f"\n[dim]{time.monotonic() - began:.1f} s in all[/dim]")
        if keep:
            console.print(f"left running; the report: {installation.url('linkage')}/reports/annual/2022   make down stops everything")


async def _year(console: Console, installation: Installation, seed: int, scale: float, until: date) -> None:
    progress = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(), console=console
    )
    bar = progress.add_task("inventing the district", total=None)

    def told(steps: int, day: date) -> None:
        progress.update(bar, advance=steps, description=f"{day:%Y-%m-%d}")

    with ExitStack() as shown:
        shown.enter_context(progress)
        days = _invented(seed, scale)
        progress.update(bar, description="the year", total=sum(map(len, days)))
        player = year_player(installation, days, seed, scale, told)
        try:
            await play(player, until)
            progress.update(bar, description="the board catches up")
            await player.rest()
            shown.close()
            if until >= LAST_DAY:
                await _report(console, installation, player, days)
        except (KeyboardInterrupt, asyncio.CancelledError):
            console.print("interrupted; the same command goes on from here")
            raise
        finally:
            await player.close()


def _invented(seed: int, scale: float) -> list[list[Step]]:
    from minsheng.district import year as invented

    return list(invented(seed, scale))


def year_player(installation: Installation, days: list[list[Step]], seed: int, scale: float, told: Any) -> YearPlayer:
    """The player of a year over a running simulation. Raises: CannotStart when another story has moved the clock already."""
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


async def _report(console: Console, installation: Installation, player: YearPlayer, days: list[list[Step]]) -> None:
    """What the read side says: the annual report, the board before and after deadlines, one family, the streets."""
    from minsheng.district import EXAMPLE, screen
    from minsheng.district.asking import Asking
    from minsheng.district.seasons import FIRST, window_ends

    last = LAST_DAY
    later = last + timedelta(days=DEADLINES_DAYS)
    async with Asking(installation) as ask:
        screen.annual(console, await ask.get(f"/reports/annual/{last.year}"))
        before = await ask.findings(last)
        with console.status("two weeks pass, and nobody does anything"):
            await player.deadlines_act_until(window_ends(later, 3))
        screen.board(console, before, await ask.findings(later), (window_ends(last, 3), window_ends(later, 3)))
        home = next(step.body["household_id"] for steps in days for step in steps if step.story == EXAMPLE)
        screen.referral_story(console, await ask.get(f"/households/{home}/chain"))
        screen.streets(console, await ask.get("/reports/streets", **{"from": FIRST.isoformat(), "to": last.isoformat()}))
