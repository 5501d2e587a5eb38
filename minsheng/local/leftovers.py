"""What an earlier start left: processes after a killed supervisor, folders outside of the home."""

import contextlib
import shutil
from collections.abc import Callable

import psutil

from minsheng.local.home import Home
from minsheng.local.state import State

GUARDS_NEED_AT_MOST_SECONDS = 30.0


def end_processes(state: State, told: Callable[[str, str], None]) -> int:
    """Nothing recorded in the state runs any more. Returns how many still ran.

    Guards end their programs by themselves, so they get their time first; killing is for what they could not do.
    """
    found = state.living()
    _, alive = psutil.wait_procs(found, timeout=GUARDS_NEED_AT_MOST_SECONDS)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            told("program", f"killing a leftover of an earlier start: {process.name()} ({process.pid})")
            process.kill()
    psutil.wait_procs(alive, timeout=5)
    return len(found)


def remove_folders(home: Home, state: State) -> None:
    """All data of the installation is gone, also what had to lie outside of its home."""
    for folder in {str(home.root), state.postgres_folder, state.run_folder} - {""}:
        shutil.rmtree(folder, ignore_errors=True)
