"""Java, PostgreSQL and free ports are found on the machine, or it is said in plain words what is missing."""

import socket
from pathlib import Path

import pytest

from minsheng.local import java, ports, postgres
from minsheng.local.errors import CannotStart


def program(folder: Path, name: str, prints: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{prints}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Nothing in PATH, in JAVA_HOME or in the usual places."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    for name in ("JAVA_HOME", "MINSHENG_JAVA_FROM", "MINSHENG_POSTGRES_FROM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(postgres, "PLACES", ())
    return tmp_path


def test_a_java_in_java_home_is_used(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = bare_machine / "jdk"
    program(home / "bin", "java", "")
    (home / "release").write_text('JAVA_VERSION="21.0.3"\n')
    monkeypatch.setenv("JAVA_HOME", str(home))
    found = java.find()
    assert (found.path, found.major, found.origin) == (home / "bin" / "java", 21, "system")


def test_an_old_java_is_passed_over_for_the_one_in_the_package(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = bare_machine / "jdk"
    program(home / "bin", "java", "")
    (home / "release").write_text('JAVA_VERSION="11.0.2"\n')
    monkeypatch.setenv("JAVA_HOME", str(home))
    found = java.find()
    assert found.origin == "wheel"
    assert found.major >= 17


def test_without_any_java_the_message_says_what_to_install(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINSHENG_JAVA_FROM", "system")
    with pytest.raises(CannotStart, match="Kafka needs Java 17 or newer"):
        java.find()


def test_a_postgres_in_path_is_used(bare_machine: Path) -> None:
    program(bare_machine / "bin", "initdb", "")
    program(bare_machine / "bin", "postgres", "postgres (PostgreSQL) 16.2 (Debian)")
    found = postgres.find(None)
    assert (found.version, found.major, found.origin) == ("16.2", 16, "system")


def test_client_programs_alone_or_an_old_server_lead_to_the_one_in_the_package(bare_machine: Path) -> None:
    program(bare_machine / "bin", "initdb", "")
    program(bare_machine / "bin", "postgres", "postgres (PostgreSQL) 13.9")
    assert postgres.find(None).origin == "embedded"


def test_data_of_another_version_is_never_given_to_a_server_that_cannot_read_it(bare_machine: Path) -> None:
    program(bare_machine / "bin", "initdb", "")
    program(bare_machine / "bin", "postgres", "postgres (PostgreSQL) 16.2")
    assert postgres.find(None, major=16).version == "16.2"
    with pytest.raises(CannotStart, match="made by PostgreSQL 17"):
        postgres.find(None, major=17)


def test_without_any_postgres_the_message_says_what_to_install(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINSHENG_POSTGRES_FROM", "system")
    with pytest.raises(CannotStart, match="No PostgreSQL 15 or newer"):
        postgres.find(None)


def test_a_taken_port_is_named_with_its_holder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"Port {port}, which kafka of this installation uses, is taken by .*--new-ports"):
            ports.require_free(port, "kafka")


def test_chosen_ports_are_free_distinct_and_below_those_of_outgoing_connections() -> None:
    chosen: list[int] = []
    for _ in range(20):
        chosen.append(ports.choose(chosen))
    assert len(set(chosen)) == 20
    assert all(15_000 <= port < 32_768 and ports.is_free(port) for port in chosen)
