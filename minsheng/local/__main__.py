"""The supervisor as a process of its own: `python -m minsheng.local HOME`, its plan read from the home.

Until the installation is ready (or could not start) each standard output line is one JSON list [phase, sentence].
"""

import asyncio
import json
import os
import sys
from pathlib import Path

import msgspec

from minsheng.local.errors import AlreadyRunning
from minsheng.local.home import Home
from minsheng.local.program import Plan
from minsheng.local.supervisor import supervise


def main() -> int:
    """Exit code 0: ran and was stopped; 1: could not start."""
    home = Home(Path(sys.argv[1]))
    plan = msgspec.json.decode(home.plan_file.read_bytes(), type=Plan)
    try:
        return asyncio.run(supervise(home, plan, _Report().tell, lambda _name, _line: None))
    except AlreadyRunning as error:
        _Report().tell("running", str(error))
        return 1


class _Report:
    """Whoever started us reads until we are ready and may then go away."""

    def __init__(self) -> None:
        self._heard = True

    def tell(self, phase: str, message: str) -> None:
        if self._heard:
            print(json.dumps([phase, message]), flush=True)
        if phase in {"ready", "failed"}:
            self._heard = False
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
