"""The operators' port: alive, ready, metrics, status. It is not meant for the public and carries no personal value."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from kit.status import Status
from kit.telemetry import metrics
from kit.telemetry.prometheus import CONTENT_TYPE

Check = Callable[[], Awaitable[None]]
"""Returns when a part is ready, raises with the reason when it is not."""


def ops_app(checks: Mapping[str, Check], status: Callable[[], Awaitable[Status]]) -> Starlette:
    """`/live`, `/ready`, `/metrics` (Prometheus text) and `/status` (positions, lag, parked)."""

    async def live(_request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def ready(_request: Request) -> Response:
        failed = {}
        for name, check in checks.items():
            try:
                await check()
            except Exception as error:  # noqa: BLE001 - whatever it is, the part is not ready and says why
                failed[name] = f"{type(error).__name__}: {error}"
        return JSONResponse({"ready": not failed, "failed": failed}, 503 if failed else 200)

    async def prometheus(_request: Request) -> Response:
        return PlainTextResponse(metrics.render(), media_type=CONTENT_TYPE)

    async def positions(_request: Request) -> Response:
        return Response(msgspec.json.encode(await status()), media_type="application/json")

    return Starlette(
        routes=[Route("/live", live), Route("/ready", ready), Route("/metrics", prometheus), Route("/status", positions)],
    )
