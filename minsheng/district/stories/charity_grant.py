"""The way of a met referral: charity accepts, two people sign, the need accepts and is paid, relief closes it as met."""

from __future__ import annotations

from datetime import date

from minsheng.district.diary import Story
from minsheng.district.people import Household, Person
from minsheng.district.seasons import workday_from
from minsheng.district.staff import CHARITY_APPROVER, CHARITY_OFFICER, caseworker
from minsheng.district.step import Body
from minsheng.district.stories.opening import FUNDS

ANSWER_AFTER, PAY_AFTER, CLOSE_AFTER = 1, 2, 3
"""Working days from sending to charity's answer, to the two signatures, to the end."""


def grant_after(
    story: Story,
    home: Household,
    sent: date,
    referral: str,
    need_id: str,
    fen: int,
    category: str,
    *,
    purpose: str = "general",
    person: Person | None = None,
    code: str = "MET",
    name: str = "allocation",
) -> date:
    """A referral sent on a day is accepted and paid with `fen`; the day on which it is closed. `referral`: its id or learned name."""
    answered, paid, closed = (workday_from(sent, n) for n in (ANSWER_AFTER, PAY_AFTER, CLOSE_AFTER))
    story.give(answered, CHARITY_OFFICER, f"charity/referral-answer/{referral}/accept", window=1)
    give_from_fund(story, home, paid, referral, need_id, fen, category, purpose=purpose, person=person, name=name)
    worker = caseworker(home.street)
    story.give(paid, worker, f"relief/referral/{referral}/start-service", window=1)
    story.give(closed, worker, f"relief/referral/{referral}/close", {"code": code}, window=1)
    return closed


def give_from_fund(
    story: Story,
    home: Household,
    day: date,
    referral: str | None,
    need_id: str,
    fen: int,
    category: str,
    *,
    purpose: str = "general",
    person: Person | None = None,
    name: str = "allocation",
) -> str:
    """Two people sign an allocation of a fund; the need then takes as much as it lacks. The allocation's id."""
    allocation = story.id(name)
    body: Body = {
        "fund_id": FUNDS[purpose],
        "household_id": home.id,
        "need_id": need_id,
        "category": category,
        "amount_fen": fen,
        "certificate": purpose == "disability",
    }
    body |= {"referral_id": referral} if referral else {}
    body |= {"person_id": person.id} if person else {}
    story.give(day, CHARITY_OFFICER, f"charity/allocation/{allocation}/propose", body)
    story.give(day, CHARITY_APPROVER, f"charity/allocation/{allocation}/approve", window=1, if_match=1)
    return allocation


def ask_and_be_met(story: Story, home: Household, day: date, need_id: str, fen: int, category: str) -> None:
    """A need that is registered already is referred to charity on a day and met a few days later."""
    referral = story.id("referral")
    worker = caseworker(home.street)
    asked = {"household_id": home.id, "need_id": need_id, "receiver": "charity"}
    story.give(day, worker, f"relief/referral/{referral}/propose", asked)
    story.give(day, worker, f"relief/referral/{referral}/send")
    grant_after(story, home, day, referral, need_id, fen, category)
