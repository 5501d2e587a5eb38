"""A journal's worker as a process of its own, to be killed: `python -m tests.kit.journal.journal_process DSN BOOTSTRAP TOPIC GROUP`."""

from __future__ import annotations

import asyncio
import sys

import asyncpg

from kit.journal.intake import Journal
from tests.kit.journal.toy_views import totals


async def main(dsn: str, bootstrap: str, topic: str, group: str) -> None:
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
        await Journal(pool, bootstrap, [totals()]).run(asyncio.Event(), [topic], group)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
