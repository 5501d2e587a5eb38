"""`minsheng contracts`: what the services tell each other."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

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
    from contracts.generate.schema import schema_of

    return [
        {
            "service": kind.service,
            "aggregate": kind.aggregate,
            "name": kind.name,
            "version": kind.version,
            "class": kind.cls.__name__,
            "shared": kind.shared,
            "stream": kind.stream_field,
            "description": (schema := schema_of(kind))["description"].split("\n")[0],
            "source": schema["x-source"],
        }
        for kind in published()
    ]


def _table(events: list[dict[str, Any]]) -> Table:
    shared = sum(event["shared"] for event in events)
    table = Table("service", "event", "v", "shared", "what is true afterwards", title=f"{len(events)} events, {shared} of them shared")
    last = None
    for event in events:
        if last not in {None, event["service"]}:
            table.add_section()
        name = event["name"].removeprefix(event["service"] + ".")
        table.add_row(
            "" if last == event["service"] else event["service"],
            name,
            str(event["version"]),
            "yes" if event["shared"] else "–",
            event["description"],
        )
        last = event["service"]
    return table
