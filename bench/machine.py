"""On what the figures were taken."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import psutil

from bench.results import Machine, load_now


async def machine(dsn: str, load: float | None = None) -> Machine:
    """This machine and the server behind the DSN. No name of it: figures are published."""
    connection = await asyncpg.connect(dsn)
    version = (await connection.fetchval("show server_version")).split()[0]
    await connection.close()
    return Machine(
        cpu=_cpu(), cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_gib=round(psutil.virtual_memory().total / 2**30, 1), system=f"{platform.system()} {platform.release().split('-')[0]}",
        python=platform.python_version(), postgresql=version, load=load_now() if load is None else load,
        began=datetime.now(UTC).isoformat(timespec="minutes"),
    )  # fmt: skip


def _cpu() -> str:
    told = Path("/proc/cpuinfo")
    names = (
        [line.split(":", 1)[1].strip() for line in told.read_text().splitlines() if line.startswith("model name")] if told.exists() else []
    )
    return names[0] if names else platform.processor() or platform.machine()
