"""`minsheng contracts`: what the services tell each other."""

from __future__ import annotations

import json
from itertools import groupby
from operator import itemgetter
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table

console = Console(highlight=False, soft_wrap=True)


def contracts(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Tell what is stale, missing or incompatible; exit code 1 if anything is.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: a list of events.")] = False,
) -> None:
    """List the services' events with their versions, or check them against the committed schemas."""
    if check:
        from contracts.generate.run import run

        raise typer.Exit(run(check=True))
    events = _events()
    if as_json:
        print(json.dumps(events, ensure_ascii=False, indent=2))
    else:
        console.print(_table(events))


def _events() -> list[dict[str, Any]]:
    from contracts.generate.events import published
    from contracts.generate.words import told_by

    events = []
    for kind in published():
        description, source = told_by(kind.cls)
        events.append(
            {
                "service": kind.service,
                "aggregate": kind.aggregate,
                "name": kind.name,
                "version": kind.version,
                "class": kind.cls.__name__,
                "shared": kind.shared,
                "stream": kind.stream_field,
                "description": description.split("\n")[0],
                "source": source,
            }
        )
    return events


def _table(events: list[dict[str, Any]]) -> Table:
    shared = sum(event["shared"] for event in events)
    columns = [Column(title, no_wrap=True) for title in ("service", "event", "v")]
    title = f"{len(events)} events, {shared} of them shared; the others, grey, stay in their service"
    table = Table(*columns, "what is true afterwards", box=SIMPLE_HEAD, title=title)
    for service, group in groupby(events, key=itemgetter("service")):
        table.add_section()
        for number, event in enumerate(group):
            name, style = event["name"].removeprefix(f"{service}."), "" if event["shared"] else "dim"
            table.add_row("" if number else service, name, str(event["version"]), event["description"], style=style)
    return table
