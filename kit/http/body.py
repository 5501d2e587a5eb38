"""Bodies: how large, which type, and what JSON they hold."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.http.problems import Problem, response

MAX_BODY = 256 * 1024
MAX_BATCH = 64 * 1024 * 1024
MAX_TELEMETRY = 1024 * 1024
TELEMETRY = "/telemetry/"
"""Below it machines report in batches: larger than a command, small enough to be held whole."""
NUL = b"\\u0000"


class BodyLimit:
    """Refuses a body above the limit as soon as it is, whatever its Content-Length says."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY, batch_limit: int = MAX_BATCH) -> None:
        self.app, self.limit, self.batch_limit = app, limit, batch_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        announced = next((int(v) for k, v in scope["headers"] if k == b"content-length" and v.isdigit()), 0)
        if announced > limit:
            await response(_too_large(limit))(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _too_large(limit)
            return message

        await self.app(scope, counted, send)

    def _limit_of(self, path: str) -> int:
        if path == "/batch":
            return self.batch_limit
        return max(self.limit, MAX_TELEMETRY) if path.startswith(TELEMETRY) else self.limit


def _too_large(limit: int) -> Problem:
    return Problem(413, "body_too_large", limit_bytes=limit)


async def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object. Raises Problem: wrong_media_type, nul_character, malformed_json."""
    media = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if media != "application/json":
        raise Problem(415, "wrong_media_type", accepted="application/json")
    return parsed(await request.body())


def parsed(raw: bytes) -> dict[str, Any]:
    """Bytes as a JSON object; NUL is refused at the door, PostgreSQL cannot keep it (ruling 15 of the design)."""
    if NUL in raw or b"\0" in raw:
        raise Problem(422, "nul_character")
    try:
        return msgspec.json.decode(raw or b"{}", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Problem(400, "malformed_json") from None
