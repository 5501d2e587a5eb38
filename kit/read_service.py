"""A service that only reads: the topics it listens to, the views it folds, what works behind them, the routes it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from fastapi import APIRouter

from kit.clock import Clock
from kit.http.auth import Authenticate
from kit.journal.intake import DirtyKey, household_of
from kit.journal.reading import Views
from kit.view import View
from policy import Calendar, Packs

Runner = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""A part of a process: works until the event is set."""


@dataclass(frozen=True, kw_only=True)
class ReadParts:
    """What routes and workers are given. views: the live views and the journal."""

    dsn: str
    pool: asyncpg.Pool
    views: Views
    packs: Packs
    calendar: Calendar
    clock: Clock


async def nothing_to_prepare(_pool: asyncpg.Pool) -> None:
    """A service without tables of its own beside the views."""


async def nothing_pending(_pool: asyncpg.Pool, _clock: Clock) -> int:
    """A service without work that falls due."""
    return 0


@dataclass(frozen=True, kw_only=True)
class ReadService:
    """Reads as a table of contents.

    sources: the services whose topics fill the journal.
    dirty: the key that an event makes due for the workers (None: none).
    prepare: makes the service's own tables, before anything else.  workers: what runs behind the journal.
    pending: how much of their work is due now (for `settle`).  routers: (parts, authenticate) -> routes.
    Raises TypeError when two views share a name.
    """

    name: str
    sources: Sequence[str]
    views: Sequence[View[Any]]
    routers: Callable[[ReadParts, Authenticate], Sequence[APIRouter]]
    dirty: DirtyKey = household_of
    prepare: Callable[[asyncpg.Pool], Awaitable[None]] = nothing_to_prepare
    workers: Callable[[ReadParts], Sequence[Runner]] = lambda _parts: ()
    pending: Callable[[asyncpg.Pool, Clock], Awaitable[int]] = nothing_pending

    def __post_init__(self) -> None:
        names = [view.name for view in self.views]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise TypeError(f"{self.name}: two views are called {twice[0]}")
