"""How many of everything: the figures of the simulated year. Comparators of the report are named where they bind.

"more than" (多, 余): a little above.  "nearly" (近): a little below.  "about" (约): either side.  A bare number: exact.
"""

from __future__ import annotations

from dataclasses import dataclass

PERSONS = 10_500  # persons whom the year needs; the district's index would be 24,000
VISITED = 9_870  # nearly 10,000
VISITORS = 1_632  # at least 1,600
OPINIONS = 318  # at least 300
CARING_HOUSEHOLDS = 46  # at least 40
SCREENED = 3_120  # at least 3,000 person-times
DEVICE_ELDERS, DEVICES = 1_536, 1_720  # at least 1,500 elders
ALARMS, REAL_ALARMS = 900, 120
WHEELCHAIRS, LOANS = 70, 4_200  # 70 exactly
SEASON_KINDS, SEASON_SESSIONS, SEASON_TIMES = 12, 48, 8_140  # 12 exactly; nearly 50; at least 8,000
EPIDEMIC_ORGANISATIONS, EPIDEMIC_STAFF, EPIDEMIC_HOURS = 124, 1_960, 100_400  # at least 120; nearly 2,000; reaching 100,000
EPIDEMIC_RECORDS = 10_040
TRAININGS, TRAINED = 32, 1_230  # at least 30 and 1,200
CARE_BEDS = 56  # exactly, cumulative
DONATED_FEN, DISABILITY_FUND_FEN = 456_000_000, 61_200_000  # at least 4.5 and 0.6 million yuan
DONATIONS = 420
DIBAO_HOUSEHOLDS, DIBAO_PERSONS, DIBAO_IN, DIBAO_OUT = 120, 246, 14, 17
TEKUN_PERSONS, EDGE_HOUSEHOLDS, EDGE_PERSONS, RIGID_HOUSEHOLDS = 14, 35, 95, 8
CHILDREN_IN_DIFFICULTY, UNATTENDED_CHILDREN, ORPHANS = 60, 6, 1
TEMP_AIDS = 45
MEALS, EATERS, MEAL_POINTS, CANTEENS = 6_000, 60, 24, 4  # a tenth of the district's 60,000 lunches, as commands
SHOP_FAMILIES = 60
DEATHS = 30
ASSOCIATIONS, AGENCIES, FOUNDATIONS = 62, 126, 2  # 190 social organisations
DISABLED = 1_500


@dataclass(frozen=True)
class Scale:
    """A smaller year: counts shrink, but every kind of story still happens."""

    factor: float = 1.0

    def of(self, full: int, least: int = 1) -> int:
        """The full count at scale 1, fewer below it, never fewer than `least` (or than the full count)."""
        return full if self.factor >= 1 else max(min(least, full), round(full * self.factor))
