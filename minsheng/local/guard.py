"""Stands between the supervisor and one program, so that neither outlives the other unnoticed.

Started by path with the bare interpreter (`python -I -S guard.py`), hence the standard library alone. It holds one end
of a socket: when the supervisor dies, however, the socket ends and the guard stops its program in order. Unlike the
kernel's parent-death signal this also works for a program that runs as another account, and outside Linux; where the
kernel has that signal it covers the death of the guard itself.

On the socket, one JSON object a line: out {"started": pid}, {"exited": code}, {"failed": text}; in {"stop": true}.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

PR_SET_PDEATHSIG = 1


def main() -> int:
    """Run the program described in the second argument; the first is the socket's number."""
    line, spec = socket.socket(fileno=int(sys.argv[1])), json.loads(sys.argv[2])
    wakeup = _wake_on_signals()
    try:
        child = _start(spec)
    except (OSError, subprocess.SubprocessError) as error:
        _say(line, failed=f"{spec['argv'][0]}: {error}")
        return 1
    _say(line, started=child.pid)
    _wait_for_end(line, wakeup, child)
    if child.poll() is None:
        _stop(child, spec["stop"])
    with contextlib.suppress(OSError):
        os.killpg(child.pid, signal.SIGKILL)  # what it left behind in its process group
    _say(line, exited=child.returncode)
    return 0


def _wake_on_signals() -> socket.socket:
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.settimeout(0)
    signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    return reader


def _start(spec: dict[str, Any]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        spec["argv"],
        cwd=spec["cwd"],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        # There is one thread here, so this is safe. It runs after the change of account, which would clear the signal.
        preexec_fn=_dies_with_me(getattr(signal, "SIG" + spec["stop"][0][0])),  # noqa: PLW1509
        **spec["account"],
    )


def _dies_with_me(number: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl, guard = ctypes.CDLL(None).prctl, os.getpid()

    def in_child() -> None:
        prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != guard:
            os._exit(1)

    return in_child


def _wait_for_end(line: socket.socket, wakeup: socket.socket, child: "subprocess.Popen[bytes]") -> None:
    """Returns when the program has ended, the supervisor is gone or asks to stop, or the guard itself is told to stop."""
    while child.poll() is None:
        readable, _, _ = select.select([line, wakeup], [], [])
        if line in readable:
            return
        if wakeup in readable and set(wakeup.recv(64)) - {signal.SIGCHLD}:
            return


def _stop(child: "subprocess.Popen[bytes]", steps: list[tuple[str, float]]) -> None:
    for name, seconds in steps:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(getattr(signal, "SIG" + name))
            child.send_signal(signal.SIGCONT)  # a frozen program would never see the signal
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
            return
    child.kill()
    child.wait()


def _say(line: socket.socket, **message: object) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more
        line.sendall(json.dumps({**message, "at": time.time()}).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main())
