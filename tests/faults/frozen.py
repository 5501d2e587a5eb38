"""A process that is frozen (SIGSTOP) in the middle of something: `python -m tests.faults.frozen WHAT`, DSN in STORE_DSN.

transaction: freezes itself while its transaction holds the order lock.  append, head: the test freezes it when it waits for the lock.
When it is continued it goes on, and says on standard output what came of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import asyncpg

from kit.store.parameters import columns
from kit.store.postgres import APPEND, LOST, WRITER_SETTINGS, PgStore
from tests.kit.store.toys import adding

STREAM = "counter/frozen"


async def transaction(dsn: str) -> str:
    """Events appended, the transaction still open."""
    writer = await asyncpg.connect(dsn, server_settings=WRITER_SETTINGS)
    try:
        async with writer.transaction():
            await writer.fetchrow(APPEND, *columns([adding(STREAM, 0)]), None)
            os.kill(os.getpid(), signal.SIGSTOP)
    except LOST as error:
        return f"lost: {type(error).__name__}"
    return "committed"


async def append(dsn: str) -> str:
    """As every service appends."""
    store = await PgStore(dsn, "/minsheng/test/toy").open()
    verdict = (await store.append([adding(STREAM, 0)])).verdicts[0]
    await store.close()
    return f"{verdict.kind.name} at {verdict.position}"


async def head(dsn: str) -> str:
    """A head that is being taken."""
    store = await PgStore(dsn, "/minsheng/test/toy").open()
    found = await store.head()
    await store.close()
    return f"head {found.position}"


if __name__ == "__main__":
    ways = {"transaction": transaction, "append": append, "head": head}
    print(asyncio.run(ways[sys.argv[1]](os.environ["STORE_DSN"])), flush=True)  # noqa: T201
