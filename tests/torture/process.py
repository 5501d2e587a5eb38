"""One process of the run: `python -m tests.torture.process ROLE NAME WORLD`. It starts the kit's own parts with wrappers around them.

The product has no switch for tests: what can go wrong here is put around its public parts by this program.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
from confluent_kafka import Producer
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.clock import SystemClock
from kit.commands import CommandPath
from kit.http.app import command_app
from kit.http.auth import authenticator
from kit.identity import LocalIssuer, Role
from kit.journal.intake import Journal
from kit.serving import serve_http, stop_on_signals
from kit.store.model import Append, GroupResult
from kit.store.postgres import PgStore
from kit.streams import checkpoint, relay
from kit.streams.feeds import owners_feed
from kit.streams.intake import Feed
from kit.streams.ledger import Ledger, is_verified
from kit.testing import policy
from tests.mutants import mutations
from tests.torture.points import CUTS, Points
from tests.torture.service import VIEWS, tortured
from tests.torture.tail import follow
from tests.torture.world import APIS, KEYS, PARTITIONS, SERVICE, World


class TorturedStore(PgStore):
    """A store whose process can die, or lose its connections, around an append."""

    points: Points

    async def append(self, appends: Sequence[Append]) -> GroupResult:
        points = self.points
        points.reach("api.before-append")
        call = asyncio.ensure_future(super().append(appends))
        if points.armed in {"api.in-append", CUTS["api"]}:
            await asyncio.sleep(random.uniform(0.0005, 0.004))
            points.reach("api.in-append")
            if not call.done() and points.takes(CUTS["api"]):
                points.cut()
        result = await call
        points.reach("api.after-commit")
        return result


class Doorway:
    """The HTTP application, behind which the process may die just before it answers a command."""

    def __init__(self, app: ASGIApp, points: Points) -> None:
        self._app, self._points = app, points

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answering(message: Message) -> None:
            if scope["type"] == "http" and scope["method"] == "POST":
                self._points.reach("api.before-answer")
            await send(message)

        await self._app(scope, receive, answering)


async def run_api(world: World, points: Points, stop: asyncio.Event) -> None:
    store = mutations.store_class(world.mutant, TorturedStore)(world.store, world.source, is_verified)
    store.points = points
    await store.open()
    packs, calendar = policy()
    path = CommandPath(tortured, store, keys=KEYS, packs=packs, calendar=calendar, clock=SystemClock(), partitions=PARTITIONS)
    app = command_app(path, authenticator(LocalIssuer(world.keys).verifier()), packs.areas)
    await serve_http(Doorway(app, points), "127.0.0.1", world.ports[points.name], stop)
    await store.close()


async def run_relay(world: World, points: Points, stop: asyncio.Event) -> None:
    """The ledger and the producer are wrapped; which relay has the lock is noted by its first word to the ledger."""
    save, verified = Ledger.save, Ledger.verified

    async def saved(ledger: Ledger, topic_id: str, positions: Any) -> None:
        points.reach("relay.after-produce")
        if points.takes(CUTS["relay"]):
            points.cut()
        await save(ledger, topic_id, positions)
        points.reach("relay.after-ledger")

    async def compared(ledger: Ledger, *, agree: bool) -> None:
        await verified(ledger, agree=agree)
        world.inside("holder").write_text(points.name)

    class DyingProducer(Producer):
        def produce(self, *arguments: Any, **settings: Any) -> None:
            points.reach("relay.before-produce")
            super().produce(*arguments, **settings)
            points.reach("relay.while-producing")

    for owner, name, wrapper in ((Ledger, "save", saved), (Ledger, "verified", compared), (relay, "Producer", DyingProducer)):
        setattr(owner, name, wrapper)
    store = await PgStore(world.store, world.source, is_verified).open()
    await relay.Relay(store, world.store, world.bootstrap, batch=200).run(stop)
    await store.close()


async def run_worker(world: World, points: Points, stop: asyncio.Event) -> None:
    """A worker of the read side. One named `twin…` is in a group of its own: it reads all partitions beside those that own them."""
    advance, stand = checkpoint.advance, checkpoint.stand

    async def advanced(connection: Any, consumer: str, marks: Any) -> None:
        points.reach("worker.after-rows")
        if points.takes(CUTS["worker"]):
            connection.terminate()
        await advance(connection, consumer, marks)
        points.reach("worker.after-checkpoint")

    async def moved(pool: Any, consumer: str) -> Any:
        points.note("moved")
        return await stand(pool, consumer)

    for name, wrapper in (("advance", advanced), ("stand", moved)):
        setattr(checkpoint, name, wrapper)
    async with asyncpg.create_pool(world.reader, min_size=1, max_size=4) as pool:
        journal = Journal(pool, world.bootstrap, VIEWS, feed=_noted(_feed(world), points), dirty=lambda _fact: None)
        _watched(journal.intake, points)
        group = points.name if points.name.startswith("twin") else "journal"
        await journal.run(stop, [world.topic], f"{world.installation}.{group}", session_s=2.0, reread_s=0.3)


def _watched(intake: Any, points: Points) -> None:
    handle, load_offsets = intake.handle, intake.load_offsets

    async def handled(records: Any) -> Any:
        points.reach("worker.before-apply")
        stuck = await handle(records)
        points.reach("worker.after-commit")
        return stuck

    async def assigned(places: Any) -> Any:
        points.note("assigned")
        return await load_offsets(places)

    intake.handle, intake.load_offsets = handled, assigned


def _feed(world: World) -> Feed:
    """The owner's feed, from one API or the other."""
    token = LocalIssuer(world.keys).issue("reader", [Role.OPERATOR], "440308")
    feeds = [owners_feed({SERVICE: world.url(api)}, token) for api in APIS]

    async def feed(service: str, after: int, limit: int) -> Any:
        return await random.choice(feeds)(service, after, limit)

    return feed


def _noted(feed: Feed, points: Points) -> Feed:
    async def asked(service: str, after: int, limit: int) -> Any:
        page = await feed(service, after, limit)
        points.note("fed")
        return page

    return asked


ROLES: dict[str, Callable[[World, Points, asyncio.Event], Awaitable[None]]] = {
    "api": run_api,
    "relay": run_relay,
    "worker": run_worker,
    "tail": follow,
}


async def main(role: str, name: str, world_file: str) -> None:
    world = World.load(world_file)
    points = Points(world, name)
    points.watch_connections()
    mutations.apply(world.mutant, role)
    stop = stop_on_signals()
    points.listen()
    await ROLES[role](world, points, stop)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
