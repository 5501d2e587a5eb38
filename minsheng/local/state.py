"""What is known about an installation between starts, kept in `state.json` and replaced as a whole."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

import msgspec
import psutil


class ProcessId(msgspec.Struct, frozen=True):
    """A process that cannot be confused with a later one of the same number. started: seconds since 1970, as the system tells it."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "ProcessId | None":
        """None when there is no such process (any more)."""
        try:
            return cls(pid, psutil.Process(pid).create_time())
        except psutil.Error:
            return None

    def process(self) -> psutil.Process | None:
        """The living process, or None."""
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self.pid)
            # Half a second: some systems round the start differently after a clock change.
            if abs(process.create_time() - self.started) < 0.5 and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None


class ProgramState(msgspec.Struct):
    """One supervised program. since: when it came into this state, seconds since 1970."""

    state: str = "stopped"
    since: float = 0.0
    process: ProcessId | None = None
    guard: ProcessId | None = None
    port: int | None = None
    restarts: int = 0


class State(msgspec.Struct):
    """The installation. `id` names its folders outside of its home, where it needs any."""

    id: str = msgspec.field(default_factory=lambda: secrets.token_hex(4))
    phase: str = "stopped"
    message: str = ""
    supervisor: ProcessId | None = None
    ports: dict[str, int] = {}
    run_folder: str = ""
    postgres_folder: str = ""
    postgres_version: str = ""
    postgres_dsn: str = ""
    kafka_bootstrap: str = ""
    programs: dict[str, ProgramState] = {}

    def living(self) -> list[psutil.Process]:
        """Processes of this installation that still run, the guarded before their guards."""
        ids = [p.process for p in self.programs.values()] + [p.guard for p in self.programs.values()]
        return [process for known in ids if known and (process := known.process())]


def load(path: Path) -> State:
    """The state of an installation; a new one where there is none yet."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except FileNotFoundError:
        return State()


def save(state: State, path: Path) -> None:
    """Readers see the old or the new state, never half of one; only the owner may read it (it holds a password)."""
    write_private(path, msgspec.json.format(msgspec.json.encode(state)))


def write_private(path: Path, content: bytes) -> None:
    """The file holds exactly this content, is readable by its owner alone, and was never half-written."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)
