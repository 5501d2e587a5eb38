"""The guard keeps a program and its supervisor from outliving each other."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from minsheng.local import guard
from tests.local.waiting import until

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(600)"
WITH_CHILD = "import subprocess, sys; c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); print(c.pid, flush=True); c.wait()"


class Line:
    """The supervisor's side of a guard."""

    def __init__(self, *argv: str, grace_seconds: float = 5.0) -> None:
        self.socket, theirs = socket.socketpair()
        spec: dict[str, Any] = {"argv": argv, "cwd": None, "account": {}, "stop": [["TERM", grace_seconds]]}
        command = [sys.executable, "-I", "-S", guard.__file__, str(theirs.fileno()), json.dumps(spec)]
        with theirs:
            self.guard = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdout=subprocess.PIPE, text=True)
        self.socket.settimeout(20)
        self._messages = self.socket.makefile("r")

    def hear(self) -> dict[str, Any]:
        return dict(json.loads(self._messages.readline()))

    def printed(self) -> str:
        assert self.guard.stdout
        return self.guard.stdout.readline().strip()

    def hang_up(self) -> None:
        self._messages.close()
        self.socket.close()


@contextlib.contextmanager
def guarded(*argv: str, grace_seconds: float = 5.0) -> Iterator[Line]:
    line = Line(*argv, grace_seconds=grace_seconds)
    try:
        yield line
    finally:
        line.hang_up()
        line.guard.wait(20)
        assert line.guard.stdout
        line.guard.stdout.close()


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


@pytest.mark.fault
def test_a_program_ends_when_its_supervisor_is_gone() -> None:
    with guarded(*python("import time; time.sleep(600)")) as line:
        program = psutil.Process(line.hear()["started"])
        line.hang_up()
        until(lambda: not program.is_running(), "the program ends")


def test_the_exit_code_is_told() -> None:
    with guarded(*python("raise SystemExit(7)")) as line:
        line.hear()
        assert line.hear()["exited"] == 7


def test_the_signal_that_ended_a_program_is_told() -> None:
    with guarded(*python("import time; time.sleep(600)")) as line:
        os.kill(line.hear()["started"], signal.SIGKILL)
        assert line.hear()["exited"] == -signal.SIGKILL


def test_a_program_that_does_not_stop_is_killed_after_its_time() -> None:
    with guarded(*python(STUBBORN), grace_seconds=0.3) as line:
        line.hear()
        assert line.printed() == "on"
        line.socket.send(b'{"stop": true}\n')
        assert line.hear()["exited"] == -signal.SIGKILL


@pytest.mark.fault
def test_a_frozen_program_is_stopped_too() -> None:
    """SIGTERM alone would wait for SIGCONT."""
    with guarded(*python("import time; time.sleep(600)")) as line:
        pid = line.hear()["started"]
        os.kill(pid, signal.SIGSTOP)
        until(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED, "the program is frozen")
        line.socket.send(b'{"stop": true}\n')
        assert line.hear()["exited"] == -signal.SIGTERM


def test_what_a_program_started_goes_with_it() -> None:
    with guarded(*python(WITH_CHILD)) as line:
        pid, grandchild = line.hear()["started"], psutil.Process(int(line.printed()))
        os.kill(pid, signal.SIGKILL)
        until(lambda: not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE, "the program's own child ends")


def test_a_program_that_cannot_be_run_is_told(tmp_path: Path) -> None:
    with guarded(str(tmp_path / "missing")) as line:
        assert "No such file" in line.hear()["failed"]
