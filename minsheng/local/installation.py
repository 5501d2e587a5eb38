"""An installation for the length of a `with` block: for tests and the demonstration."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from minsheng.local import control
from minsheng.local.errors import AlreadyRunning, CannotStart
from minsheng.local.home import Home
from minsheng.local.program import Plan, Program
from minsheng.local.state import write_private
from minsheng.local.view import Installation

STOPS_WITHIN_SECONDS = 90.0


def launch(home: Home, plan: Plan, told: Callable[[str, str], None], stdin: int = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
    """The supervisor runs as a process of its own and the installation is ready.

    told: hears phase and sentence. Raises: AlreadyRunning; CannotStart with the supervisor's words.
    """
    home.create()
    write_private(home.plan_file, msgspec.json.encode(plan))
    with (home.logs / "supervisor.log").open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "minsheng.local", str(home.root)],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
    try:
        _follow(process, told)
    except KeyboardInterrupt:
        process.terminate()
        process.wait(STOPS_WITHIN_SECONDS)
        raise
    return process


def _follow(process: "subprocess.Popen[bytes]", told: Callable[[str, str], None]) -> None:
    """Returns when the supervisor reports that all is ready."""
    assert process.stdout  # noqa: S101  it is a pipe
    with process.stdout as reports:
        for line in reports:
            phase, message = msgspec.json.decode(line, type=tuple[str, str])
            told(phase, message)
            match phase:
                case "ready":
                    return
                case "failed":
                    process.wait(STOPS_WITHIN_SECONDS)
                    raise CannotStart(message)
                case "running":
                    raise AlreadyRunning(message)
    raise CannotStart(f"The supervisor ended with code {process.wait()} before all was ready; its log folder tells more.")


class LocalInstallation(Installation):
    """PostgreSQL, Kafka and the programs run inside the block and are stopped at its end, also when this process is killed.

    prepare: "module:function", see `Plan`. throwaway: the home is removed at the end.
    """

    def __init__(
        self,
        home: Path,
        programs: Sequence[Program] = (),
        prepare: str | None = None,
        *,
        throwaway: bool = False,
        told: Callable[[str, str], None] = lambda _phase, _message: None,
    ) -> None:
        super().__init__(Path(home).resolve())
        self._told = told
        self._plan = Plan(programs=tuple(programs), prepare=prepare, throwaway=throwaway, tied=True)
        self._supervisor: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        read_end, self._tie = os.pipe()
        try:
            self._supervisor = launch(self.home, self._plan, self._told, read_end)
        except BaseException:
            os.close(self._tie)
            raise
        finally:
            os.close(read_end)
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        os.close(self._tie)
        if self._supervisor:
            self._supervisor.wait(STOPS_WITHIN_SECONDS)

    @property
    def supervisor_pid(self) -> int:
        assert self._supervisor  # noqa: S101  inside the block
        return self._supervisor.pid

    def restart(self, name: str) -> None:
        """The program was stopped in order and is ready again."""
        control.ask(self.state, "restart", name)

    def stop(self, name: str) -> None:
        """The program has ended and is not restarted."""
        control.ask(self.state, "stop", name)

    def start(self, name: str) -> None:
        """The stopped program is ready."""
        control.ask(self.state, "start", name)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """The program was sent the signal. Returns its process number, to wait for another one with `wait_ready(name, not_pid=...)`."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid
