"""The read side's API process as the product runs one: `python -m bench.read_process DSN FOLDER_OF_THE_ISSUER` prints its port."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import uvloop

from kit.identity import LocalIssuer
from kit.read_serving import serve_reads
from kit.serving import ProcessRole
from kit.settings import Settings
from services.linkage.service import linkage


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def main(dsn: str, folder: str) -> None:
    port, keys = free_port(), Path(folder)
    print(port, flush=True)
    settings = Settings(
        installation="bench", database=dsn, kafka_bootstrap="127.0.0.1:1", keys=keys, jwks=str(LocalIssuer(keys).jwks_path), port=port,
        ops_port=free_port(),
    )  # fmt: skip
    uvloop.run(serve_reads(linkage, settings, ProcessRole.API))


if __name__ == "__main__":
    main(*sys.argv[1:])
