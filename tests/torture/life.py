"""One life of a process of the run, forked from a server that has all modules loaded: a start costs 50 ms instead of 2 s of processor time."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import threading
import time

from tests.torture import client, process


def live(run_pid: int, role: str, name: str, world_file: str, output: str, *more: str) -> None:
    """Until it is stopped or dies, or the run is gone. What it says goes to a file."""
    threading.Thread(target=_die_with, args=(run_pid,), daemon=True).start()
    with open(output, "ab", buffering=0) as file:  # noqa: PTH123 - its number replaces those of the terminal
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    random.seed()  # a fork has its parent's dice
    work = client.main(name, world_file, *more) if role == "client" else process.main(role, name, world_file)
    asyncio.run(work)


def _die_with(run_pid: int) -> None:
    """Nothing survives a run that is killed."""
    while True:
        time.sleep(1.0)
        try:
            os.kill(run_pid, 0)
        except ProcessLookupError:
            os.kill(os.getpid(), signal.SIGKILL)
