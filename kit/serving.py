"""One process of a service that takes commands: its API, its relay, its worker, or all of them in one event loop."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from enum import StrEnum
from typing import Any

import asyncpg
import structlog
import uvicorn
from starlette.types import ASGIApp

from kit.clock import Clock
from kit.commands import CommandPath, Keys
from kit.http.app import command_app
from kit.http.auth import Authenticate, authenticator
from kit.http.operators import operator_routes
from kit.http.ops import Check, ops_app
from kit.identity import KeySource, Verifier
from kit.reacting import Reacting
from kit.secret_file import create_once
from kit.service import Service
from kit.settings import Settings
from kit.status import Status, log_status
from kit.store.postgres import NotCompared, PgStore
from kit.streams.feeds import owners_feed
from kit.streams.ledger import is_verified
from kit.streams.race import race
from kit.streams.reactor import Reactor
from kit.streams.relay import Relay
from kit.streams.topics import topic_of
from kit.timers import Sweeper
from policy import Calendar, Packs

Runner = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
log = structlog.get_logger(__name__)
STOPS_WITHIN_SECONDS = 12.0
"""What a part may take to end in order; the supervisor waits a little longer."""


class ProcessRole(StrEnum):
    """What a process does for its service."""

    API = "api"
    RELAY = "relay"
    WORKER = "worker"
    ALL = "all"

    def includes(self, other: ProcessRole) -> bool:
        return self in {other, ProcessRole.ALL}


class _Server(uvicorn.Server):
    """Leaves the signals to the process: one SIGTERM stops all its parts."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


async def serve_http(app: ASGIApp, host: str, port: int, stop: asyncio.Event) -> None:
    """Answer until `stop`; requests under way are finished."""
    config = uvicorn.Config(app, host, port, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=5)
    server = _Server(config)

    async def until_stopped() -> None:
        await stop.wait()
        server.should_exit = True
        await asyncio.Event().wait()

    await race(server.serve(), until_stopped())


def authenticate_by(settings: Settings) -> Authenticate:
    """The dependency that checks bearer tokens against the installation's identity provider."""
    return authenticator(Verifier(KeySource(settings.jwks), settings.issuer, settings.audience))


def stop_on_signals() -> asyncio.Event:
    """Set by SIGTERM and SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def told(part: str, runner: Runner, **facts: str | int) -> Runner:
    """The runner, with a line in the log when it starts and when it has ended."""

    async def run(stop: asyncio.Event) -> None:
        log.info("part starts", part=part, **facts)
        try:
            await runner(stop)
        finally:
            log.info("part ended", part=part)

    return run


async def run_together(runners: Sequence[Runner], stop: asyncio.Event) -> None:
    """Run the parts until `stop`; each then ends in its own order. The first that fails ends the others, and the process is started again."""
    parts = [asyncio.ensure_future(runner(stop)) for runner in runners]
    try:
        await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        await asyncio.wait(parts, timeout=STOPS_WITHIN_SECONDS)
    finally:
        for part in parts:
            part.cancel()
        ends = await asyncio.gather(*parts, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end


@asynccontextmanager
async def command_path(service: Service, settings: Settings, clock: Clock) -> AsyncIterator[CommandPath]:
    """The service's command path over its store, with its resources open."""
    store = await PgStore(settings.dsn(service.name), settings.source(service.name), is_verified, clock).open()
    try:
        opened = service.resources(settings, store) if service.resources else nullcontext()
        async with opened as resources:
            yield CommandPath(
                service,
                store,
                keys=Keys(create_once(settings.keys / "command-keys", new_secret)),
                packs=Packs.load(),
                calendar=Calendar.load(),
                clock=clock,
                partitions=settings.partitions,
                resources=resources,
            )
    finally:
        await store.close()


def new_secret() -> bytes:
    """A secret of 32 random bytes."""
    return secrets.token_bytes(32)


async def serve_commands(service: Service, settings: Settings, role: ProcessRole) -> None:
    """Be a process of the service until SIGTERM or SIGINT. Raises what ended a part of it."""
    stop, clock = stop_on_signals(), settings.open_clock()
    async with command_path(service, settings, clock) as path:
        store: Any = path.store
        relay = Relay(store, store.dsn, settings.kafka_bootstrap)
        parts: list[Runner] = []
        if role.includes(ProcessRole.API):
            parts.append(told("api", _api(path, store.pool, settings), port=settings.port))
        if role.includes(ProcessRole.RELAY):
            parts.append(told("relay", relay.run))
        if role.includes(ProcessRole.WORKER) and service.reactions:
            parts.append(told("worker", _worker(path, store.pool, settings)))
        if role.includes(ProcessRole.WORKER) and service.parts:
            parts += [told(name, part) for name, part in service.parts(path, settings).items()]
        if role.includes(ProcessRole.WORKER) and settings.timers:
            parts.append(told("timers", Sweeper(path, store.dsn, clock).run))
        parts.append(told("ops", _ops(service, store, settings, clock), port=settings.ops_port))
        await run_together(parts, stop)


def _api(path: CommandPath, pool: asyncpg.Pool, settings: Settings) -> Runner:
    authenticate, areas, service = authenticate_by(settings), Packs.load().areas, path.service
    routers = list(service.routers(path.resources, authenticate)) if service.routers else []
    if service.reactions:
        routers.append(operator_routes(pool, _reactor(path, pool, settings).intake, authenticate, areas))
    app = command_app(path, authenticate, areas, routers)
    return lambda stop: serve_http(app, settings.host, settings.port, stop)


def _reactor(path: CommandPath, pool: asyncpg.Pool, settings: Settings) -> Reactor:
    return Reactor(
        pool,
        settings.kafka_bootstrap,
        path.service.name,
        [reaction.name for reaction in path.service.reactions],
        lambda outcomes: Reacting(path, outcomes).handle,
        feed=owners_feed(settings.services, settings.feed_token),
    )


def _worker(path: CommandPath, pool: asyncpg.Pool, settings: Settings) -> Runner:
    reactor, service = _reactor(path, pool, settings), path.service
    topics = [topic_of(settings.installation, source) for source in service.sources]
    return lambda stop: reactor.run(stop, topics, f"{settings.installation}.{service.name}", session_s=settings.session_seconds)


def _ops(service: Service, store: PgStore, settings: Settings, clock: Clock) -> Runner:
    async def database() -> None:
        await store.pool.fetchval("select 1")

    async def status() -> Status:
        until = clock.deadlines() if settings.timers else None
        return await log_status(store.pool, service.name, until, sources=service.sources, reacts=bool(service.reactions))

    async def agreed() -> None:
        if not await is_verified(store.pool):
            raise NotCompared("the relay has not compared this store with its topic yet")

    checks: dict[str, Check] = {"database": database, "store agrees with topic": agreed}
    return lambda stop: serve_http(ops_app(checks, status), settings.host, settings.ops_port, stop)
