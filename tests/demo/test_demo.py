"""`minsheng demo`, as a person runs it: twice, with nothing left running."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.real
GENERATED = re.compile(r"\b[0-9a-f]{8}\b")
WAYS = re.compile(r"^ *[0-9.]+ s .*$", re.MULTILINE)


def demo(home: Path) -> str:
    """What one run prints."""
    environment = {**os.environ, "MINSHENG_HOME": str(home), "COLUMNS": "140", "NO_COLOR": "1"}
    run = subprocess.run(
        [sys.executable, "-m", "minsheng", "demo"], env=environment, capture_output=True, text=True, timeout=170, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def told(text: str) -> str:
    """What stays the same: without times, event ids and progress."""
    return GENERATED.sub("·", WAYS.sub("", text[text.index("Four layers for a sick child 大病儿童，四层衔接 ──") :]))


@pytest.mark.timeout(400)
def test_the_demonstration_prints_exact_chains_twice_and_leaves_nothing_running(tmp_path: Path) -> None:
    """SC-07 to the fen, SC-01's amount, what is uncovered and doubled, a donation's way; the second run repeats every command."""
    home = tmp_path / "home"
    first = demo(home)
    for line in (
        r"need 需求 .* 286,000\.00 .* 286,000\.00",
        r"基本医保 .* −160,000\.00",
        r"大病保险 .* 78,000\.00",
        r"L2 专项 .* 37,500\.00 .* 40,500\.00",
        r"L3 临时 .* 16,380\.00 .* 24,120\.00",
        r"L4 慈善 .* 20,000\.00 .* 4,120\.00",
        r"offered 6,000\.00.* 4,120\.00 .* 0\.00",
        r"2022-05 .* L1 常规 .* 1,495\.00 .* 1,495\.00 .* 0\.00",
        r"covered 24,120\.00 of 24,120\.00; MET",
        r"DET-01 缺口",
        r"DET-09 重复",
        r"→ 20,000\.00 to Four layers",
    ):
        assert re.search(line, first), f"{line}\n{first}"
    assert told(demo(home)) == told(first)
    left = [process.pid for process in psutil.process_iter(["cmdline"]) if str(home) in " ".join(process.info["cmdline"] or [])]
    assert left == []
