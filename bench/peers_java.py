"""Kafka Streams' jars beside those of the local broker, fetched once and compared with their hashes, and the peer compiled against them."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bench.peers_venv import CannotInstall
from minsheng.local import jars
from minsheng.local.home import PROJECT
from minsheng.local.jars import Jar

FOLDER = PROJECT / "bench" / "peers" / "kafka_streams"
LOCK = FOLDER / "jars.lock"
SOURCE = FOLDER / "Cases.java"


def program(root: Path) -> list[str]:
    """What runs the peer. Raises CannotInstall."""
    java, compiler = shutil.which("java"), shutil.which("javac")
    if java is None or compiler is None:
        raise CannotInstall("this machine has no Java with a compiler")
    place = root / "java"
    place.mkdir(parents=True, exist_ok=True)
    paths = [*(fetched(jar, place) for jar in jars.locked(LOCK)), *jars.ensure()]
    compiled = place / hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:12]
    if not compiled.exists():
        done = subprocess.run(
            [compiler, "-cp", jars.classpath(paths), "-d", str(compiled), str(SOURCE)], check=False, capture_output=True, text=True
        )
        if done.returncode:
            shutil.rmtree(compiled, ignore_errors=True)
            raise CannotInstall(f"javac: {done.stderr[:200]}")
    return [java, "-Xmx512m", "-cp", jars.classpath([compiled, *paths]), "Cases"]


def fetched(jar: Jar, place: Path) -> Path:
    """The jar with the locked hash. Raises CannotInstall."""
    kept = place / jar.file_name
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=place) as scratch:
            found = _download(jar, Path(scratch))
            if hashlib.sha256(found.read_bytes()).hexdigest() != jar.sha256:
                raise CannotInstall(f"the jar {jar.coordinate} that was fetched is not the one in {LOCK.name}")
            found.replace(kept)
    return kept


def _download(jar: Jar, scratch: Path) -> Path:
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    group, artifact, version = jar.coordinate.split(":")
    remotes = {**GlobalSettings.load().repositories, "central": MAVEN_CENTRAL_URL}
    context: Any = MavenContext(repo_cache=scratch, remote_repos=remotes, timeout=60)
    try:
        return Path(context.project(group, artifact).at_version(version).artifact().resolve())
    except Exception as error:
        raise CannotInstall(f"the jar {jar.coordinate} could not be fetched ({type(error).__name__})") from error
