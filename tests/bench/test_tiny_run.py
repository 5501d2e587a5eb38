"""Each bar that is cheap runs once at tiny size, on real servers, with a green checker. Its speed is not looked at."""

from __future__ import annotations

import pytest

from bench.ground import Ground
from bench.peers_venv import Peers
from bench.suite import OURS, Bar, bars, run_bar
from minsheng.local import Installation

pytestmark = pytest.mark.real
DEAR = {"year", "memory", "failover", "stranger"}
"""They take the time that they take."""
CHEAP = [bar for bar in bars() if bar.system == OURS and bar.name not in DEAR and not bar.not_built]


@pytest.fixture(scope="module")
def ground(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("bench")
    return Ground(installation, folder, Peers(folder / "peers"), tiny=True)


@pytest.mark.parametrize("bar", CHEAP, ids=[bar.name for bar in CHEAP])
async def test_a_tiny_run_is_green(ground: Ground, bar: Bar) -> None:
    """What was acknowledged is stored once and in order; rows are those of a plain fold."""
    told: list[float] = []
    result = await run_bar(bar, ground, lambda _what, seconds: told.append(seconds))
    assert result.not_run is None
    assert result.checker == "green"
    assert result.value is not None
    assert len(result.runs) == 1
    assert sum(told) == bar.seconds[0]
