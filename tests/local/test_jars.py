"""Kafka's jars are used only when they are exactly the locked ones."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from minsheng.local import jars
from minsheng.local.errors import CannotStart
from minsheng.local.jars import Jar

GOOD = b"the right jar"
JAR = Jar("org.example:thing:1.2", hashlib.sha256(GOOD).hexdigest())


def serving(content: bytes, asked: list[Jar]) -> Callable[[Any, Jar], Path]:
    """Stands in for the download: the repository answers with this content."""

    def download(context: Any, jar: Jar) -> Path:
        asked.append(jar)
        path = Path(context.repo_cache) / jar.file_name
        path.write_bytes(content)
        return path

    return download


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Jar]:
    asked: list[Jar] = []
    monkeypatch.setattr(jars, "locked", lambda: [JAR])
    monkeypatch.setattr(jars, "_download", serving(GOOD, asked))
    return asked


def test_every_line_of_the_lock_names_one_version_and_one_sha256() -> None:
    locked = jars.locked()
    assert all(re.fullmatch(r"[\w.\-]+:[\w.\-]+:[\w.\-]+", jar.coordinate) and re.fullmatch(r"[0-9a-f]{64}", jar.sha256) for jar in locked)
    assert len({jar.file_name for jar in locked}) == len(locked)


def test_the_lock_names_the_broker_and_no_host() -> None:
    assert any(jar.coordinate == "org.apache.kafka:kafka_2.13:4.3.1" for jar in jars.locked())
    assert "//" not in jars.LOCK.read_text()


def test_what_is_missing_is_fetched_once(tmp_path: Path, asked: list[Jar]) -> None:
    assert [path.read_bytes() for path in jars.ensure(tmp_path)] == [GOOD]
    jars.ensure(tmp_path)
    assert asked == [JAR]


def test_a_damaged_jar_is_fetched_again(tmp_path: Path, asked: list[Jar]) -> None:
    path = jars.ensure(tmp_path)[0]
    path.write_bytes(b"damaged")
    assert jars.ensure(tmp_path)[0].read_bytes() == GOOD


def test_a_jar_with_another_hash_is_refused_and_not_kept(tmp_path: Path, asked: list[Jar], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jars, "_download", serving(b"another jar", asked))
    with pytest.raises(CannotStart, match=r"org.example:thing:1.2 .* is not the one in kafka-jars.lock"):
        jars.ensure(tmp_path)
    assert not (tmp_path / "jars" / JAR.file_name).exists()
