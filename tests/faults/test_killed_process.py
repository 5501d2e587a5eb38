"""A process that takes commands is killed (SIGKILL) in the middle of load; it starts again and all clients repeat with their keys."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.faults.conftest import Database
from tests.faults.load import Script, Told, run_load
from tests.faults.processes import Server, client, over_http, servers
from tests.faults.stores import check_told
from tests.faults.waiting import until

pytestmark = [pytest.mark.real, pytest.mark.fault]
SEED = random.SystemRandom().randrange(2**32)
JOBS, CALLERS, KILLS = 400, 8, 3


async def test_nothing_is_lost_or_doubled_when_the_api_is_killed_under_load(database: Database, tmp_path: Path) -> None:
    """design, write side: kill -9, restart, repeat with the same key; also what was stored but not answered is answered then."""
    script, told = Script(SEED), Told()
    async with servers(database, tmp_path) as (server,), AsyncExitStack() as stack:
        gives = [over_http(await stack.enter_async_context(client(server, tmp_path))) for _ in range(CALLERS)]
        await run_load(script.openings(), gives[:1], told)
        await asyncio.gather(kill_now_and_then(server, told, len(script.accounts)), run_load(script.jobs(JOBS), gives, told, script.random))
    assert server.kills == KILLS
    assert told.unknown >= KILLS, "no request was under way when the process was killed"
    assert told.settled == JOBS + len(script.accounts)
    await check_told(database.owner, told)


async def kill_now_and_then(server: Server, told: Told, already: int) -> None:
    """Each time when a further part of the load is done and requests are under way."""
    for number in range(KILLS):
        wanted = already + (number + 1) * JOBS // (KILLS + 1)

        async def reached(wanted: int = wanted) -> bool:
            return told.settled >= wanted and told.under_way > CALLERS // 2

        await until(reached, f"{wanted} commands", 90)
        await server.kill()
        await server.start()
