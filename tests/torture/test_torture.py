"""The torture in the small: 50,000 events and every fault once at least (`make torture` has 1,000,000)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from minsheng.local import LocalInstallation
from tests.torture.report import show
from tests.torture.run import Plan, Run

pytestmark = [pytest.mark.real, pytest.mark.fault, pytest.mark.timeout(900)]
EVENTS = int(os.environ.get("MINSHENG_TORTURE_EVENTS", "50000"))
SEED = int(os.environ.get("MINSHENG_TORTURE_SEED", "2026"))


@pytest.fixture
def breakable(tmp_path: Path) -> Iterator[LocalInstallation]:
    """Servers of this test's own, which it kills."""
    with LocalInstallation(tmp_path / "home", throwaway=True) as running:
        yield running


async def test_nothing_is_lost_doubled_reordered_or_shown_wrongly(breakable: LocalInstallation, tmp_path: Path) -> None:
    """All checkers are green, and no fault stayed away."""
    outcome = await Run(Plan(EVENTS, SEED), breakable, tmp_path / "run")()
    show(outcome, Console(width=150))  # pytest keeps it for the case of a failure
    assert outcome.verdicts.red == []
    assert outcome.missing == []
    assert outcome.verdicts.events >= EVENTS
    assert outcome.verdicts.outcomes["ok"] > EVENTS // 2
    assert outcome.verdicts.figures["commands asked again until known"] > 0, "no client was ever left in doubt"
