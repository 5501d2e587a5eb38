"""A local installation that is a simulation: its clock is a file in its home, made at its first start."""

from __future__ import annotations

from datetime import datetime

from kit.clock import SHANGHAI
from kit.simulation import SimulatedClock
from minsheng.local.errors import CannotStart
from minsheng.local.home import Home

BEGINS = datetime(2022, 1, 1, 8, tzinfo=SHANGHAI)
"""Where the clock of a new simulation stands: the first morning of the year that the rules and calendars begin with."""


def simulated_clock(home: Home) -> SimulatedClock:
    """The clock of the simulation in this home; a new home becomes one.

    Raises: CannotStart when the installation already lives by the machine's clock: its facts lie in our present.
    """
    if home.prepared_file.exists() and not home.clock_file.exists():
        raise CannotStart(
            f"The installation in {home.root} lives by the machine's clock and cannot become a simulation. "
            "Use another home (MINSHENG_HOME=folder), or remove this one with all its data: minsheng down --remove-data"
        )
    return SimulatedClock.create(home.clock_file, BEGINS)


def existing_clock(home: Home) -> SimulatedClock:
    """The clock of a simulation. Raises: CannotStart when the installation is none."""
    if not home.clock_file.exists():
        raise CannotStart(
            f"The installation in {home.root} is no simulation; its clock is the machine's. "
            "Start one in a new home: MINSHENG_HOME=folder minsheng up --detach --simulation"
        )
    return SimulatedClock(home.clock_file)
