"""A client with one connection that it keeps: as little work as possible, because it shares the two cores with the server."""

from __future__ import annotations

import asyncio
from typing import Any

import httptools
import msgspec

from bench.case import AREA
from bench.driving import Given, RefusedCommand, StaleVersion
from bench.workload import Op

STALE, REFUSED = 412, {404, 409}


class Connection(asyncio.Protocol):
    """Sends one request and waits for its answer."""

    def __init__(self, token: str, port: int) -> None:
        self._token, self._port = token, port
        self._transport: Any = None
        self._parser: Any = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._body = b""

    @classmethod
    async def open(cls, port: int, token: str) -> Connection:
        _, connection = await asyncio.get_running_loop().create_connection(lambda: cls(token, port), "127.0.0.1", port)
        return connection

    async def another(self) -> Connection:
        """One more connection to the same server, with the same token."""
        return await self.open(self._port, self._token)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self._body += body

    def on_message_complete(self) -> None:
        """Called by the parser."""
        if self._answer is not None:
            self._answer.set_result((self._parser.get_status_code(), self._body))

    async def give(self, op: Op, expected: int | None) -> Given:
        """The command over HTTP. Raises StaleVersion, RefusedCommand; RuntimeError for an answer that should not be."""
        match = f'If-Match: "{expected}"\r\n' if expected is not None else ""
        headers = f"Idempotency-Key: {op.key}\r\nContent-Type: application/json\r\n{match}"
        status, body = await self.ask("POST", f"/case/{op.case}/{op.kind}-case", headers, msgspec.json.encode(body_of(op)))
        if status == STALE:
            raise StaleVersion
        if status in REFUSED:
            raise RefusedCommand
        if status not in {200, 201}:
            raise RuntimeError(f"{op.kind}: {status} {body[:300]!r}")
        told = msgspec.json.decode(body)
        return Given([event["id"] for event in told["events"]], told["version"])

    async def ask(self, method: str, target: str, headers: str = "", body: bytes = b"") -> tuple[int, bytes]:
        """(status, body) of one request."""
        self._answer, self._body = asyncio.get_running_loop().create_future(), b""
        self._parser = httptools.HttpResponseParser(self)
        head = f"{method} {target} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self._token}\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)
        return await self._answer

    def close(self) -> None:
        self._transport.close()


def body_of(op: Op) -> dict[str, Any]:
    """The command's body; the id stands in the path."""
    body: dict[str, Any] = {"details": op.details}
    if op.kind == "open":
        body |= {"household_id": op.household, "area": AREA}
    if op.kind == "pay":
        body["amount_fen"] = op.amount_fen
    return body
