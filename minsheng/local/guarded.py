"""A program behind its guard, as the supervisor sees it: started, ended, stopped, its output read line by line."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from minsheng.local import guard
from minsheng.local.account import Account, as_account
from minsheng.local.errors import CannotStart

LONGEST_LINE = 16_384  # bytes; a longer one is cut into several


@dataclass(frozen=True, kw_only=True)
class Command:
    """How to run a program. stop: signals and the seconds each gets before the next; SIGKILL is always the last."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str | None = None
    account: Account | None = None
    stop: tuple[tuple[str, float], ...] = (("TERM", 15.0),)


class Guarded:
    """One run of a program."""

    def __init__(
        self, guard_process: Process, messages: asyncio.StreamReader, line: asyncio.StreamWriter, on_output: Callable[[str], None]
    ) -> None:
        self._guard = guard_process
        self._messages = messages
        self._line = line
        self._on_output = on_output
        self._reader = asyncio.create_task(self._read_output())
        self.pid = 0

    @property
    def guard_pid(self) -> int:
        return self._guard.pid

    @classmethod
    async def start(cls, command: Command, on_output: Callable[[str], None]) -> "Guarded":
        """The program runs. Raises: CannotStart when the system refuses to run it."""
        ours, theirs = socket.socketpair()
        account = dict(as_account(command.account))
        spec = {"argv": command.argv, "cwd": command.cwd, "account": account, "stop": command.stop}
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", guard.__file__, str(theirs.fileno()), json.dumps(spec)),
                env={**os.environ, **command.env},
                pass_fds=[theirs.fileno()],
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                start_new_session=True,  # a Ctrl-C at the terminal is for the supervisor alone
            )
        run = cls(process, *await asyncio.open_unix_connection(sock=ours), on_output)
        await run._started()
        return run

    async def _started(self) -> None:
        message = await self._next_message()
        if "started" in message:
            self.pid = int(str(message["started"]))
            return
        await self._guard.wait()
        raise CannotStart(f"A program could not be started: {message.get('failed', 'its guard ended at once')}")

    async def _next_message(self) -> dict[str, object]:
        raw = await self._messages.readline()
        return json.loads(raw) if raw else {}

    async def wait(self) -> int | None:
        """Returns the program's exit code (negative: a signal) when it has ended and all its output was read; None if its guard was killed."""
        message = await self._next_message()
        await self._guard.wait()
        with contextlib.suppress(TimeoutError):  # a grandchild may hold the output open
            await asyncio.wait_for(self._reader, 2)
        self._line.close()
        return int(str(message["exited"])) if "exited" in message else None

    def ask_to_stop(self) -> None:
        """The guard begins to stop the program; `wait` tells when it is done."""
        self._line.write(b'{"stop": true}\n')

    async def _read_output(self) -> None:
        stream, rest = self._guard.stdout, b""
        while stream and (chunk := await stream.read(65_536)):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._on_output(line.decode(errors="replace"))
        if rest:
            self._on_output(rest.decode(errors="replace"))


async def run_once(command: Command, on_output: Callable[[str], None] = lambda _line: None) -> None:
    """The program ran to its end and succeeded. Given up halfway, it is stopped first.

    Raises: CannotStart with its last words when it fails.
    """
    last: deque[str] = deque(maxlen=15)

    def heard(line: str) -> None:
        last.append(line)
        on_output(line)

    run = await Guarded.start(command, heard)
    try:
        code = await run.wait()
    except asyncio.CancelledError:
        run.ask_to_stop()
        await run.wait()
        raise
    if code != 0:
        raise CannotStart(f"{Path(command.argv[0]).name} failed ({exit_words(code)}):\n" + "\n".join(f"  {line}" for line in last))


def exit_words(code: int | None) -> str:
    """How a program ended."""
    if code is None:
        return "its guard was killed"
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
