"""A service's HTTP application, derived from its declaration."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from kit.commands import CommandPath
from kit.http import problems
from kit.http.auth import Authenticate
from kit.http.batch import batch_route
from kit.http.body import BodyLimit
from kit.http.commands import command_routes
from kit.http.feed import feed_routes
from kit.identity import AreaTree
from kit.telemetry import metrics


def bare_app(title: str, description: str, routers: Sequence[APIRouter]) -> FastAPI:
    """An application with problems, body limit and request metrics; its page is at `/docs`."""
    app = FastAPI(title=title, description=description, version="1")
    problems.install(app)
    for router in routers:
        app.include_router(router)
    app.add_middleware(BaseHTTPMiddleware, dispatch=_counted)
    app.add_middleware(BodyLimit)
    return app


async def _counted(request: Request, call_next: RequestResponseEndpoint) -> Response:
    answer = await call_next(request)
    route = getattr(request.scope.get("route"), "path", "unknown")
    metrics.add("minsheng.http.requests", 1, {"method": request.method, "route": route, "status": answer.status_code})
    return answer


def command_app(path: CommandPath, authenticate: Authenticate, areas: AreaTree, routers: Sequence[APIRouter] = ()) -> FastAPI:
    """The application of a service that takes commands."""
    name = path.service.name
    return bare_app(
        f"Minsheng {name}",
        f"Commands of the service `{name}`. Each answer carries a position token: give it to a read and it will show what was stored.",
        [
            command_routes(path, authenticate),
            batch_route(path, authenticate),
            feed_routes(path.store, authenticate, areas),
            *routers,
        ],
    )
