"""One process of ours beside the measuring one: `python -m bench.worker_process relay|journal|rebuild ARGUMENTS`.

relay DSN BOOTSTRAP SOURCE, journal DSN BOOTSTRAP TOPIC GROUP: work until they are ended. rebuild DSN: prints what came of it, as JSON.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import uvloop

from bench.case import cases
from kit.journal.intake import Journal
from kit.journal.rebuild import rebuild
from kit.pools import pool_of
from kit.store.postgres import PgStore
from kit.streams.relay import Relay

SESSION_S = 2.0
"""As the installation's services have it (`kit/settings.py`)."""


async def be_relay(dsn: str, bootstrap: str, source: str) -> None:
    store = await PgStore(dsn, source).open()
    await Relay(store, dsn, bootstrap).run(asyncio.Event())


async def be_journal(dsn: str, bootstrap: str, topic: str, group: str) -> None:
    async with pool_of(dsn, most=8) as pool:
        await Journal(pool, bootstrap, [cases]).run(asyncio.Event(), [topic], group, session_s=SESSION_S)


async def do_rebuild(dsn: str) -> None:
    async with pool_of(dsn, most=8) as pool:
        began = time.perf_counter()
        comparison = await rebuild(pool, cases)
        print(msgspec.json.encode({"seconds": time.perf_counter() - began, "equal": comparison.equal}).decode(), flush=True)


ROLES: dict[str, Callable[..., Awaitable[Any]]] = {"relay": be_relay, "journal": be_journal, "rebuild": do_rebuild}

if __name__ == "__main__":
    uvloop.run(ROLES[sys.argv[1]](*sys.argv[2:]))  # type: ignore[arg-type]
