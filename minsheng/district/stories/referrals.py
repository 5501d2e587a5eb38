"""Referrals of every outcome: met, declined and routed anew, expired and escalated, given back, withdrawn, unmet, reopened.

`EXAMPLE` names the story of the one family that the report tells: nobody answered in time, the referral was escalated and routed anew, and
the need was met in the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from minsheng.district.chance import chance
from minsheng.district.diary import Diary, Story
from minsheng.district.figures import Scale
from minsheng.district.people import Group, Household, People, Person, Trait
from minsheng.district.seasons import spread, workday_from
from minsheng.district.staff import CHARITY_OFFICER, caseworker
from minsheng.district.step import Body, Lesson
from minsheng.district.stories.charity_grant import ask_and_be_met, grant_after
from minsheng.district.stories.organisations import restricted

EXAMPLE = "referral/example-family"
EXAMPLE_DAY = date(2022, 5, 9)
FIRST_DAY, LATEST = date(2022, 2, 10), date(2022, 11, 24)
RECALLED, ASKED_OF_IT, BARRED = 4, date(2022, 5, 30), date(2022, 6, 8)
"""Referrals to the organisation that is restricted on 1 June, before and after."""
NO_ANSWER_WD = 3
"""Working days for an answer to a yellow referral; on the fourth it has expired."""
CATEGORIES = (("medical", "general"), ("education", "education"), ("disability", "disability"), ("living", "general"))


@dataclass(frozen=True, slots=True)
class Asking:
    """One need that a family has and a referral that asks charity for it."""

    story: Story
    home: Household
    day: date
    fen: int
    category: str
    purpose: str
    person: Person | None

    @property
    def need(self) -> str:
        return self.story.id("need")

    @property
    def referral(self) -> str:
        return self.story.id("referral")

    def by_worker(self, day: date, command: str, body: Body | None = None, **more: object) -> None:
        """A command of the street's caseworker on the first referral."""
        self.give(day, self.referral, command, body, **more)

    def give(self, day: date, referral: str, command: str, body: Body | None = None, **more: object) -> None:
        self.story.give(day, caseworker(self.home.street), f"relief/referral/{referral}/{command}", body, **more)  # type: ignore[arg-type]

    def answered(self, day: date, command: str, body: Body | None = None, *, window: int = 1) -> None:
        """An answer of charity to the first referral."""
        self.story.give(day, CHARITY_OFFICER, f"charity/referral-answer/{self.referral}/{command}", body, window=window)


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    """Each outcome happens at least once; most referrals are met."""
    outcomes = [outcome for outcome, count in OUTCOMES for _ in range(scale.of(count))]
    homes = [home for home in everybody.of(Group.DIBAO, Group.EDGE, Group.CHILDREN, Group.RIGID) if home.is_lasting]
    days = spread(len(outcomes))
    chance(diary.seed, "referrals").shuffle(outcomes)
    for number, (outcome, day) in enumerate(zip(outcomes, days, strict=True)):
        home = homes[(number * 7 + 3) % len(homes)]
        story = diary.story(f"referral/{number}-{outcome.__name__.removeprefix('_')}")
        outcome(_ask(story, home, min(max(day, FIRST_DAY), LATEST), number, chance(diary.seed, story.name)))
    for number in range(scale.of(RECALLED)):
        name = f"referral/{number}-recalled"
        home = homes[(number * 5 + 1) % len(homes)]
        _recalled(_ask(diary.story(name), home, ASKED_OF_IT, 0, chance(diary.seed, name), organisation=restricted(scale)))
    _barred(diary, homes[2], restricted(scale))
    family = next(home for home in homes if len(home.members) >= 3 and home.children)
    _expired(_ask(diary.story(EXAMPLE), family, EXAMPLE_DAY, 0, chance(diary.seed, EXAMPLE)))


def _ask(story: Story, home: Household, day: date, number: int, draw: Random, *, organisation: str = "") -> Asking:
    """The need is registered, the referral proposed and sent the same day; `organisation`: who of charity's side is meant."""
    disabled = next((person for person in home.members if Trait.DISABLED in person.traits), None)
    category, purpose = CATEGORIES[number % len(CATEGORIES)]
    if purpose == "disability" and disabled is None:
        category, purpose = "medical", "general"
    fen = draw.randrange(200_000, 1_500_000, 1_000)
    person = disabled if purpose == "disability" else None
    asking = Asking(story, home, day, fen, category, purpose, person)
    need = {"household_id": home.id, "category": category, "gross": fen}
    story.give(day, caseworker(home.street), f"relief/need/{asking.need}/register", need)
    asked = {"household_id": home.id, "need_id": asking.need, "receiver": "charity"}
    asking.by_worker(day, "propose", asked | ({"organisation_id": organisation} if organisation else {}))
    asking.by_worker(day, "send")
    return asking


def _met(asking: Asking) -> None:
    grant_after(
        asking.story,
        asking.home,
        asking.day,
        asking.referral,
        asking.need,
        asking.fen,
        asking.category,
        purpose=asking.purpose,
        person=asking.person,
    )


def _routed_anew(asking: Asking, day: date, code: str) -> None:
    """The referral ends with a new one in its place, which is met."""
    learned = f"$again-{asking.story.name.removeprefix('referral/').replace('_', '-')}"
    proposed = Lesson(learned, "relief.referral.proposed", "referral_id")
    asking.by_worker(day, "close", {"code": code, "follow": "new_referral", "receiver": "charity"}, learn=[proposed])
    asking.give(day, learned, "send", window=1)
    grant_after(
        asking.story,
        asking.home,
        day,
        learned,
        asking.need,
        asking.fen,
        asking.category,
        purpose=asking.purpose,
        person=asking.person,
    )


def _declined(asking: Asking) -> None:
    asking.answered(workday_from(asking.day, 2), "decline", {"reason": "no_funds"})
    _routed_anew(asking, workday_from(asking.day, 3), "NO_SUPPLY")


def _expired(asking: Asking) -> None:
    """Nobody answers for three working days: the timer ends it, and somebody routes it anew."""
    _routed_anew(asking, workday_from(asking.day, NO_ANSWER_WD + 2), "NO_SUPPLY")


def _returned(asking: Asking) -> None:
    """Charity accepts, then gives it back: no capacity. It is routed anew."""
    asking.answered(workday_from(asking.day, 1), "accept")
    asking.answered(workday_from(asking.day, 4), "decline", {"reason": "no_capacity"})
    _routed_anew(asking, workday_from(asking.day, 5), "NO_SUPPLY")


def _withdrawn(asking: Asking) -> None:
    """The family no longer wants it."""
    asking.by_worker(workday_from(asking.day, 1), "withdraw")
    path = f"relief/need/{asking.need}/close"
    asking.story.give(workday_from(asking.day, 1), caseworker(asking.home.street), path, {"code": "WITHDRAWN_BY_PERSON"})


def _unmet(asking: Asking) -> None:
    """Nobody can help: the need stays on the board as unmet."""
    asking.answered(workday_from(asking.day, 2), "decline", {"reason": "not_our_purpose"})
    asking.by_worker(workday_from(asking.day, 3), "close", {"code": "NO_SUPPLY", "follow": "unmet_need"})


def _conference(asking: Asking) -> None:
    """Declined as not reachable; a case conference takes it up."""
    asking.answered(workday_from(asking.day, 2), "decline", {"reason": "not_reachable"})
    asking.by_worker(workday_from(asking.day, 3), "close", {"code": "NO_SUPPLY", "follow": "case_conference"})


def _recalled(asking: Asking) -> None:
    """Accepted for an organisation that is restricted on the next day: it comes back by itself and is routed anew."""
    asking.answered(workday_from(asking.day, 1), "accept")
    _routed_anew(asking, workday_from(asking.day, 3), "NO_SUPPLY")


def _barred(diary: Diary, home: Household, organisation: str) -> None:
    """Nobody may be sent to an organisation that is restricted; another is asked, which is met."""
    name = "referral/barred"
    story = diary.story(name)
    need, worker = story.id("need"), caseworker(home.street)
    fen = chance(diary.seed, name).randrange(200_000, 600_000, 1_000)
    lacking = {"household_id": home.id, "category": "medical", "gross": fen}
    story.give(BARRED, worker, f"relief/need/{need}/register", lacking)
    asked = {"household_id": home.id, "need_id": need, "receiver": "charity", "organisation_id": organisation}
    path = f"relief/referral/{story.id('barred')}/propose"
    story.give(BARRED, worker, path, asked, refused="organisation_restricted")
    ask_and_be_met(story, home, BARRED, need, fen, "medical")


def _reopened(asking: Asking) -> None:
    """A first fund covers a part and the referral is closed; two weeks later it is opened again and a second grant covers the rest."""
    part = asking.fen // 2
    closed = grant_after(asking.story, asking.home, asking.day, asking.referral, asking.need, part, asking.category, code="PARTLY_MET")
    again = workday_from(closed, 8)
    asking.by_worker(again, "reopen", window=2)
    asking.by_worker(again, "send", window=2)
    rest = asking.fen - part
    grant_after(asking.story, asking.home, again, asking.referral, asking.need, rest, asking.category, name="allocation-2")


OUTCOMES: tuple[tuple[Callable[[Asking], None], int], ...] = (
    (_met, 24),
    (_declined, 4),
    (_expired, 3),
    (_returned, 3),
    (_withdrawn, 3),
    (_unmet, 3),
    (_conference, 2),
    (_reopened, 2),
)
