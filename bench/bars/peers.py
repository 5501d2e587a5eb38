"""Peers: each is a script of its own that reads a job, does the workload as far as it can, and writes its log; the checker is the same."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import asyncpg

from bench.bars.commands import APPENDERS, EVENTS_AN_APPEND, IN_PROCESS_CALLERS, hundred_appends
from bench.checker import Stored, check_store
from bench.driving import read_driven
from bench.ground import Ground
from bench.peers_venv import CannotInstall
from bench.results import CannotRun, Figure
from bench.workload import write_load
from minsheng.local.account import server_account
from minsheng.local.home import PROJECT
from minsheng.local.postgres import find

Run = Callable[[Ground], Awaitable[Figure]]
PATIENCE_S = 240.0


class PeerFailed(CannotRun):
    """The peer's script ended in an error; its last words are the text."""


def commands_by(script: str, promises: Iterable[str], **options: Any) -> Run:
    """The command workload by a peer's script with eight callers. promises: what the checker holds it to."""

    async def run(ground: Ground) -> Figure:
        place = ground.fresh_folder()
        async with ground.database() as dsn:
            log = place / "log.json"
            job = {
                "dsn": dsn, "load": str(_load(ground)), "log": str(log), "callers": IN_PROCESS_CALLERS, "warm_s": 0.5,
                "seconds": ground.seconds(0.4, 4, 10), "folder": str(place), **options,
            }  # fmt: skip
            await run_script(ground, script, job, place)
        driven, stored = read_driven(log)
        ground.forget(place)
        latencies = [1000 * one for one in driven.latencies]
        return Figure(driven.rate, latencies, check_store([Stored(*one) for one in stored], driven.log, promises))

    return run


async def copies(ground: Ground) -> Figure:
    """The limit of appends of a hundred events."""
    place = ground.fresh_folder()
    async with ground.database() as dsn:
        log = place / "log.json"
        job = {
            "dsn": dsn, "load": "", "log": str(log), "callers": APPENDERS, "warm_s": 0, "seconds": 0, "folder": str(place),
            "appends": hundred_appends(ground),
        }  # fmt: skip
        await run_script(ground, "copies", job, place)
    driven, stored = read_driven(log)
    ground.forget(place)
    wrong = check_store([Stored(*one) for one in stored], driven.log, {"once"})
    return Figure(driven.rate * EVENTS_AN_APPEND, [1000 * one for one in driven.latencies], wrong)


PGBENCH = """\\set stream random_zipfian(1, 10000, 1.1)
insert into one_insert (stream, data) values (:stream, repeat('x', 300));
"""


async def pgbench(ground: Ground) -> Figure:
    """The limit of single commits: PostgreSQL's own program inserts one row a transaction with eight clients."""
    program = find(server_account()).folder / "pgbench"
    if not program.exists():
        raise CannotInstall("this PostgreSQL comes without pgbench")
    place = ground.fresh_folder()
    (place / "insert.sql").write_text(PGBENCH)
    async with ground.database() as dsn:
        await _execute(dsn, "create table one_insert (position bigserial primary key, stream bigint not null, data text not null)")
        seconds = str(int(ground.seconds(1, 4, 10)))
        argv = [str(program), "-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", seconds, "-f", str(place / "insert.sql"), dsn]
        await ended(argv, place)
        told = (place / "told").read_text()
        found, done = re.search(r"tps = ([\d.]+)", told), re.search(r"actually processed: (\d+)", told)
        if found is None or done is None:
            raise PeerFailed(f"pgbench said no tps: {told[-200:]}")
        kept = await _execute(dsn, "select count(*) from one_insert")
    ground.forget(place)
    return Figure(float(found[1]), wrong=[] if kept == int(done[1]) else [f"{done[1]} transactions, {kept} rows"])


async def _execute(dsn: str, statement: str) -> Any:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def _load(ground: Ground) -> Path:
    """The file that all peers of this run of the suite read."""
    path = ground.folder / "load.ndjson"
    if not path.exists():
        write_load(path, ground.opened, ground.ops)
    return path


async def run_script(ground: Ground, script: str, job: dict[str, Any], place: Path) -> None:
    """The script has done its job. Raises CannotInstall; PeerFailed."""
    given = place / "job.json"
    given.write_text(json.dumps(job))
    if script.endswith(".mjs"):
        modules = await asyncio.to_thread(ground.peers.node_modules)
        program = modules / Path(script).name  # node looks for packages beside the script
        program.write_bytes((PROJECT / "bench" / "peers" / script).read_bytes())
        argv = ["node", str(program), str(given)]
    else:
        python = await asyncio.to_thread(ground.peers.python)
        argv = [str(python), "-m", f"bench.peers.{script}", str(given)]
    await ended(argv, place)


async def ended(argv: list[str], place: Path, environment: Mapping[str, str] = os.environ, patience_s: float = PATIENCE_S) -> None:
    """The program came to its end within the time; what it said is in `told`. Raises PeerFailed."""
    known = {**environment, "PYTHONPATH": str(PROJECT)}
    with (place / "told").open("wb") as told:
        process = await asyncio.create_subprocess_exec(*argv, stdout=told, stderr=told, env=known, cwd=place)
        try:
            async with asyncio.timeout(patience_s):
                await process.wait()
        except TimeoutError:
            raise PeerFailed(f"was not done after {patience_s:.0f} s: {_last_words(place)}") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode:
        raise PeerFailed(f"ended with code {process.returncode}: {_last_words(place)}")


def _last_words(place: Path) -> str:
    return " | ".join([line for line in (place / "told").read_text(errors="replace").splitlines() if line.strip()][-2:])[:300]
