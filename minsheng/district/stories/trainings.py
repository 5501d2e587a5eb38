"""Safety trainings in care institutions and communities: 32 sessions with 1,230 person-times."""

from __future__ import annotations

from minsheng.district import figures
from minsheng.district.diary import Diary
from minsheng.district.figures import Scale
from minsheng.district.people import People
from minsheng.district.places import STREET_PERCENT
from minsheng.district.seasons import split, spread
from minsheng.district.staff import DISTRICT_OFFICER

TOPICS = ("fire", "food", "infection", "first_aid", "fire", "infection")
STAFF = 180
"""The people of the four institutions; each session asks other ones."""


def tell(diary: Diary, _everybody: People, scale: Scale) -> None:
    sessions = scale.of(figures.TRAININGS, 4)
    times = split(scale.of(figures.TRAINED, 60), [30 + n * 7 % 20 for n in range(sessions)])
    streets = tuple(STREET_PERCENT)
    first = 0
    for number, (day, count) in enumerate(zip(spread(sessions), times, strict=True)):
        story = diary.story(f"training/{number}")
        path = f"eldercare/safety-training/{story.id()}"
        home = {"institution_id": f"care-home-{number % 4 + 1}"} if number % 2 == 0 else {}
        body = {"area": streets[number % 4], "topic": TOPICS[number % len(TOPICS)], **home}
        story.give(day, DISTRICT_OFFICER, f"{path}/hold", body, window=1)
        present = [diary.story("institutions").id(f"staff/{(first + n) % STAFF}") for n in range(count)]
        story.give(day, DISTRICT_OFFICER, f"{path}/record-attendance", {"person_ids": present}, window=2)
        first += count
