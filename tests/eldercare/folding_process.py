"""A process that folds heartbeats and dies between the upsert and the commit: `python -m tests.eldercare.folding_process DSN BOOTSTRAP TOPIC`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any
from unittest.mock import patch

import asyncpg

from kit.streams import checkpoint
from kit.streams.consume import consume
from services.eldercare.telemetry.folding import Folding


async def die(connection: Any, *_: Any) -> None:
    """The rows are written and nothing is committed."""
    assert await connection.fetchval("select count(*) from device_sign") > 0
    os.kill(os.getpid(), signal.SIGKILL)


async def main(dsn: str, bootstrap: str, topic: str) -> None:
    with patch.object(checkpoint, "advance", die):
        await fold(dsn, bootstrap, topic)


async def fold(dsn: str, bootstrap: str, topic: str) -> None:
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
        await consume(Folding(pool, bootstrap), asyncio.Event(), [topic], f"{topic}.test")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
