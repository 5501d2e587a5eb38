"""One supervised program: ready, restarted with growing delays, given up, stopped."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from minsheng.local.errors import CannotStart
from minsheng.local.guarded import Command
from minsheng.local.logs import ProgramLog
from minsheng.local.unit import Unit


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


def unit(folder: Path, code: str, probe: Callable[[], Awaitable[bool]] = yes, states: list[str] | None = None) -> Unit:
    made = Unit(
        "toy",
        Command(argv=(sys.executable, "-c", code)),
        probe,
        ProgramLog("toy", folder, lambda _name, _line: None),
        lambda: states.append(made.shown.state) if states is not None else None,
    )
    return made


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  it looks at another process
            await asyncio.sleep(0.01)


async def test_a_program_that_ends_by_itself_is_started_again(tmp_path: Path) -> None:
    toy = unit(tmp_path, "import time; time.sleep(600)")
    await toy.start()
    first = toy.shown.process
    assert first
    os.kill(first.pid, signal.SIGKILL)
    await until(lambda: toy.shown.state == "ready" and toy.shown.process != first)
    assert toy.shown.restarts == 1
    assert "-- ended by itself (signal SIGKILL) --" in (tmp_path / "toy.log").read_text()
    await toy.stop()


async def test_a_program_that_is_never_ready_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    states: list[str] = []
    toy = unit(tmp_path, "raise SystemExit('the disk is full')", no, states)
    with pytest.raises(CannotStart, match=r"toy ended 3 times before it was ready[^$]*the disk is full"):
        await toy.start()
    assert states.count("waiting") == 2
    assert states[-1] == "failed"


async def test_a_stopped_program_stays_stopped_and_can_be_started(tmp_path: Path) -> None:
    toy = unit(tmp_path, "import time; time.sleep(600)")
    await toy.start()
    await toy.stop()
    assert toy.shown.state == "stopped"
    assert toy.shown.process is None
    await toy.start()
    assert toy.shown.state == "ready"
    await toy.stop()


async def test_stopping_does_not_wait_for_the_delay_before_a_restart(tmp_path: Path) -> None:
    toy = unit(tmp_path, "pass", yes)
    starting = asyncio.create_task(toy.start())
    await until(lambda: toy.shown.state == "waiting")
    async with asyncio.timeout(5):
        await toy.stop()
    assert toy.shown.state == "stopped"
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)


async def test_all_output_reaches_the_log_also_without_a_last_newline(tmp_path: Path) -> None:
    toy = unit(tmp_path, "print('一行'); print('x' * 40_000, end=''); import time; time.sleep(0.2)")
    await toy.start()
    await until(lambda: toy.shown.restarts == 1)
    await toy.stop()
    text = (tmp_path / "toy.log").read_text()
    assert text.startswith("一行\n")
    assert text.count("x") >= 40_000


async def test_a_program_that_does_not_exist_is_given_up_with_the_systems_words(tmp_path: Path) -> None:
    toy = Unit("toy", Command(argv=(str(tmp_path / "missing"),)), yes, ProgramLog("toy", tmp_path, lambda _name, _line: None), lambda: None)
    with pytest.raises(CannotStart, match="No such file"):
        await toy.start()
