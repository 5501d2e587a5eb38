"""Temporary aid: 45 cases, twice as many in March, April and September. What the state leaves open goes on to charity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from minsheng.district import figures
from minsheng.district.chance import chance
from minsheng.district.diary import Diary, Story
from minsheng.district.figures import Scale
from minsheng.district.people import Group, Household, People
from minsheng.district.seasons import TEMP_AID_SHARES, spread, workday_from
from minsheng.district.staff import APPROVER, DISTRICT_OFFICER, SECOND_APPROVER, caseworker
from minsheng.district.step import Lesson
from minsheng.district.stories.charity_grant import grant_after

LATEST = date(2022, 12, 8)
EMERGENCY_HEAD_FEN, EXPENDITURE_CAP_FEN, CONFERENCE_CAP_FEN = 136_500, 819_000, 1_638_000
REFUSED_AT = (11, 29)
"""Which of the year's cases are refused."""
LATE_PAPERS_EVERY = 15
SPREAD_OF_INSURANCE = (55, 75)


@dataclass(frozen=True, slots=True)
class Case:
    """One case: where it stands and what is asked for."""

    story: Story
    home: Household
    day: date
    number: int

    @property
    def path(self) -> str:
        return f"relief/temp-aid/{self.story.id('case')}"


def tell(diary: Diary, everybody: People, scale: Scale) -> None:
    """Every third case is an emergency, the others are expenses that a family cannot bear."""
    groups = (Group.DIBAO, Group.EDGE, Group.CHILDREN, Group.RIGID)
    homes = [home for home in everybody.of(*groups) if home.is_lasting]
    days = spread(scale.of(figures.TEMP_AIDS, 6), TEMP_AID_SHARES)
    for number, day in enumerate(days):
        home = homes[number * len(homes) // len(days)]
        case = Case(diary.story(f"temp-aid/{number}"), home, min(day, LATEST), number)
        draw = chance(diary.seed, case.story.name)
        if number % 3 == 0:
            _emergency(case, draw)
        elif number in REFUSED_AT or (len(days) < 12 and number == 4):
            _refused(case, draw)
        else:
            _expenditure(case, draw)


def _ask(case: Case, kind: str, category: str, gross: int, amount: int, affected: list[str]) -> None:
    worker, story, home = caseworker(case.home.street), case.story, case.home
    need = {"household_id": home.id, "category": category, "gross": gross, "urgency": "orange" if kind == "emergency" else "yellow"}
    request = {
        "household_id": home.id,
        "need_id": story.id("need"),
        "kind": kind,
        "cause": f"{category}-2022-{case.number:03}",
        "affected_ids": affected,
        "amount_fen": amount,
    }
    story.give(case.day, worker, f"relief/need/{story.id('need')}/register", need)
    if gross > amount:
        body = {"line_id": story.id("insurance"), "payer": "basic_insurance", "amount": gross - amount}
        story.give(case.day, worker, f"relief/need/{story.id('need')}/record-prior-payer", body)
    story.give(case.day, worker, f"{case.path}/request", request)


def _emergency(case: Case, draw: Random) -> None:
    """Money on the day; it eases the next, and the papers with the second signature follow, of a few after their last day."""
    fen = len(case.home.members) * draw.randrange(60_000, EMERGENCY_HEAD_FEN, 100)
    worker = caseworker(case.home.street)
    _ask(case, "emergency", "disaster", fen, fen, [])
    given = {"amount_fen": fen, "source": "street"}
    case.story.give(case.day, APPROVER, f"{case.path}/grant", given, window=1, if_match=1)
    case.story.give(case.day, worker, f"{case.path}/pay", given, window=2)
    case.story.give(workday_from(case.day, 1), worker, f"{case.path}/record-easing")
    late = case.number % LATE_PAPERS_EVERY == 3
    signed = workday_from(case.day, 14 if late else 6)
    case.story.give(signed, SECOND_APPROVER, f"{case.path}/supplement", window=1, if_match=5 if late else 4)
    case.story.give(workday_from(signed, 1), worker, f"{case.path}/close", {"code": "MET"})


def _refused(case: Case, draw: Random) -> None:
    """Another payer covers it: refused with a reason, and the case ends."""
    net = draw.randrange(200_000, 600_000, 1_000)
    _ask(case, "expenditure", "education", net, net, [case.home.head.id])
    later = workday_from(case.day, 4)
    case.story.give(later, APPROVER, f"{case.path}/refuse", {"reason": "covered_otherwise"}, window=1, if_match=1)
    worker = caseworker(case.home.street)
    case.story.give(workday_from(later, 1), worker, f"{case.path}/close", {"code": "WITHDRAWN_BY_PERSON"})
    case.story.give(workday_from(later, 1), worker, f"relief/need/{case.story.id('need')}/close", {"code": "NOT_ELIGIBLE"})


def _expenditure(case: Case, draw: Random) -> None:
    """After insurance a rest is left; up to the cap the state pays, a conference allows twice as much, charity is asked for the rest."""
    net = draw.randrange(300_000, 2_600_000, 1_000)
    conference = case.number % 7 == 2
    granted = min(net, CONFERENCE_CAP_FEN if conference else EXPENDITURE_CAP_FEN)
    gross = net * 100 // (100 - draw.randrange(*SPREAD_OF_INSURANCE))
    worker = caseworker(case.home.street)
    _ask(case, "expenditure", "medical", gross, net, [case.home.head.id])
    later = workday_from(case.day, 4)
    body = {"amount_fen": granted, "source": "district", "conference": conference}
    case.story.give(later, APPROVER, f"{case.path}/grant", body, window=1, if_match=1)
    paid = {"amount_fen": granted, "source": "district"}
    case.story.give(workday_from(later, 1), DISTRICT_OFFICER, f"{case.path}/pay", paid, window=1)
    closed = workday_from(later, 2)
    if granted == net:
        case.story.give(closed, worker, f"{case.path}/close", {"code": "MET"})
        return
    learned = f"$referral-temp-{case.number}"
    proposed = Lesson(learned, "relief.referral.proposed", "referral_id")
    case.story.give(closed, worker, f"{case.path}/close", {"code": "PARTLY_MET"}, learn=[proposed])
    case.story.give(closed, worker, f"relief/referral/{learned}/send", window=1)
    grant_after(case.story, case.home, closed, learned, case.story.id("need"), net - granted, "medical")
