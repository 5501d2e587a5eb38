"""Where a referral stands, and the deadlines that its facts set (section 3.5, rulings 14 and 15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import assert_never

from contracts.ids import HouseholdId, NeedId, ReferralId
from contracts.relief.referral import (
    Follow,
    ReferralClosed,
    ReferralCovered,
    ReferralExpired,
    ReferralProgressNoted,
    ReferralProposed,
    ReferralReopened,
    ReferralReturned,
    ReferralSent,
    ReferralServiceStarted,
    ReferralTaken,
    ReferralTurnedDown,
    ReferralWithdrawn,
)
from contracts.terms import ClosingCode, NeedCategory, Receiver, Urgency
from kit.aggregate import require
from kit.reaction import household_subject
from kit.store.model import IndexChange, Link, ReleaseAll, SetTimer
from policy.calendar import end_of

ReferralEvent = (
    ReferralProposed
    | ReferralSent
    | ReferralTaken
    | ReferralServiceStarted
    | ReferralProgressNoted
    | ReferralTurnedDown
    | ReferralReturned
    | ReferralExpired
    | ReferralWithdrawn
    | ReferralCovered
    | ReferralClosed
    | ReferralReopened
)


class Stage(StrEnum):
    """The nine states of ruling 15."""

    PROPOSED = "proposed"
    SENT = "sent"
    ACCEPTED = "accepted"
    IN_SERVICE = "in_service"
    RETURNED = "returned"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Referral:
    """One need asked of one receiver. Amounts are in the need's measure."""

    referral_id: ReferralId = ReferralId("")
    household_id: HouseholdId = HouseholdId("")
    need_id: NeedId = NeedId("")
    category: NeedCategory = NeedCategory.LIVING
    receiver: Receiver = Receiver.CHARITY
    urgency: Urgency = Urgency.YELLOW
    stage: Stage = Stage.PROPOSED
    residual: int = 0
    covered: int = 0
    answer_by: datetime = datetime.max.replace(tzinfo=UTC)
    answered: bool = False
    note_by: date = date.min
    closed_as: ClosingCode | None = None
    follow: Follow | None = None
    replaced_by: ReferralId | None = None
    reopen_until: date | None = None

    def require(self, *stages: Stage) -> None:
        """Raises: Refused("wrong_stage", stage) in any other stage."""
        require(self.stage in stages, "wrong_stage", stage=self.stage)


def evolve(referral: Referral, event: ReferralEvent) -> Referral:
    match event:
        case ReferralProposed():
            return _proposed(referral, event)
        case ReferralSent(residual=residual, answer_by=due):
            return replace(referral, stage=Stage.SENT, residual=residual, answer_by=due, answered=False)
        case ReferralTaken():
            return replace(referral, stage=Stage.ACCEPTED, answered=True)
        case ReferralServiceStarted(note_by=day) | ReferralProgressNoted(note_by=day):
            return replace(referral, stage=Stage.IN_SERVICE, note_by=day)
        case ReferralTurnedDown():
            return replace(referral, stage=Stage.DECLINED, answered=True)
        case ReferralReturned():
            return replace(referral, stage=Stage.RETURNED)
        case ReferralExpired():
            return replace(referral, stage=Stage.EXPIRED)
        case ReferralWithdrawn():
            return replace(referral, stage=Stage.WITHDRAWN)
        case ReferralCovered(amount=amount):
            return replace(referral, covered=referral.covered + amount)
        case ReferralClosed():
            return _closed(referral, event)
        case ReferralReopened():
            return replace(referral, stage=Stage.PROPOSED, closed_as=None, follow=None, replaced_by=None, reopen_until=None)
        case _:
            assert_never(event)


def _proposed(referral: Referral, event: ReferralProposed) -> Referral:
    return replace(
        referral,
        referral_id=event.referral_id,
        household_id=event.household_id,
        need_id=event.need_id,
        category=event.category,
        receiver=event.receiver,
        urgency=event.urgency,
        residual=event.residual,
    )


def _closed(referral: Referral, event: ReferralClosed) -> Referral:
    return replace(
        referral,
        stage=Stage.CLOSED,
        closed_as=event.code,
        follow=event.follow,
        replaced_by=event.replaced_by,
        reopen_until=event.reopen_until,
    )


def index(event: ReferralEvent) -> Iterable[IndexChange]:
    """An open referral is found from its household. Its deadlines are timers; only `expire` is a command, the others call a person."""
    match event:
        case ReferralProposed(household_id=home, send_by=due):
            return [Link(household_subject(home)), *_deadline("send-due", due)]
        case ReferralSent(answer_by=due):
            return _deadline("expire", due)
        case ReferralTaken(plan_by=due):
            return _deadline("plan-due", due)
        case ReferralServiceStarted(note_by=day) | ReferralProgressNoted(note_by=day):
            return _deadline("note-due", end_of(day))
        case ReferralTurnedDown(reroute_by=due) | ReferralReturned(reroute_by=due):
            return _deadline("reroute-due", due)
        case ReferralExpired():
            return _deadline(None, None)
        case ReferralReopened(household_id=home):
            return [Link(household_subject(home))]
        case ReferralWithdrawn() | ReferralClosed():
            return [ReleaseAll()]
        case ReferralCovered():
            return []
        case _:
            assert_never(event)


DEADLINES = ("send-due", "expire", "plan-due", "note-due", "reroute-due")


def _deadline(name: str | None, due: datetime | None) -> list[IndexChange]:
    """Each stage has one deadline at most: entering it ends those of the stages before."""
    return [SetTimer(one, due if one == name else None) for one in DEADLINES]
