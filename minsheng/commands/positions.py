"""`minsheng status`: what runs, and per service and consumer where it stands."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from minsheng.commands import local
from minsheng.local.errors import NotRunning

console = Console(highlight=False)


SAMPLE_SECONDS = 0.5


def status(*, as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object, by partition.")] = False) -> None:
    """Show the programs, and for each service and view: position, lag in events and in seconds, parked, rate."""
    programs = local.programs()
    before, began = _asked(), time.monotonic()
    if before:
        time.sleep(SAMPLE_SECONDS)  # two looks give the rate
    services = _with_rates(before, _asked(), time.monotonic() - began)
    if as_json:
        print(json.dumps({**programs, "services": services}, ensure_ascii=False, indent=2))
        return
    local.show()
    if services:
        console.print(_logs(services))
        console.print(_consumers(services))
        console.print(_views(services))


def _with_rates(before: dict[str, Any], after: dict[str, Any], seconds: float) -> dict[str, Any]:
    """The later look, with events a second since the earlier one: of each log, and applied by each consumer place."""
    for name, told in after.items():
        then = before.get(name, {})
        told["rate"] = round((told.get("position", 0) - then.get("position", 0)) / seconds, 1)
        known = {_place(place): place["position"] for place in then.get("consumers", [])}
        for place in told.get("consumers", []):
            place["rate"] = round((place["position"] - known.get(_place(place), place["position"])) / seconds, 1)
    return after


def _place(place: dict[str, Any]) -> tuple[str, str, int]:
    return place["consumer"], place["topic"], place["partition"]


def _asked() -> dict[str, Any]:
    from minsheng.connect import connect

    try:
        ops = connect().ops
    except NotRunning:
        return {}  # started without services: there are no positions to show
    with ThreadPoolExecutor(max_workers=8) as pool:
        return dict(zip(ops, pool.map(_ask, ops.values()), strict=True))


def _ask(url: str) -> dict[str, Any]:
    try:
        with httpx.Client(trust_env=False, timeout=10) as client:
            told: dict[str, Any] = client.get(f"{url}/status").json()
            return told
    except (httpx.HTTPError, ValueError) as error:
        return {"error": f"does not answer ({type(error).__name__})"}


def _logs(services: dict[str, Any]) -> Table:
    table = Table("service", title="logs and their topics", title_justify="left")
    for column in ("events", "events/s", "not yet in its topic", "reactions refused", "findings due"):
        table.add_column(column, justify="right")
    for name, told in services.items():
        if "error" in told:
            table.add_row(name, told["error"])
            continue
        behind = max(0, told["position"] - told["relayed"])
        figures = (told["position"], told["rate"], behind, told["refused"], told["pending"])
        table.add_row(name, *(str(figure) for figure in figures))
    return table


def _consumers(services: dict[str, Any]) -> Table:
    """One row a topic that a service reads; `--json` tells the partitions."""
    table = Table("service", "reads", title="readers (all partitions of a topic)", title_justify="left")
    for column in ("position", "events/s", "lag events", "lag s", "parked"):
        table.add_column(column, justify="right")
    for name, told in services.items():
        by_topic = groupby(told.get("consumers", []), key=lambda place: place["topic"])
        for topic, places in by_topic:
            table.add_row(name, topic.split(".", 1)[1].removesuffix(".events"), *_summed(list(places)))
    return table


def _summed(places: list[dict[str, Any]]) -> tuple[str, ...]:
    return (
        str(max(place["position"] for place in places)),
        str(round(sum(place["rate"] for place in places), 1)),
        str(sum(place["lag_events"] for place in places)),
        f"{max(place['lag_seconds'] for place in places):.1f}",
        str(sum(place["parked"] for place in places)),
    )


def _views(services: dict[str, Any]) -> Table:
    table = Table("service", "view", "fold version", "state", title="views", title_justify="left")
    for name, told in services.items():
        for view in told.get("views", []):
            table.add_row(name, view["view"], str(view["version"]), view["state"])
    return table
