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
CALLERS, KILLS, JOBS_A_ROUND, ROUNDS = 8, 12, 80, 200


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
    kills = asyncio.create_task(terminate_now_and_then(admin, store, told))
    rounds = 0
    while not kills.done() and rounds < ROUNDS:
        await run_load(script.jobs(JOBS_A_ROUND), [giver(path)] * CALLERS, told, script.random)
        rounds += 1
    assert kills.done(), "the load ended before all backends were terminated"
    await kills
    await admin.close()
    assert store.lost >= KILLS // 2, "terminated backends broke no group"
    assert told.settled == rounds * JOBS_A_ROUND + len(script.accounts)
    assert len(told.acknowledged) > told.settled // 4
    await check_told(database.owner, told)


async def terminate_now_and_then(admin: asyncpg.Connection, store: CountingStore, told: Told) -> None:
    """Each time in the middle of a statement, and some commands after the last."""
    for _ in range(KILLS):
        progress = told.settled + CALLERS

        async def settled(progress: int = progress) -> bool:
            return told.settled >= progress

        await until(settled, f"{progress} settled commands", 60)
        await until(lambda: terminate_while_active(admin, store), "an append under way", 60)
