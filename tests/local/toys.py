"""Programs and hooks for installations under test."""

import asyncio
import sys

import asyncpg

from minsheng.local import Installation, Program


def web(name: str = "web") -> Program:
    """A program with a port and a health address."""
    return Program(
        name=name, argv=(sys.executable, "-m", "http.server", "{port}", "--bind", "127.0.0.1"), health="http://127.0.0.1:{port}/"
    )


def teller() -> Program:
    """A program that prints what it was told and stays."""
    code = "import os, time; print(os.environ['FROM_HOOK'], os.environ['MINSHENG_KAFKA_BOOTSTRAP'], os.environ['MINSHENG_HOME'], flush=True); time.sleep(600)"
    return Program(name="teller", argv=(sys.executable, "-c", code), health=None)


async def make_table(installation: Installation) -> dict[str, str]:
    """A hook as the real one: works on the servers and adds to the programs' environment."""
    connection = await asyncpg.connect(installation.postgres_dsn())
    try:
        await connection.execute("create table if not exists starts (at timestamptz default now())")
        await connection.execute("insert into starts default values")
    finally:
        await connection.close()
    return {"FROM_HOOK": "told by the hook"}


def fail(installation: Installation) -> None:
    """A hook that cannot do its work."""
    raise RuntimeError(f"no such province in {installation.home.root.name}")


def starts(installation: Installation) -> int:
    """How often `make_table` ran on this data."""

    async def ask() -> int:
        connection = await asyncpg.connect(installation.postgres_dsn())
        try:
            return int(await connection.fetchval("select count(*) from starts"))
        finally:
            await connection.close()

    return asyncio.run(ask())
