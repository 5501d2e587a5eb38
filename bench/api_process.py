"""The toy service's HTTP process as the product runs one: `python -m bench.api_process DSN FOLDER_OF_THE_ISSUER [SOURCE]` prints its port."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import uvicorn
import uvloop

from bench.ground import command_path
from kit.http.app import command_app
from kit.http.auth import authenticator
from kit.identity import LocalIssuer
from kit.testing import policy


async def main(dsn: str, folder: str, source: str = "/minsheng/bench/civil") -> None:
    packs, _ = policy()
    async with command_path(dsn, source) as path:
        app = command_app(path, authenticator(LocalIssuer(Path(folder)).verifier()), packs.areas)
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        with socket.create_server(("127.0.0.1", 0)) as listening:
            print(listening.getsockname()[1], flush=True)
            await uvicorn.Server(config).serve([listening])


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
