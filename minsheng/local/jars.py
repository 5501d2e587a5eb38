"""Kafka's jars: fetched once by `jgo`, each compared with the hash in the lock file before anything runs from it."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tenacity import retry, stop_after_attempt, wait_exponential

from minsheng.local.errors import CannotStart
from minsheng.local.home import DEPLOY, cache_folder

LOCK = DEPLOY / "kafka-jars.lock"
# The broker with all it depends on, and the logging back-end that Kafka leaves to whoever runs it.
WANTED = ("org.apache.kafka:kafka_2.13:4.3.1", "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4")
LOCK_HEADER = (
    "# Every jar of the local Kafka: group:artifact:version  SHA-256. Made by `python -m minsheng.local.jars`, checked at every start.\n"
)


@dataclass(frozen=True, order=True)
class Jar:
    """One line of the lock file."""

    coordinate: str
    sha256: str

    @property
    def file_name(self) -> str:
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


def locked(lock: Path = LOCK) -> list[Jar]:
    """The jars that may be used."""
    lines = (line.split("#")[0].split() for line in lock.read_text().splitlines())
    return [Jar(*line) for line in lines if line]


def ensure(cache: Path | None = None, told: Callable[[int, int], None] = lambda _done, _all: None) -> list[Path]:
    """All jars are in the cache and have the locked hash; what was missing or damaged was fetched.

    told: hears how many of how many are there. Raises: CannotStart when a jar cannot be fetched or has another hash.
    """
    folder, jars = (cache or cache_folder()) / "jars", locked()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"The folder {folder} for Kafka's jars cannot be made ({error.strerror}). Set MINSHENG_CACHE to a folder of yours."
        ) from error
    missing = [jar for jar in jars if not _intact(folder / jar.file_name, jar)]
    if missing:
        told(len(jars) - len(missing), len(jars))
        _fetch(missing, folder, lambda done: told(len(jars) - len(missing) + done, len(jars)))
    return [folder / jar.file_name for jar in jars]


def _intact(path: Path, jar: Jar) -> bool:
    return path.exists() and _sha256(path) == jar.sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(jars: list[Jar], folder: Path, told: Callable[[int], None]) -> None:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetching-") as repository, ThreadPoolExecutor(6) as pool:
        context = _maven(Path(repository))
        for done, (jar, path) in enumerate(zip(jars, pool.map(lambda jar: _download(context, jar), jars), strict=True), start=1):
            found = _sha256(path)
            if found != jar.sha256:
                raise CannotStart(
                    f"The jar {jar.coordinate} that was fetched is not the one in {LOCK.name}: SHA-256 {found}, expected {jar.sha256}."
                )
            path.replace(folder / jar.file_name)
            told(done)


def _maven(repository: Path) -> Any:
    """The person's own repositories (jgo's settings file) count beside the usual one; the hashes make any source safe."""
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    remotes = {**GlobalSettings.load().repositories, "central": MAVEN_CENTRAL_URL}
    return MavenContext(repo_cache=repository, remote_repos=remotes, timeout=60)


def _download(context: Any, jar: Jar) -> Path:
    group, artifact, version = jar.coordinate.split(":")

    @retry(stop=stop_after_attempt(4), wait=wait_exponential(multiplier=0.5), reraise=True)
    def attempt() -> Path:
        return Path(context.project(group, artifact).at_version(version).artifact().resolve())

    try:
        return attempt()
    except Exception as error:
        raise CannotStart(
            f"The jar {jar.coordinate} could not be fetched ({error}). Kafka's jars are fetched once, which needs a network that reaches a Maven repository; "
            "a machine without one can be given the cache folder of another (MINSHENG_CACHE)."
        ) from error


def write_lock(lock: Path = LOCK) -> int:
    """Resolve what `WANTED` depends on anew and write the lock file; only when Kafka's version changes. Returns the number of jars."""
    with tempfile.TemporaryDirectory() as repository:
        context = _maven(Path(repository))
        jars: dict[str, Jar] = {}
        for wanted in WANTED:  # one at a time: together, the parent pom of the one would choose versions for the other
            for artifact in _needed(context, wanted):
                jar = Jar(f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}", _sha256(Path(artifact.resolve())))
                jars.setdefault(f"{artifact.groupId}:{artifact.artifactId}", jar)
    lock.write_text(LOCK_HEADER + "".join(f"{jar.coordinate}  {jar.sha256}\n" for jar in sorted(jars.values())))
    return len(jars)


def _needed(context: Any, coordinate: str) -> list[Any]:
    from jgo.parse import Coordinate

    dependency = context.create_dependency(replace(Coordinate.parse(coordinate), scope="compile"))
    inputs, transitive = context.resolver.resolve([dependency])
    return [found.artifact for found in (*inputs, *(other for other in transitive if other.scope in {"compile", "runtime"}))]


def classpath(jars: list[Path]) -> str:
    """For Java's `-cp`."""
    return os.pathsep.join(str(path) for path in jars)


if __name__ == "__main__":
    print(f"{write_lock()} jars locked")
