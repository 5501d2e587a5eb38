"""A process that holds the order lock is frozen; the database frees the lock and the others go on (ruling 16 of the design)."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest

from kit.store import VerdictKind
from kit.store.postgres import LOCK
from tests.faults import frozen
from tests.faults.checker import check_store
from tests.faults.conftest import Database
from tests.faults.stores import CountingStore
from tests.faults.waiting import until
from tests.kit.store.toys import adding

pytestmark = [pytest.mark.real, pytest.mark.fault]
PROJECT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def process_of(what: str, database: Database) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that does it; gone at the end, also when it is frozen."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.frozen",
        what,
        cwd=PROJECT,
        env={**os.environ, "STORE_DSN": database.app},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def is_frozen(process: asyncio.subprocess.Process) -> bool:
    return psutil.Process(process.pid).status() == psutil.STATUS_STOPPED


async def holder_of_lock(admin: asyncpg.Connection) -> int | None:
    """The backend that has the order lock of this database."""
    pid: int | None = await admin.fetchval(
        "select pid from pg_locks where locktype = 'advisory' and granted and objid = 7207 "
        "and database = (select oid from pg_database where datname = current_database())"
    )
    return pid


async def test_a_frozen_holder_of_the_order_lock_is_cut_off(database: Database, store: CountingStore) -> None:
    """Ruling 16 of the design: the 2 s limit for idle transactions is the holder's own setting; its append never happened."""
    admin = await asyncpg.connect(database.owner)
    async with process_of("transaction", database) as process:
        await until(lambda: is_frozen(process), "the process has frozen itself")
        holder = await holder_of_lock(admin)
        assert holder is not None, "the frozen process does not hold the lock"
        waiting = asyncio.create_task(store.append([adding("counter/other", 0)]))
        await until(lambda: _waiters(admin, 1), "the other's append waits for the lock")
        result = await asyncio.wait_for(waiting, 15)
        assert result.verdicts[0].kind is VerdictKind.OK
        assert not await admin.fetchval("select count(*) from pg_stat_activity where pid = $1", holder)
        process.send_signal(signal.SIGCONT)
        said, _ = await asyncio.wait_for(process.communicate(), 30)
    assert said.startswith(b"lost: "), said
    assert [event["stream"] for event in (await check_store(database.owner)).events] == ["counter/other"]
    await admin.close()


@pytest.mark.parametrize(("what", "said_later"), [("append", b"OK at 1"), ("head", b"head 0")])
async def test_a_process_frozen_in_an_append_or_a_head_keeps_the_lock_from_nobody(
    what: str, said_later: bytes, database: Database, store: CountingStore
) -> None:
    """Ruling 16 of the design: lock and all that it guards are one statement, which the server ends without its client."""
    admin = await asyncpg.connect(database.owner)
    async with process_of(what, database) as process:
        async with admin.transaction():
            await admin.execute(LOCK)
            await until(lambda: _waiters(admin, 1), "the process waits for the lock")
            process.send_signal(signal.SIGSTOP)
            await until(lambda: is_frozen(process), "the process is frozen")
        result = await asyncio.wait_for(store.append([adding("counter/other", 0)]), 15)
        assert result.verdicts[0].kind is VerdictKind.OK
        assert await is_frozen(process)
        process.send_signal(signal.SIGCONT)
        said, _ = await asyncio.wait_for(process.communicate(), 30)
    assert said.startswith(said_later), said
    streams = [event["stream"] for event in (await check_store(database.owner)).events]
    assert streams == ([frozen.STREAM] if what == "append" else []) + ["counter/other"]
    await admin.close()


async def _waiters(admin: asyncpg.Connection, count: int) -> bool:
    """So many backends of this database wait for the order lock."""
    waiting = await admin.fetchval(
        "select count(*) from pg_locks where locktype = 'advisory' and not granted and objid = 7207 "
        "and database = (select oid from pg_database where datname = current_database())"
    )
    return bool(waiting >= count)
