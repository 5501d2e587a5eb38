"""One life of a process of the run, forked from a server that has all modules loaded: a start costs 50 ms instead of 2 s of processor time."""

from __future__ import annotations

import asyncio
import ctypes
import os
import random
import signal
import sys

from tests.torture import client, process

DIES_WITH_PARENT = 1
"""PR_SET_PDEATHSIG: nothing survives when the run itself is killed, since the server it was forked from ends then."""


def live(role: str, name: str, world_file: str, output: str, *more: str) -> None:
    """Until it is stopped or dies. What it says goes to a file."""
    ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGKILL)
    with open(output, "ab", buffering=0) as file:  # noqa: PTH123 - its number replaces those of the terminal
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    random.seed()  # a fork has its parent's dice
    work = client.main(name, world_file, *more) if role == "client" else process.main(role, name, world_file)
    asyncio.run(work)
