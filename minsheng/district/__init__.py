"""One simulated year of the district: 2022 as commands for the public HTTP APIs, the same for the same seed. Everybody is invented."""

from minsheng.district.step import Lesson, Step, filled
from minsheng.district.stories.referrals import EXAMPLE
from minsheng.district.year import year

__all__ = ["EXAMPLE", "Lesson", "Step", "filled", "year"]
