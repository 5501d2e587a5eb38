"""Peers: each is a script of its own that reads a job, does the workload as far as it can, and writes its log; the checker is the same."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from bench.bars.commands import IN_PROCESS_CALLERS
from bench.checker import Stored, check_store
from bench.driving import read_driven
from bench.ground import Ground
from bench.results import Figure
from bench.workload import write_load
from minsheng.local.home import PROJECT

Run = Callable[[Ground], Awaitable[Figure]]
PATIENCE_S = 300.0


class PeerFailed(Exception):
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
        program = modules / Path(script).name
        program.write_bytes((PROJECT / "bench" / "peers" / script).read_bytes())  # node looks for packages beside the script
        argv = ["node", str(program), str(given)]
    else:
        python = await asyncio.to_thread(ground.peers.python)
        argv = [str(python), "-m", f"bench.peers.{script}", str(given)]
    await _ended(argv, place)


async def _ended(argv: list[str], place: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with (place / "told").open("wb") as told:
        process = await asyncio.create_subprocess_exec(*argv, stdout=told, stderr=told, env=environment, cwd=place)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode:
        last = [line for line in (place / "told").read_text(errors="replace").splitlines() if line.strip()][-2:]
        raise PeerFailed(f"ended with code {process.returncode}: {' | '.join(last)[:300]}")
