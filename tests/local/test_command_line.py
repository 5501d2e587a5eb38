"""`minsheng up`, `status` and `down`, as a person types them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.real


class Shell:
    """Runs the command with a home of its own."""

    def __init__(self, home: Path) -> None:
        self.environment = {**os.environ, "MINSHENG_HOME": str(home)}

    def minsheng(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "minsheng", *arguments], check=False, capture_output=True, text=True, env=self.environment, timeout=120
        )

    def begin(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen([sys.executable, "-m", "minsheng", *arguments], stdout=subprocess.PIPE, text=True, env=self.environment)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path / "home")
    yield shell
    shell.minsheng("down", "--remove-data")


def test_up_leaves_it_running_status_shows_it_and_down_stops_it(shell: Shell) -> None:
    started = shell.minsheng("up", "--no-services", "--detach")
    assert started.returncode == 0, started.stderr
    shown = json.loads(shell.minsheng("status", "--json").stdout)
    assert {name: program["state"] for name, program in shown["programs"].items()} == {"postgres": "ready", "kafka": "ready"}
    assert "already running" in shell.minsheng("up", "--no-services", "--detach").stdout
    assert shell.minsheng("down").returncode == 0
    stopped = shell.minsheng("status")
    assert stopped.returncode == 3
    assert "Nothing is running" in stopped.stderr


def test_ctrl_c_stops_what_runs_in_the_foreground(shell: Shell) -> None:
    """The lines of PostgreSQL and Kafka appear with their names."""
    with shell.begin("up", "--no-services") as running:
        assert running.stdout
        lines = iter(running.stdout)
        assert any("postgres" in line and "ready to accept connections" in line for line in lines)
        assert any(line.rstrip().endswith(" ready") for line in lines)
        running.send_signal(signal.SIGINT)
        assert any("stopped" in line for line in lines)
    assert running.returncode == 0
    assert shell.minsheng("down").returncode == 3


def test_nothing_to_stop_has_an_exit_code_of_its_own(shell: Shell) -> None:
    assert shell.minsheng("down").returncode == 3


def test_a_home_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    failed = Shell(tmp_path / "file" / "home").minsheng("up", "--no-services", "--detach")
    assert failed.returncode == 1
    assert "cannot be written" in failed.stderr
    assert "Traceback" not in failed.stderr
