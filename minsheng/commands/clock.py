"""`minsheng clock`: show, set and advance the clock of a simulation. Deadlines act on the way, one after the other."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import httpx
import msgspec
import typer
from rich.console import Console
from rich.table import Table

from kit.clock import SHANGHAI
from kit.simulation import CannotTurnBack, SimulatedClock
from kit.status import Status, advance
from minsheng.local.home import Home, default_home
from minsheng.simulation import existing_clock

app = typer.Typer(invoke_without_command=True, help="The clock of a simulation: show it, set it, advance it.")
console = Console(highlight=False, soft_wrap=True)
SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")


@app.callback()
def show(context: typer.Context) -> None:
    """Where the clock stands, and when the next deadline of each service is due."""
    if context.invoked_subcommand is None:
        clock = _clock()
        _told(clock, asyncio.run(_ask()))


@app.command("set")
def set_to(instant: Annotated[str, typer.Argument(help="2022-03-01 or 2022-03-01T08:00, Shanghai time unless it says otherwise.")]) -> None:
    """Move the clock to an instant; every deadline up to then acts."""
    try:
        to = datetime.fromisoformat(instant)
    except ValueError:
        raise typer.BadParameter(f"{instant} is no instant; write 2022-03-01 or 2022-03-01T08:00") from None
    _move(_clock(), to if to.tzinfo else to.replace(tzinfo=SHANGHAI))


@app.command("advance")
def advance_by(span: Annotated[str, typer.Argument(help="3d, 12h, 90m, or together: 1d12h.")]) -> None:
    """Move the clock on by a span; every deadline on the way acts."""
    found = SPAN.fullmatch(span)
    if not span or not found:
        raise typer.BadParameter(f"{span} is no span; write 3d, 12h, 90m or 1d12h")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    clock = _clock()
    _move(clock, clock.now() + timedelta(days=days, hours=hours, minutes=minutes))


def _clock() -> SimulatedClock:
    return existing_clock(Home(default_home()))


def _move(clock: SimulatedClock, to: datetime) -> None:
    instants: list[datetime] = []

    def told(due: datetime) -> None:
        instants.append(due)
        status.update(f"deadlines of {_shown(due)} act")

    try:
        with console.status("at rest?") as status:
            _told(clock, asyncio.run(advance(clock, to, _ask, told)))
    except CannotTurnBack as error:
        raise typer.BadParameter(str(error)) from None
    console.print(f"deadlines acted at {len(instants)} instants" + (f": {', '.join(map(_shown, instants[:8]))}" if instants else ""))


def _shown(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _told(clock: SimulatedClock, statuses: Sequence[Status]) -> None:
    console.print(f"the clock stands at [bold]{_shown(clock.now())}[/bold] (Shanghai)")
    table = Table("service", "events", "next deadline")
    for status in statuses:
        table.add_row(status.service, str(status.position or "–"), _shown(status.next_due) if status.next_due else "–")
    console.print(table)


async def _ask() -> list[Status]:
    """Where each service stands. Raises: NotRunning."""
    from minsheng.connect import connect

    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        answers = await asyncio.gather(*(http.get(f"{url}/status") for url in connect().ops.values()))
    return [msgspec.json.decode(answer.content, type=Status) for answer in answers]
