"""`minsheng restore SERVICE`: after a database was restored to an earlier time, bring its lost tail back from Kafka."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from minsheng.local.errors import CannotStart

if TYPE_CHECKING:
    from contracts.envelope import Recorded
    from kit.settings import Settings
    from kit.store.restoring import Conflict

console = Console(highlight=False)
LOOK_BACK = 1_000
"""How many positions before the store's end are compared first; ten times as many each time they disagree from the start."""


def restore(
    service: Annotated[str, typer.Argument(help="A service that takes commands.")],
    *,
    reindex: Annotated[bool, typer.Option("--reindex", help="Also derive all claims, subjects and timers anew from the events.")] = False,
) -> None:
    """Import what the topic holds beyond the store's newest event: events, command keys, claims, subjects, timers.

    A store that went on by itself since it was restored takes nothing: what lost its place is listed for a person.
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
    from minsheng.connect import connect
    from minsheng.programs import command_services

    settings, service = connect().settings, command_services()[name]
    store = await PgStore(settings.dsn(name), settings.source(name)).open()
    head = (await store.head()).position
    await store.close()
    with console.status(f"reading {name}'s topic beside the store, which ends at {head}"):
        events = await _beside(settings, name, head)
    try:
        imported = await restoring.import_tail(settings.dsn(name), service, events)
    except restoring.Diverged as diverged:
        console.print(_listed(diverged.conflicts))
        raise CannotStart(f"{name}: {diverged}. Nothing was imported: somebody must decide about each of them.") from None
    except restoring.NotTheTail as no:
        raise CannotStart(f"{name}: {no}. Nothing was imported.") from None
    console.print(f"{name}: the store ended at {head}; {imported} events came back from the topic")
    if reindex:
        console.print(f"{name}: index rows derived anew from {await restoring.reindex(settings.dsn(name), service)} events")


async def _beside(settings: Settings, name: str, head: int) -> list[Recorded]:
    """The topic's events from a place on where it and the store still agree: what the store lacks, or has otherwise."""
    from kit.store.restoring import agrees
    from kit.streams.beyond import read_beyond
    from kit.streams.tails import read_tails
    from kit.streams.topics import topic_of

    topic = topic_of(settings.installation, name)
    tails = await read_tails(settings.kafka_bootstrap, topic, settings.partitions)
    back, last = LOOK_BACK, min(head, max((tail.position for tail in tails.values()), default=0))
    while True:
        events = await read_beyond(settings.kafka_bootstrap, topic, settings.partitions, max(0, last - back))
        if back >= last or not events or await agrees(settings.dsn(name), events[0]):
            return events
        back *= 10


def _listed(conflicts: Sequence[Conflict]) -> Table:
    """What the topic says and what the store says, one beside the other; ids and types only."""
    table = Table("position", "in the topic", "by", "recorded", "in the store instead", "position")
    for one in conflicts:
        lost, stored = one.lost.meta, one.stored.meta
        table.add_row(
            *(str(lost.position), f"{lost.type} {lost.stream} v{lost.version}", lost.actor, f"{lost.recorded_at:%Y-%m-%d %H:%M:%S}"),
            *(f"{stored.type} {stored.stream} v{stored.version}", str(stored.position)),
        )
    return table
