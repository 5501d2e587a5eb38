"""PostgreSQL itself goes away in the middle of load: stopped in order, crashed by one killed backend, or stuck in a COMMIT."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from kit.commands import writer
from kit.errors import OutcomeUnknown
from minsheng.local import LocalInstallation
from tests.faults.conftest import Database
from tests.faults.load import Script, Told, run_load
from tests.faults.stores import CountingStore, check_told, giver, path_over
from tests.faults.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.fault]
SEED = random.SystemRandom().randrange(2**32)
JOBS, CALLERS = 400, 8


@pytest.fixture
async def store(fragile: Database) -> AsyncIterator[CountingStore]:
    opened = CountingStore(fragile.app, "/minsheng/test/toy")
    await opened.open()
    yield opened
    await opened.close()


async def loaded_while(fault: Callable[[], Awaitable[None]], database: Database, store: CountingStore) -> Told:
    """Load of which a part comes before, a part during and a part after the fault."""
    path, script, told = path_over(store), Script(SEED), Told()
    await run_load(script.openings(), [giver(path)], told)

    async def half_way() -> None:
        async def some_under_way() -> bool:
            return told.settled > JOBS // 3 and told.under_way > 0

        await until(some_under_way, "a third of the load", 60)
        await fault()
        assert told.settled < JOBS, "the fault came after the load"

    await asyncio.gather(half_way(), run_load(script.jobs(JOBS), [giver(path)] * CALLERS, told, script.random))
    assert store.lost > 0, "no group was under way when the server went"
    assert told.settled == JOBS + len(script.accounts)
    await check_told(database.owner, told)
    return told


async def test_a_restart_in_the_middle_of_load_loses_and_doubles_nothing(
    breakable: LocalInstallation, fragile: Database, store: CountingStore
) -> None:
    """design, write side: callers wait it out; nothing that was acknowledged is lost, nothing is stored twice."""
    before = breakable.pid("postgres")

    async def restart() -> None:
        await asyncio.to_thread(breakable.restart, "postgres")

    await loaded_while(restart, fragile, store)
    assert breakable.pid("postgres") != before


async def test_a_crash_of_another_backend_refuses_nobody(breakable: LocalInstallation, fragile: Database, store: CountingStore) -> None:
    """Ruling 15 of the design: a killed backend makes the server end all others (57P02); that is trouble, not a verdict on the command."""
    stranger = await asyncpg.connect(fragile.owner)
    admin = await asyncpg.connect(fragile.owner)
    victim = await stranger.fetchval("select pg_backend_pid()")

    async def crash() -> None:
        os.kill(victim, signal.SIGKILL)
        await until(lambda: _closed(admin), "the server ends all sessions")

    told = await loaded_while(crash, fragile, store)
    assert "not_storable" not in told.refused.values()
    stranger.terminate()


async def _closed(connection: asyncpg.Connection) -> bool:
    return bool(connection.is_closed())


@asynccontextmanager
async def commits_wait(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """Every COMMIT that wrote something waits for a standby that does not exist: durable here, its caller not told."""
    admin = await asyncpg.connect(database.owner)

    async def wait_for(names: str) -> None:
        await admin.execute(f"alter system set synchronous_standby_names = '{names}'")
        await admin.execute("select pg_reload_conf()")
        await until(lambda: _setting_is(admin, names), "the setting is in force")

    await wait_for("nobody")
    try:
        yield admin
    finally:
        await wait_for("")
        await admin.close()


async def _setting_is(admin: asyncpg.Connection, names: str) -> bool:
    return bool(await admin.fetchval("show synchronous_standby_names") == names)


async def _at_commit(admin: asyncpg.Connection, store: CountingStore) -> bool:
    event = await admin.fetchval("select wait_event from pg_stat_activity where pid = $1", store.writer_pid() or 0)
    return bool(event == "SyncRep")


async def test_a_command_whose_connection_died_at_commit_is_found_again(fragile: Database, store: CountingStore) -> None:
    """Ruling 15 of the design: terminated while its COMMIT waits, committed all the same; the repeat under the lock finds the key."""
    script, told = Script(SEED), Told()
    path = path_over(store)
    await run_load(script.openings()[:1], [giver(path)], told)
    async with commits_wait(fragile) as admin:
        answer = asyncio.create_task(run_load(script.openings()[1:2], [giver(path)], told))
        await until(lambda: _at_commit(admin, store), "a COMMIT that waits for its standby")
        assert await admin.fetchval("select pg_terminate_backend($1)", store.writer_pid())
        await asyncio.wait_for(answer, 30)
    assert (store.lost, store.found_again) == (1, 1)
    assert len(told.acknowledged) == 2
    await check_told(fragile.owner, told)


async def test_a_commit_that_does_not_end_is_answered_unknown_and_never_cancelled(
    fragile: Database, store: CountingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ruling 16 of the design: callers get "unknown, repeat with the same key"; the COMMIT goes on and the repeat gets its answer."""
    monkeypatch.setattr(writer, "PATIENCE_SECONDS", 0.3)
    script, told = Script(SEED), Told()
    path = path_over(store)
    first, second = script.openings()[:2]
    await run_load([first], [giver(path)], told)
    async with commits_wait(fragile) as admin:
        with pytest.raises(OutcomeUnknown):
            await giver(path)(second.command, second.key)
        assert await _at_commit(admin, store)
        assert len(await store.read(0, 10)) == 1, "what is not acknowledged by the standby is not visible"
    monkeypatch.undo()
    await run_load([second], [giver(path)], told)
    assert told.acknowledged[second.key].repeated
    assert store.lost == 0
    await check_told(fragile.owner, told)
