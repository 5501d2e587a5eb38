"""The year as steps, and a small year played in one process."""

from __future__ import annotations

from minsheng.district import year
from tests.district.world import World


async def test_a_small_year_is_accepted_step_by_step() -> None:
    """Every command of a small year is stored, or refused where it says so; no reaction and no timer fails."""
    world = World()
    assert await world.play(year(7, 0.02)) > 1_000
    assert world.refusals.told == []
