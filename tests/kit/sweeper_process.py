"""A process that sweeps the timers of the toy service until it is killed. Told by STORE_DSN."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime

from kit.commands import CommandPath, Keys
from kit.store.postgres import PgStore
from kit.testing import policy
from kit.timers import Sweeper
from tests.kit.timed import Hands, timed


async def main() -> None:
    dsn, hands = os.environ["STORE_DSN"], Hands(datetime(2022, 3, 1, 4, tzinfo=UTC))
    store = await PgStore(dsn, "/minsheng/test/timed").open()
    packs, calendar = policy()
    path = CommandPath(timed, store, keys=Keys(b"secret"), packs=packs, calendar=calendar, clock=hands, partitions=4)
    await Sweeper(path, dsn, hands).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main())
