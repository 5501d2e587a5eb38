"""An installation as those see it who use it: where its servers are, where its programs listen, what they said."""

import time
from pathlib import Path

from minsheng.local import state as states
from minsheng.local.errors import NotRunning
from minsheng.local.home import Home
from minsheng.local.state import ProgramState, State


class Installation:
    """Reads what the supervisor wrote; changes nothing."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root)

    @property
    def state(self) -> State:
        """As it is now, read anew each time."""
        return states.load(self.home.state_file)

    @property
    def keys(self) -> Path:
        """A folder for key files, closed to others."""
        return self.home.keys

    @property
    def kafka_bootstrap(self) -> str:
        """`host:port`."""
        return self.state.kafka_bootstrap

    def postgres_dsn(self, database: str = "postgres") -> str:
        """The superuser's connection string for a database of this installation."""
        return self.state.postgres_dsn.replace("{database}", database)

    def port(self, name: str) -> int:
        """Where the program listens on 127.0.0.1. Raises: NotRunning when it has no port."""
        try:
            return self.state.ports[name]
        except KeyError:
            raise NotRunning(f"{name} has no port in the installation at {self.home.root}") from None

    def url(self, name: str) -> str:
        """The program's base address."""
        return f"http://127.0.0.1:{self.port(name)}"

    def program(self, name: str) -> ProgramState:
        """Raises: NotRunning when this installation has no such program."""
        try:
            return self.state.programs[name]
        except KeyError:
            raise NotRunning(f"There is no program {name} in the installation at {self.home.root}") from None

    def pid(self, name: str) -> int:
        """The program's process number. Raises: NotRunning when it does not run at the moment."""
        process = self.program(name).process
        if process is None:
            raise NotRunning(f"{name} does not run at the moment ({self.program(name).state})")
        return process.pid

    def logs(self, name: str) -> str:
        """All it printed since its file was last rotated."""
        path = self.home.logs / f"{name}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def wait_ready(self, name: str, *, not_pid: int | None = None, timeout_seconds: float = 60.0) -> int:
        """The program is ready; returns its process number. not_pid: wait until it is another process than this.

        Raises: TimeoutError.
        """
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            known = self.state.programs.get(name)
            if known and known.state == "ready" and known.process and known.process.pid != not_pid:
                return known.process.pid
            time.sleep(0.02)
        raise TimeoutError(f"{name} was not ready within {timeout_seconds:.0f} seconds; it is {self.program(name).state}")
