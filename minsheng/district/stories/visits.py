"""Visits of the year: 9,870 persons, each visited once by one or two of 1,632 visitors; 318 opinions that they brought home.

By month as the district's page says, four in five in the weeks it names for the Spring Festival. In closures by phone or chat.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from minsheng.district import figures
from minsheng.district.chance import chance
from minsheng.district.diary import Diary, Story
from minsheng.district.figures import Scale
from minsheng.district.people import Household, People, Person
from minsheng.district.seasons import LAST, VISITS_PERCENT, calendar, days_of, is_closed, split
from minsheng.district.staff import DISTRICT, DISTRICT_OFFICER, Clerk, caseworker
from minsheng.district.step import Body
from minsheng.district.stories.charity_grant import ask_and_be_met
from minsheng.district.stories.opening import is_known_to_relief

YEAR_ROUND = "all-households-2022"
CAMPAIGNS = {
    YEAR_ROUND: ("all_households", date(2022, 1, 4)),
    "spring-festival-2022": ("spring_festival", date(2022, 1, 7)),
    "child-2022": ("child", date(2022, 5, 31)),
    "mid-autumn-2022": ("mid_autumn", date(2022, 8, 29)),
    "elders-day-2022": ("elders_day", date(2022, 9, 27)),
}
OF_MONTH = {1: "spring-festival-2022", 6: "child-2022", 9: "mid-autumn-2022", 10: "elders-day-2022"}
SPRING_FESTIVAL_WEEKS = (date(2022, 1, 10), date(2022, 1, 28))
LIVING = ("stable", "stable", "stable", "lives_alone", "seriously_ill", "care_lacking", "out_of_work", "schooling_at_risk")
MOODS = ("calm", "calm", "calm", "worried", "low")
TOPICS = ("social_aid", "elder_care", "neighbourhood", "health", "epidemic", "children", "housing", "employment", "education", "other")
OUTCOMES = ("taken_up", "explained", "explained", "passed_on", "not_possible")
PLANNED_EVERY, MISSED_EVERY, NEED_EVERY = 97, 991, 700
NEED_MONTHS = range(1, 12)


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's visit."""

    number: int
    home: Household
    person: Person
    day: date

    @property
    def campaign(self) -> str:
        return OF_MONTH.get(self.day.month, YEAR_ROUND)


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    """The campaigns open, everybody is visited in turn, some say what should be better."""
    for campaign, (kind, day) in CAMPAIGNS.items():
        body = {"kind": kind, "year": 2022, "area": DISTRICT}
        diary.story(f"campaign/{campaign}").give(day, DISTRICT_OFFICER, f"relief/visit-campaign/{campaign}/open-campaign", body)
    total = scale.of(figures.VISITED)
    visitors = scale.of(figures.VISITORS, 8)
    opinions = scale.of(figures.OPINIONS, 12)
    draw = chance(diary.seed, "visits")
    for visit in _visits(everybody, total):
        _make(diary, visit, visitors, draw)
        if (visit.number + 1) * opinions // total > visit.number * opinions // total:
            _say(diary, visit, visit.number * opinions // total)


def _visits(everybody: People, total: int) -> Iterator[Visit]:
    """Each person at most once, in the order of the index, so poor families and elders first; never after a death or a move."""
    waiting = [(home, person) for home, person in everybody.persons()]
    number = 0
    for month, count in enumerate(split(total, VISITS_PERCENT), start=1):
        days = [day for day in days_of(month) if month != 1 or SPRING_FESTIVAL_WEEKS[0] <= day <= SPRING_FESTIVAL_WEEKS[1]]
        for n in range(count):
            day = days[n * len(days) // count]
            at = next(k for k, (home, person) in enumerate(waiting) if person.lives_on(day) and home.is_here(day))
            home, person = waiting.pop(at)
            yield Visit(number, home, person, day)
            number += 1


def visitor(number: int) -> str:
    """The code of one of the year's visitors."""
    return f"visitor-{number + 1:04}"


def _make(diary: Diary, visit: Visit, visitors: int, draw: Random) -> None:
    story = diary.story(f"visit/{visit.number}")
    by, path = caseworker(visit.home.street), f"relief/visit/{story.id()}"
    who = [visitor(visit.number % visitors), *([visitor((visit.number * 5 + 1) % visitors)] if visit.number % 3 == 0 else [])]
    plan = {"campaign_id": visit.campaign, "person_id": visit.person.id, "area": visit.home.place.code, "visitors": sorted(set(who))}
    known = is_known_to_relief(visit.home)
    plan |= {"household_id": visit.home.id} if known else {}
    if visit.number % MISSED_EVERY == 5:
        _miss(diary, visit, by, plan)
    if visit.number % PLANNED_EVERY == 3:
        story.give(visit.day, by, f"{path}/schedule", {**plan, "planned_on": visit.day.isoformat()})
    channel = "in_person"
    if is_closed(visit.day, visit.home.street):
        channel = "chat" if visit.number % 4 == 0 else "phone"
    met: Body = {**plan, "channel": channel, "living": [draw.choice(LIVING)], "mood": draw.choice(MOODS)}
    needs = known and visit.number % NEED_EVERY == 11 and visit.day.month in NEED_MONTHS and visit.home.is_lasting
    if needs:
        fen = draw.randrange(200_000, 900_000, 1_000)
        met["needs"] = [{"need_id": story.id("need"), "category": "medical", "gross": fen, "person_id": visit.person.id}]
        ask_and_be_met(story, visit.home, calendar().add_workdays(visit.day, 2), story.id("need"), fen, "medical")
    story.give(visit.day, by, f"{path}/complete", met, window=2)


def _miss(diary: Diary, visit: Visit, by: Clerk, plan: Body) -> None:
    """Nobody came on the day: the clock says so, the reason is told the next day; the visit itself is another one."""
    story = diary.story(f"missed-visit/{visit.number}")
    day = calendar().workday_on_or_before(visit.day)
    planned = {**plan, "planned_on": day.isoformat()}
    story.give(day, by, f"relief/visit/{story.id()}/schedule", planned)
    after = calendar().next_workday(day)
    if visit.number % 2 == 0 and after <= LAST:
        story.give(after, by, f"relief/visit/{story.id()}/miss", {"reason": "nobody_home"}, window=3)


def _say(diary: Diary, visit: Visit, number: int) -> None:
    """Most are answered within the time of the community, some late, some are still open after every due date, a few come again."""
    story: Story = diary.story(f"opinion/{number}")
    by, path = caseworker(visit.home.street), f"relief/opinion/{story.id()}"
    body = {
        "visit_id": diary.story(f"visit/{visit.number}").id(),
        "area": visit.home.place.code,
        "topic": TOPICS[number % len(TOPICS)],
        "owner": by.actor,
    }
    story.give(visit.day, by, f"{path}/collect", body, window=3)
    if number % 40 == 7:
        return
    answered = calendar().add_workdays(visit.day, 14 if number % 25 == 3 else 3 + number % 6)
    closed = calendar().add_workdays(answered, 1)
    if closed > LAST:
        return
    story.give(answered, by, f"{path}/answer", window=3)
    story.give(closed, by, f"{path}/close", {"outcome": OUTCOMES[number % len(OUTCOMES)]}, window=3)
    again = calendar().add_workdays(closed, 5)
    if number % 80 == 20 and again <= LAST:
        story.give(again, by, f"{path}/reopen", window=3)
