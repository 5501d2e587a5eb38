"""A service's HTTP application, derived from its declaration."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline
from opentelemetry.trace import Span
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.commands import CommandPath
from kit.http import problems
from kit.http.auth import Authenticate
from kit.http.batch import batch_route
from kit.http.body import BodyLimit
from kit.http.commands import CommandLookup, command_routes
from kit.http.feed import feed_routes
from kit.identity import AreaTree
from kit.telemetry import metrics, span


def bare_app(title: str, description: str, routers: Sequence[APIRouter]) -> FastAPI:
    """An application with problems, body limit and request metrics; its page is at `/docs`."""
    app = FastAPIOffline(title=title, description=description, version="1")  # the page's scripts are served from here
    problems.install(app)
    for router in routers:
        app.include_router(router)
    app.add_middleware(BodyLimit)
    app.add_middleware(Watched)  # the outermost, so that it sees every answer
    return app


class Watched:
    """Counts requests by route template and status, in a span that carries on the caller's trace (plain ASGI: bodies stay streams)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        caller = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), None)
        answered = False
        with span(scope["method"], "server", parent=caller) as current:

            async def noted(message: Message) -> None:
                nonlocal answered
                if message["type"] == "http.response.start":
                    answered = True
                    _count(current, scope, message["status"])
                await send(message)

            try:
                await self.app(scope, receive, noted)
            except Exception:
                if not answered:  # who is further out answers so
                    _count(current, scope, HTTPStatus.INTERNAL_SERVER_ERROR)
                raise


def _count(current: Span, scope: Scope, status: int) -> None:
    route = getattr(scope.get("route"), "path", "unknown")
    current.update_name(f"{scope['method']} {route}")
    current.set_attribute("http.response.status_code", int(status))
    metrics.add("minsheng.http.requests", 1, {"method": scope["method"], "route": route, "status": int(status)})


def command_app(path: CommandPath, authenticate: Authenticate, areas: AreaTree, routers: Sequence[APIRouter] = ()) -> FastAPI:
    """The application of a service that takes commands."""
    name = path.service.name
    commands = command_routes(path, authenticate)
    app = bare_app(
        f"Minsheng {name}",
        f"Commands of the service `{name}`. Each answer carries a position token: give it to a read and it will show what was stored.",
        [commands, batch_route(path, authenticate), feed_routes(path.store, authenticate, areas), *routers],
    )
    app.router.routes.insert(0, CommandLookup(commands))
    return app
