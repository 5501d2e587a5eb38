"""A relay as a process of its own, to be killed and frozen: `python -m tests.kit.streams.relay_process DSN BOOTSTRAP SOURCE`."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from kit.store.postgres import PgStore
from kit.streams.relay import Relay


async def main(dsn: str, bootstrap: str, source: str) -> None:
    store: Any = await PgStore(dsn, source).open()
    await Relay(store, dsn, bootstrap, batch=100).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
