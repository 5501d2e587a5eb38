"""`minsheng demo`: start everything, play the case files, print what the read side says, stop again."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from minsheng.local import Installation, LocalInstallation
from minsheng.local.errors import AlreadyRunning
from minsheng.local.home import Home, default_home
from minsheng.local.installation import launch
from minsheng.local.program import Plan
from minsheng.programs import PREPARE, service_programs
from minsheng.simulation import existing_clock, simulated_clock

FUND = "children-serious-illness"
ENDS = date(2023, 6, 30)
"""The demonstration's clock stands here at the end: late enough that what nobody did is overdue."""
YEAR = "year"
"""The folder of the installation, beside the demonstration's own, in which the year is played: its clock begins in January."""


def demo(
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running afterwards.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Then play a whole year of the district, in an installation of its own.")] = False,
    seed: Annotated[str, typer.Option(help="Another seed plays other ids.")] = "7",
) -> None:
    """Play the case files of two families through the public APIs and print their chains."""
    console, began = console_of(), time.monotonic()
    with ExitStack() as stack:
        installation = started(stack, console, default_home(), keep=keep)
        asyncio.run(_play(console, installation, seed))
        console.print(f"\n[dim]{time.monotonic() - began:.1f} s[/dim]", end="  ")
        if keep:
            _how_to_ask(console, installation, seed)
        else:
            console.print("stopping; `make demo keep=1` leaves it running so that you can ask it yourself")
    if full:
        from minsheng.commands.year import play_year

        play_year(console, default_home() / YEAR)
    if not keep:
        console.print("nothing is left running")


def console_of() -> Console:
    """Wide enough for the tables."""
    return Console(highlight=False, width=max(118, Console().width))


def started(stack: ExitStack, console: Console, home: Path, *, keep: bool) -> Installation:
    """A running simulation: one that is there already, or one started now (and stopped at the end unless kept)."""
    began = time.monotonic()

    def told(phase: str, message: str) -> None:
        if phase in {"program", "jars", "starting"}:
            console.print(f"[dim]{time.monotonic() - began:5.1f} s[/dim]  {message}")

    programs = service_programs()
    Home(home).create()
    simulated_clock(Home(home))
    try:
        if keep:
            launch(Home(home), Plan(programs=programs, prepare=PREPARE), told)
            return Installation(home)
        return stack.enter_context(LocalInstallation(home, programs, PREPARE, told=told))
    except AlreadyRunning:
        return Installation(home)


async def _play(console: Console, installation: Installation, seed: str) -> None:
    from kit.status import advance
    from minsheng.demo import screen
    from minsheng.demo.case_file import load_all, noon_of
    from minsheng.demo.play import Player
    from minsheng.prepare import local_issuer
    from minsheng.programs import SERVICES

    services = {name: installation.url(name) for name in SERVICES}
    ops = {name: f"http://127.0.0.1:{installation.port(f'{name}-ops')}" for name in SERVICES}
    player = Player(services, ops, local_issuer(installation.home.keys), seed)
    cases = load_all()
    clock = existing_clock(installation.home)

    async def until(day: date) -> None:
        if noon_of(day) > clock.now():
            await advance(clock, noon_of(day), player.statuses)

    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console) as progress:
        await player.publish_areas()
        bars = {case.title: progress.add_task(case.title, total=len(case.steps)) for case in cases}
        await player.play_together(cases, lambda case, _step: progress.advance(bars[case.title]), until)
    await until(ENDS)
    families = {player.names.id(case.household): case.title for case in cases if case.household}
    for household, title in families.items():
        screen.chain(console, title, await player.get(f"/households/{household}/chain"))
    screen.exceptions(console, await player.get("/exceptions"), families)
    screen.trace(console, await player.get(f"/funds/{FUND}/trace", "charity_officer"), families)
    await player.close()


def _how_to_ask(console: Console, installation: Installation, seed: str) -> None:
    from minsheng.demo.case_file import Names

    household = Names(seed).id("family-chen")
    console.print("left running; ask again:")
    console.print(
        "\n".join(f"  {name:<10} {installation.url(name)}/docs" for name in ("registry", "relief", "charity", "eldercare", "linkage"))
    )
    console.print(
        '  curl -s -H "Authorization: Bearer $(.venv/bin/minsheng token --role auditor)" '
        f"{installation.url('linkage')}/households/{household}/chain",
        soft_wrap=True,
    )
    console.print("  make down   stops everything")
