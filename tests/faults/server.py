"""The lending service as a process of its own: `python -m tests.faults.server`, told by STORE_DSN, PORT and KEYS (a folder)."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from kit.http.app import command_app
from kit.http.auth import authenticator
from kit.identity import LocalIssuer
from kit.serving import serve_http, stop_on_signals
from kit.store.postgres import PgStore
from kit.testing import policy
from tests.faults.stores import path_over


async def serve() -> None:
    stop = stop_on_signals()
    store = await PgStore(os.environ["STORE_DSN"], "/minsheng/test/toy").open()
    app = command_app(path_over(store), authenticator(LocalIssuer(Path(os.environ["KEYS"])).verifier()), policy()[0].areas)
    await serve_http(app, "127.0.0.1", int(os.environ["PORT"]), stop)
    await store.close()


if __name__ == "__main__":
    asyncio.run(serve())
