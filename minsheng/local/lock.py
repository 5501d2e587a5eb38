"""Who may run an installation: the one that holds its lock file, which the system releases however its holder ends."""

import contextlib
import fcntl
from collections.abc import Iterator

from minsheng.local.errors import AlreadyRunning
from minsheng.local.home import Home


@contextlib.contextmanager
def held(home: Home) -> Iterator[None]:
    """Raises: AlreadyRunning when another process holds it."""
    with home.lock_file.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"The installation at {home.root} is already running.") from None
        yield


def is_held(home: Home) -> bool:
    """Whether a supervisor runs this installation now."""
    if not home.lock_file.exists():
        return False
    try:
        with held(home):
            return False
    except AlreadyRunning:
        return True
