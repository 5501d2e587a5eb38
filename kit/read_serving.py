"""One process of a service that reads: its API, its worker (journal, views, findings), or both in one event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kit.http.app import bare_app
from kit.http.operators import operator_routes
from kit.http.ops import Check, ops_app
from kit.journal import sets
from kit.journal.follower import Follower
from kit.journal.intake import Journal
from kit.journal.reading import Views
from kit.journal.rebuild import build_new
from kit.journal.settling import Settling
from kit.pools import pool_of
from kit.read_service import ReadParts, ReadService
from kit.serving import ProcessRole, Runner, authenticate_by, run_together, serve_http, stop_on_signals, told
from kit.settings import Settings
from kit.status import Status, consumer_places, view_states
from kit.streams.feeds import owners_feed
from kit.streams.topics import topic_of
from policy import Calendar, Packs

log = logging.getLogger(__name__)


@asynccontextmanager
async def read_parts(service: ReadService, settings: Settings) -> AsyncIterator[ReadParts]:
    """The service's database is open, its own tables and the tables of its views are there."""
    dsn = settings.dsn(service.name)
    follows = [view.name for view in service.views if view.follows]
    async with pool_of(dsn, most=8) as pool, Views(pool, dsn, settings.installation, follows) as views:
        await service.prepare(pool)
        await sets.prepare(pool, service.views)
        yield ReadParts(dsn=dsn, pool=pool, views=views, packs=Packs.load(), calendar=Calendar.load(), clock=settings.open_clock())


async def serve_reads(service: ReadService, settings: Settings, role: ProcessRole) -> None:
    """Be a process of the service until SIGTERM or SIGINT. Raises what ended a part of it."""
    stop = stop_on_signals()
    async with read_parts(service, settings) as parts:
        runners: list[Runner] = [told("ops", _ops(service, parts, settings), port=settings.ops_port)]
        if role.includes(ProcessRole.API):
            runners.append(told("api", _api(service, parts, settings), port=settings.port))
        if role.includes(ProcessRole.WORKER):
            runners.append(told("journal", _fill(service, parts, settings)))
            runners += [told("worker", worker) for worker in service.workers(parts)]
            follower = Follower(parts.pool, parts.dsn, service.views)
            if follower.views:
                runners.append(told("follower", follower.run))
        await run_together(runners, stop)


def _api(service: ReadService, parts: ReadParts, settings: Settings) -> Runner:
    authenticate = authenticate_by(settings)
    settling = Settling(_journal(service, parts, settings))
    app = bare_app(
        f"Minsheng {service.name}",
        "The read side. Every answer says how fresh it is; a read that carries a writer's position token waits until it is seen.",
        [*service.routers(parts, authenticate), operator_routes(parts.pool, settling, authenticate, parts.packs.areas)],
    )
    return lambda stop: serve_http(app, settings.host, settings.port, stop)


def _journal(service: ReadService, parts: ReadParts, settings: Settings) -> Journal:
    feed = owners_feed(settings.services, settings.feed_token)
    return Journal(parts.pool, settings.kafka_bootstrap, service.views, feed=feed, dirty=service.dirty)


def _fill(service: ReadService, parts: ReadParts, settings: Settings) -> Runner:
    """New views are built from the journal first; one whose fold changed waits for an operator, who sees what differs."""
    journal = _journal(service, parts, settings)
    topics = [topic_of(settings.installation, source) for source in service.sources]

    async def fill(stop: asyncio.Event) -> None:
        for view in await build_new(parts.pool, service.views):
            log.error("view %s has tables of another fold: minsheng rebuild %s", view.name, view.name)
        await journal.run(stop, topics, f"{settings.installation}.{service.name}", session_s=settings.session_seconds)

    return fill


def _ops(service: ReadService, parts: ReadParts, settings: Settings) -> Runner:
    async def database() -> None:
        await parts.pool.fetchval("select 1")

    async def status() -> Status:
        return Status(
            service=service.name,
            sources=list(service.sources),
            consumers=await consumer_places(parts.pool),
            pending=await service.pending(parts.pool, parts.clock),
            views=await view_states(parts.pool),
        )

    checks: dict[str, Check] = {"database": database}
    return lambda stop: serve_http(ops_app(checks, status), settings.host, settings.ops_port, stop)
