"""`minsheng year`, all of whose processes are killed in the middle: the same command goes on and ends the same."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec
import psutil
import pytest

from minsheng.local import Installation
from tests.district.conftest import Reference
from tests.district.playing import account, canary, minsheng_year, window_ends_up_to_end

pytestmark = [pytest.mark.real, pytest.mark.fault, pytest.mark.timeout(600)]
PATIENCE_S = 240.0


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Whatever happens, nothing of it runs afterwards."""
    home = tmp_path / "home"
    yield home
    if home.exists():
        down = [sys.executable, "-m", "minsheng", "down", "--remove-data"]
        subprocess.run(down, env={**os.environ, "MINSHENG_HOME": str(home)}, capture_output=True, timeout=180, check=True)


async def test_killed_in_the_middle_it_goes_on_and_ends_the_same(home: Path, reference: Reference) -> None:
    """Ruling 16 of the design: supervisor, PostgreSQL, Kafka, services and player die at once; no step is lost, none is done twice."""
    seed = random.randrange(10**6)
    chance, total = random.Random(seed), len(window_ends_up_to_end())
    aim, moment = chance.randrange(total * 3 // 10, total * 6 // 10), chance.uniform(0, 0.4)
    print(f"seed {seed}: killed {moment:.3f} s after window {aim} of {total}")  # noqa: T201 - to play it again
    first = minsheng_year(home)
    wait_for(home / "year.jsonl", aim, first)
    await asyncio.sleep(moment)
    assert first.poll() is None, "it had ended before the kill"
    killed = kill_all(home, first)
    assert {"postgres", "kafka", "relief", "linkage"} <= killed
    done = played(home / "year.jsonl")
    assert aim <= done < total * 8 // 10, "the kill did not come in the middle"

    again = minsheng_year(home)
    output, _ = again.communicate(timeout=PATIENCE_S)
    assert again.returncode == 0, output.decode()
    assert played(home / "year.jsonl") == total
    end = await account(Installation(home), [canary().household])
    assert end.differences(reference.end) == {}


def played(path: Path) -> int:
    """How many windows are written down as played. A line stands for a stretch of them and says when it ends; the first is the head."""
    *lines, _torn = path.read_bytes().split(b"\n") if path.exists() else [b""]
    if len(lines) < 2:
        return 0
    until = datetime.fromisoformat(msgspec.json.decode(lines[-1])["until"])
    return bisect_right(window_ends_up_to_end(), until)


def wait_for(path: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while played(path) < count:
        assert process.poll() is None, process.communicate()[0].decode()
        assert time.monotonic() < deadline, f"{played(path)} windows were played in time"
        time.sleep(0.01)


def kill_all(home: Path, player: subprocess.Popen[bytes]) -> set[str]:
    """SIGKILL for every process of the installation, the supervisor first: nobody can restart or tidy up. Returns the programs that ran."""
    state = Installation(home).state
    assert state.supervisor
    supervisor = state.supervisor.process()
    assert supervisor, "the supervisor ran"
    everything = [supervisor, *supervisor.children(recursive=True), psutil.Process(player.pid)]
    everything += [process for process in state.living() if process not in everything]
    for process in everything:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    assert player.wait(30) == -signal.SIGKILL
    _, alive = psutil.wait_procs([process for process in everything if process.pid != player.pid], timeout=30)
    assert alive == []
    return {name for name, program in state.programs.items() if program.process}
