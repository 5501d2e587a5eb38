"""`minsheng restore SERVICE`: after a database was restored to an earlier time, bring its lost tail back from Kafka."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from minsheng.local.errors import CannotStart

console = Console(highlight=False)


def restore(
    service: Annotated[str, typer.Argument(help="A service that takes commands.")],
    *,
    reindex: Annotated[bool, typer.Option("--reindex", help="Also derive all claims, subjects and timers anew from the events.")] = False,
) -> None:
    """Import what the topic holds beyond the store's newest event: events, command keys, claims, subjects, timers.

    Stop the service's processes first. Personal values are in no message: the vault comes from its own backup.
    """
    from minsheng.programs import command_services

    services = command_services()
    if service not in services:
        raise typer.BadParameter(f"{service!r} is none of {', '.join(services)}", param_hint="SERVICE")
    asyncio.run(_restore(service, reindex=reindex))


async def _restore(name: str, *, reindex: bool) -> None:
    from kit.store import restoring
    from kit.store.postgres import PgStore
    from kit.streams.beyond import read_beyond
    from kit.streams.topics import topic_of
    from minsheng.connect import connect
    from minsheng.programs import command_services

    settings, service = connect().settings, command_services()[name]
    store = await PgStore(settings.dsn(name), settings.source(name)).open()
    head = (await store.head()).position
    await store.close()
    with console.status(f"reading {name}'s topic after position {head}"):
        events = await read_beyond(settings.kafka_bootstrap, topic_of(settings.installation, name), settings.partitions, head)
    try:
        imported = await restoring.import_tail(settings.dsn(name), service, events)
    except restoring.NotTheTail as no:
        raise CannotStart(f"{name}: {no}. Nothing was imported.") from None
    console.print(f"{name}: the store ended at {head}; {imported} events came back from the topic")
    if reindex:
        console.print(f"{name}: index rows derived anew from {await restoring.reindex(settings.dsn(name), service)} events")
