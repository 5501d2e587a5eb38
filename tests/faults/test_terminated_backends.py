"""Connections that break while an append is under way (ruling 15 of the design)."""

from __future__ import annotations

import asyncio
import random

import asyncpg
import pytest

from tests.faults.conftest import Database
from tests.faults.load import Script, Told, run_load
from tests.faults.stores import CountingStore, check_told, giver, path_over
from tests.faults.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.fault]
SEED = random.SystemRandom().randrange(2**32)
JOBS, CALLERS, KILLS = 400, 8, 12


async def terminate_while_active(admin: asyncpg.Connection, store: CountingStore) -> bool:
    """The writer's backend was terminated in the middle of a statement."""
    hit = await admin.fetchval(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and state = 'active' and query like '%append_group%'",
        store.writer_pid() or 0,
    )
    return bool(hit)


async def test_what_was_acknowledged_is_stored_once_though_backends_are_terminated_under_load(
    database: Database, store: CountingStore
) -> None:
    """design, write side: every acknowledged command exactly once, dense positions, whole versions, index rows as a replay gives them."""
    path, script, told = path_over(store), Script(SEED), Told()
    await run_load(script.openings(), [giver(path)], told)
    admin = await asyncpg.connect(database.owner)
    hits = 0

    async def terminator() -> None:
        nonlocal hits
        for number in range(KILLS):
            progress = len(script.accounts) + (number + 1) * JOBS // (KILLS + 2)
            await until(lambda: _reached(told, progress), f"{progress} settled commands", 60)  # noqa: B023 - awaited at once
            await until(lambda: terminate_while_active(admin, store), "an append under way", 60)
            hits += 1

    await asyncio.gather(terminator(), run_load(script.jobs(JOBS), [giver(path)] * CALLERS, told, script.random))
    await admin.close()
    assert hits == KILLS
    assert store.lost >= KILLS // 2, "terminated backends broke no group"
    assert told.settled == JOBS + len(script.accounts)
    assert len(told.acknowledged) > JOBS // 4
    await check_told(database.owner, told)


async def _reached(told: Told, settled: int) -> bool:
    return told.settled >= settled
