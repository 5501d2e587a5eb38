"""Tells waiting readers and followers that the journal or a view has moved on."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

import asyncpg

CONSUMER = "journal"
"""The name under which the journal's checkpoints are kept."""
CHANNEL = "journal"
"""Notified at each commit of the journal and of followers. No connection pooler may stand between."""
POLL_S = 0.5


class Arrivals:
    """Listens on a connection of its own; `count` grows at each commit. Without news, waiting ends after half a second: look again."""

    def __init__(self, dsn: str) -> None:
        self.count = 0
        self._dsn = dsn
        self._news = asyncio.Event()
        self._listener: asyncpg.Connection | None = None

    async def __aenter__(self) -> Self:
        await self._listen()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._listener is not None:
            self._listener.terminate()

    async def after(self, seen: int, timeout_s: float = POLL_S) -> None:
        """Returns when something was committed since `count` was `seen`, or after the time. A lost connection is made again."""
        if self.count == seen:
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), timeout_s)
        if self._listener is None or self._listener.is_closed():
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):  # polling goes on meanwhile
                await self._listen()

    async def _listen(self) -> None:
        self._listener = await asyncpg.connect(self._dsn, timeout=5)
        await self._listener.add_listener(CHANNEL, self._heard)

    def _heard(self, *_: object) -> None:
        self.count += 1
        self._news.set()
