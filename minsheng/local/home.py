"""Where one installation keeps its files, and where all installations of a person share downloads."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from minsheng.local.errors import CannotStart

PROJECT = Path(__file__).resolve().parents[2]
DEPLOY = PROJECT / "deploy" / "local"


def default_home() -> Path:
    """`MINSHENG_HOME`, else `.minsheng/` in the project folder."""
    return Path(os.environ.get("MINSHENG_HOME") or PROJECT / ".minsheng").resolve()


def cache_folder() -> Path:
    """`MINSHENG_CACHE`, else the person's cache folder: jars are fetched once for all installations."""
    return Path(os.environ.get("MINSHENG_CACHE") or platformdirs.user_cache_dir("minsheng", appauthor=False)).resolve()


@dataclass(frozen=True)
class Home:
    """The folder of one installation; every path in it is named here."""

    root: Path

    @property
    def state_file(self) -> Path:
        return self.root / "state.json"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def kafka(self) -> Path:
        return self.root / "kafka"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def lock_file(self) -> Path:
        return self.run / "lock"

    @property
    def plan_file(self) -> Path:
        return self.run / "plan.json"

    @property
    def prepared_file(self) -> Path:
        return self.run / "prepared.json"

    @property
    def clock_file(self) -> Path:
        """The simulated clock of an installation that is a simulation; others have none."""
        return self.root / "clock.json"

    def create(self) -> None:
        """All folders exist. Others may pass through to PostgreSQL's folder (it may run as another account) but list nothing.

        Raises: CannotStart when the folder cannot be written.
        """
        try:
            for folder in (self.root, self.postgres, self.run):
                folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            for folder in (self.logs, self.kafka, self.keys):
                folder.mkdir(mode=0o700, exist_ok=True)
            probe = self.run / f".writable-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise CannotStart(
                f"The folder {self.root} cannot be written ({error.strerror}). Set MINSHENG_HOME to a folder of yours with some free space."
            ) from error
