"""Pools of database connections on which nothing of a session outlives its user: no session lock, no setting, no LISTEN."""

from __future__ import annotations

from typing import Any

import asyncpg


def pool_of(
    dsn: str, *, most: int, least: int = 1, command_timeout: float | None = None, settings: dict[str, str] | None = None
) -> asyncpg.Pool:
    """A pool, to be awaited or entered; `settings` are the server's, for each of its connections.

    asyncpg would clean every session as it is given back, with one round trip and four statements: as much as a look-up costs. So whoever
    takes a session lock, changes a setting or listens has a connection of its own. An open transaction is still rolled back.
    """
    return asyncpg.create_pool(
        dsn, min_size=least, max_size=most, command_timeout=command_timeout, server_settings=settings or {}, reset=_as_it_is
    )


LOOK_UPS = {"enable_seqscan": "off"}
"""For a pool that only looks rows up by their keys: a plan made while a table was empty would read the whole of it for ever (0.5 ms
instead of 0.02 a look-up, measured)."""


async def _as_it_is(_connection: Any) -> None:
    """Nothing to clean."""
