"""`minsheng refill`: fill linkage's journal anew beside the old one, from the topics or from the owners, and compare."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from minsheng.local.errors import CannotStart

console = Console(highlight=False)
SOURCES = ("topics", "owners")


def refill(
    source: Annotated[str, typer.Option(help="Read from: topics (Kafka) or owners (the services' feeds).")] = "topics",
    *,
    accept: Annotated[
        bool, typer.Option("--accept", help="Correct the journal where it differs (it was damaged); then rebuild all views.")
    ] = False,
) -> None:
    """Prove the journal: fill it anew beside the old one and compare. Nothing is changed unless it differs and --accept is given."""
    if source not in SOURCES:
        raise typer.BadParameter(f"{source!r} is none of {', '.join(SOURCES)}", param_hint="--source")
    asyncio.run(_refill(source, accept=accept))


async def _refill(source: str, *, accept: bool) -> None:
    import asyncpg

    from kit.journal.refill import JournalDiffers, refill
    from kit.streams.feeds import owners_feed
    from kit.streams.replay import FeedReplay, TopicReplay
    from minsheng.connect import connect

    connection = connect()
    settings = connection.settings
    feed = owners_feed(settings.services, connection.token)
    replay: Any = TopicReplay(settings.kafka_bootstrap) if source == "topics" else FeedReplay(feed, settings.partitions)
    columns = (TextColumn("journal"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    async with asyncpg.create_pool(settings.dsn("linkage"), min_size=2, max_size=6) as pool:
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("journal", total=None)
            try:
                corrected = await refill(pool, replay, accept=accept, told=partial(_show, progress, bar))
            except JournalDiffers as differs:
                lines = [
                    f"  {one.source}/{one.partition}: {one.before} events in the journal, {one.after} read now" for one in differs.unlike
                ]
                raise CannotStart("\n".join([f"{differs}; nothing was changed:", *lines, "To correct it: --accept"])) from None
    told = [f"{one.source}/{one.partition}" for one in corrected]
    console.print(f"corrected: {', '.join(told)}; now: minsheng rebuild all" if told else f"the journal equals the {source}")


def _show(progress: Progress, bar: Any, at: Any) -> None:
    progress.update(bar, completed=at.done, total=at.total)
