"""The peers' programs: a virtual environment and a folder of node packages of their own, so that nothing of theirs is in the product."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path

from bench.results import CannotRun
from minsheng.local.home import PROJECT

LOCK = PROJECT / "requirements" / "bench.lock"
NODE_FOLDER = PROJECT / "bench" / "peers" / "emmett"
OLDEST_NODE = 20


class CannotInstall(CannotRun):
    """The peer's packages are not to be had here; the reason is its text."""


@dataclass
class Peers:
    """Where the peers' programs are; each part is installed when it is first needed and never changed while the lock stays the same."""

    root: Path
    _failed: dict[str, str] = field(default_factory=dict)

    def python(self) -> Path:
        """The interpreter of the peers' environment. Raises CannotInstall."""
        return self._once("python", self._install_python)

    def node_modules(self) -> Path:
        """The folder in which node finds the peer written for it. Raises CannotInstall."""
        return self._once("node", self._install_node)

    def _once(self, what: str, install: object) -> Path:
        if what in self._failed:
            raise CannotInstall(self._failed[what])
        try:
            return install()  # type: ignore[operator,no-any-return]
        except CannotInstall as reason:
            self._failed[what] = str(reason)
            raise

    def _install_python(self) -> Path:
        place = self.root / "venv"
        program, mark = place / "bin" / "python", place / f"locked-{_digest(LOCK)}"
        if not mark.exists():
            shutil.rmtree(place, ignore_errors=True)
            venv.create(place, with_pip=True)
            _run([str(program), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", str(LOCK)])
            mark.touch()
        return program

    def _install_node(self) -> Path:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            raise CannotInstall("this machine has no node with npm")
        version = subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout.strip()
        if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
            raise CannotInstall(f"node {version} is older than {OLDEST_NODE}")
        place = self.root / "node"
        mark = place / f"locked-{_digest(NODE_FOLDER / 'package-lock.json')}"
        if not mark.exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(NODE_FOLDER / name, place / name)
            _run([npm, "ci", "--silent", "--no-fund", "--no-audit", "--ignore-scripts"], cwd=place)
            mark.touch()
        return place


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:12]


def _run(argv: list[str], cwd: Path | None = None) -> None:
    done = subprocess.run(argv, cwd=cwd, check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": ""})
    if done.returncode:
        last = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()][-1:]
        raise CannotInstall(f"{Path(argv[0]).name} could not install its packages: {' '.join(last)[:200]}")
