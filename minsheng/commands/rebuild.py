"""`minsheng rebuild VIEW`: fold a view anew beside the live one, compare, switch in one moment."""

from __future__ import annotations

import asyncio
import json as json_module
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from minsheng.local.errors import CannotStart

console = Console(highlight=False, stderr=True)  # what is printed on standard output is for programs


def rebuild(
    view: Annotated[str, typer.Argument(help="A view's name, or `all`.")],
    *,
    accept: Annotated[bool, typer.Option("--accept", help="Switch although rows differ (after looking at the differences).")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")] = False,
) -> None:
    """Rebuild a view from the journal beside the live one; readers see no gap. Interrupted, it goes on where it was."""
    from services.linkage.service import linkage

    known = {one.name: one for one in linkage.views}
    if view != "all" and view not in known:
        raise typer.BadParameter(f"{view!r} is none of {', '.join(known)}, all", param_hint="VIEW")
    told = asyncio.run(_rebuild([known[view]] if view != "all" else list(known.values()), accept=accept))
    if as_json:
        print(json_module.dumps(told, ensure_ascii=False, indent=2, default=str))


async def _rebuild(views: list[Any], *, accept: bool) -> dict[str, Any]:
    import asyncpg

    from kit.journal.rebuild import NotAccepted, rebuild
    from minsheng.connect import connect

    told: dict[str, Any] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    async with asyncpg.create_pool(connect().settings.dsn("linkage"), min_size=1, max_size=6) as pool:
        with Progress(*columns, console=console) as progress:
            for view in views:
                bar = progress.add_task(view.name, total=None)
                try:
                    comparison = await rebuild(pool, view, accept=accept, told=partial(_show, progress, bar))
                except NotAccepted as no:
                    raise CannotStart(f"{no}\n{_differences(no.comparison)}\nNothing was switched. Look, then: --accept") from None
                console.print(f"{view.name}: switched, {'equal to live' if comparison.equal else _differences(comparison)}")
                told[view.name] = asdict(comparison)
    return told


def _show(progress: Progress, bar: TaskID, at: Any) -> None:
    progress.update(bar, completed=at.done, total=at.total)


def _differences(comparison: Any) -> str:
    head = f"{comparison.changed} rows changed, {comparison.only_new} new, {comparison.only_live} gone, {comparison.parked} parked"
    lines = [f"  {one.key}: {one.before} -> {one.after}" for one in comparison.samples]
    return "\n".join([head, *lines])
