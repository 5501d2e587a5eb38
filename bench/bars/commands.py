"""Commands into the store: in this process, over HTTP, and appends of a hundred events."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from bench.bars.http_client import Connection
from bench.bars.stored import append_of, checked, followed
from bench.case import civil, command_of
from bench.checker import ClientLog
from bench.driving import Give, Given, RefusedCommand, StaleVersion, drive
from bench.ground import CALLER, Ground, command_path, cpu_note
from bench.results import Figure
from bench.workload import Op, hundreds
from kit.commands import CommandPath
from kit.commands.writer import GroupWriter
from kit.errors import Refused, VersionMismatch
from kit.identity import LocalIssuer
from kit.store.model import GroupResult, VerdictKind
from kit.store.postgres import PgStore

IN_PROCESS_CALLERS, HTTP_CLIENTS, APPENDERS = 8, 16, 4
EVENTS_AN_APPEND = 100


def giver(path: CommandPath) -> Give:
    """Gives commands to a path of this process."""

    async def give(op: Op, expected: int | None) -> Given:
        try:
            answer = await path.execute(command_of(op), CALLER, op.key, if_match=expected)
        except VersionMismatch as no:
            raise StaleVersion from no
        except Refused as no:
            raise RefusedCommand from no
        return Given([event.id for event in answer.events], answer.version)

    return give


async def command_in_process(ground: Ground) -> Figure:
    """Key, load, decision, append with eight callers, without HTTP."""
    async with ground.opened_store() as (owner, app), command_path(app) as path:
        return await _driven(ground, owner, giver(path), IN_PROCESS_CALLERS)


async def _driven(ground: Ground, owner: str, give: Give, callers: int) -> Figure:
    """The load by this `give`, with a reader who follows the log; the CPU time is that of all commands, those of the warming up too."""
    seen, before = ClientLog(), ground.cpu()
    async with followed(owner, seen):
        driven = await drive(give, ground.ops, callers=callers, seconds=ground.seconds(0.4, 4, 10))
    told = cpu_note(before, ground.cpu(), len(driven.log.acknowledged) + driven.refused + driven.stale, "command")
    driven.log.seen = seen.seen
    return Figure(driven.rate, [1000 * one for one in driven.latencies], await checked(owner, driven.log, civil), [told])


async def command_http(ground: Ground) -> Figure:
    """The same over the service's own HTTP process: token checked at each request, sixteen clients that keep their connections."""
    home = ground.fresh_folder()
    token = LocalIssuer(home).issue(CALLER.id, CALLER.roles, CALLER.area)
    async with ground.opened_store() as (owner, app), ground.process("bench.api_process", app, str(home)) as process:
        assert process.stdout is not None
        port = int(await process.stdout.readline())
        connections = [await Connection.open(port, token) for _ in range(HTTP_CLIENTS)]
        await connections[0].ask(
            "GET", "/head"
        )  # the process reads the issuer's keys at its first request; others would be sent away meanwhile
        figure = await _driven(ground, owner, _over(connections), HTTP_CLIENTS)
        for connection in connections:
            connection.close()
    ground.forget(home)
    return figure


def _over(connections: list[Connection]) -> Give:
    """Gives commands over whichever connection is free."""
    free = list(connections)

    async def give(op: Op, expected: int | None) -> Given:
        connection = free.pop()
        try:
            return await connection.give(op, expected)
        finally:
            free.append(connection)

    return give


def hundred_appends(ground: Ground) -> int:
    return ground.size(20, 1_000, 5_000)


async def append_100(ground: Ground) -> Figure:
    """Events a second when four callers append a hundred events each time, each to a stream of its own."""
    appends = hundred_appends(ground)
    async with ground.database("store") as owner:
        store = await PgStore(await ground.service_dsn(owner), "/minsheng/bench/civil").open()
        writer, seen, latencies, log = GroupWriter(store, _nothing), ClientLog(), list[float](), ClientLog()
        waiting = iter(list(hundreds(appends, EVENTS_AN_APPEND)))

        async def caller() -> None:
            for past in waiting:
                append = append_of(past, {}, datetime.now(UTC))
                began = time.perf_counter()
                verdict = await writer.submit(append)
                latencies.append(1000 * (time.perf_counter() - began))
                if verdict.kind is VerdictKind.OK:
                    log.acknowledged[past[0].case] = [event.id for event in append.events]

        before = ground.cpu()
        async with followed(owner, seen):
            began = time.perf_counter()
            await asyncio.gather(*(caller() for _ in range(APPENDERS)))
            took = time.perf_counter() - began
        await store.close()
        log.seen = seen.seen
        return Figure(
            appends * EVENTS_AN_APPEND / took,
            latencies,
            await checked(owner, log),
            [cpu_note(before, ground.cpu(), appends, "hundred events")],
        )


async def _nothing(_result: GroupResult) -> None:
    """This process folds nothing."""
