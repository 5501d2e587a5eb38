"""Where a referral stands, and the one deadline that its stage has (section 3.5, rulings 14 and 15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, assert_never

from contracts.ids import HouseholdId, NeedId, OrganisationId, ReferralId
from contracts.relief.referral import (
    DeclineReason,
    Follow,
    ReferralClosed,
    ReferralCovered,
    ReferralEscalated,
    ReferralExpired,
    ReferralLevel,
    ReferralProgressNoted,
    ReferralProposed,
    ReferralReopened,
    ReferralReturned,
    ReferralSent,
    ReferralServiceStarted,
    ReferralStage,
    ReferralTaken,
    ReferralTurnedDown,
    ReferralWithdrawn,
)
from contracts.terms import ClosingCode, NeedCategory, Receiver, Urgency
from kit.aggregate import require
from kit.reaction import household_subject, organisation_subject
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
    | ReferralEscalated
    | ReferralWithdrawn
    | ReferralCovered
    | ReferralClosed
    | ReferralReopened
)


@dataclass(frozen=True, kw_only=True)
class Referral:
    """One need asked of one receiver. Amounts are in the need's measure.

    due: the deadline of the stage, or of the level that sees to it; None: it is over, or the last level has it.
    level: who sees to it since a deadline passed.  acted: up to when deadlines have acted.
    """

    referral_id: ReferralId = ReferralId("")
    household_id: HouseholdId = HouseholdId("")
    need_id: NeedId = NeedId("")
    category: NeedCategory = NeedCategory.LIVING
    receiver: Receiver = Receiver.CHARITY
    organisation_id: OrganisationId | None = None
    urgency: Urgency = Urgency.YELLOW
    stage: ReferralStage = ReferralStage.PROPOSED
    residual: int = 0
    covered: int = 0
    due: datetime | None = None
    level: ReferralLevel | None = None
    acted: datetime = datetime.min.replace(tzinfo=UTC)
    answer_by: datetime = datetime.max.replace(tzinfo=UTC)
    answered: bool = False
    reason: DeclineReason | None = None
    note_by: date = date.min
    closed_as: ClosingCode | None = None
    follow: Follow | None = None
    replaced_by: ReferralId | None = None
    reopen_until: date | None = None

    def require(self, *stages: ReferralStage) -> None:
        """Raises: Refused("wrong_stage", stage) in any other stage."""
        require(self.stage in stages, "wrong_stage", stage=self.stage)


def evolve(referral: Referral, event: ReferralEvent) -> Referral:
    match event:
        case ReferralProposed():
            return _proposed(referral, event)
        case ReferralSent(residual=residual, answer_by=due):
            return _enter(referral, ReferralStage.SENT, due, residual=residual, answer_by=due, answered=False, reason=None)
        case ReferralTaken(plan_by=due):
            return _enter(referral, ReferralStage.ACCEPTED, due, answered=True)
        case ReferralProgressNoted(keeps_date=True):
            return referral
        case ReferralServiceStarted(note_by=day) | ReferralProgressNoted(note_by=day):
            return _enter(referral, ReferralStage.IN_SERVICE, end_of(day), note_by=day)
        case ReferralTurnedDown() | ReferralReturned():
            stage = ReferralStage.DECLINED if isinstance(event, ReferralTurnedDown) else ReferralStage.RETURNED
            return _enter(referral, stage, event.reroute_by, answered=True, reason=event.reason)
        case ReferralExpired() | ReferralEscalated():
            return _late(referral, event)
        case ReferralWithdrawn():
            return _enter(referral, ReferralStage.WITHDRAWN, None)
        case ReferralCovered(amount=amount):
            return replace(referral, covered=referral.covered + amount)
        case ReferralClosed():
            return _closed(referral, event)
        case ReferralReopened(send_by=due):
            return _enter(referral, ReferralStage.PROPOSED, due, closed_as=None, follow=None, replaced_by=None, reopen_until=None)
        case _:
            assert_never(event)


def _enter(referral: Referral, stage: ReferralStage, due: datetime | None, **more: Any) -> Referral:
    """A stage begins with its own deadline; nobody above has to see to it yet."""
    return replace(referral, stage=stage, due=due, level=None, **more)


def _late(referral: Referral, event: ReferralExpired | ReferralEscalated) -> Referral:
    """An expired referral is late from its beginning: the street sees to it at once (section 3.5)."""
    match event:
        case ReferralExpired():
            due = referral.answer_by
            return _enter(referral, ReferralStage.EXPIRED, due, acted=max(referral.acted, due))
        case ReferralEscalated(level=level, late_since=late, next_due=due):
            return replace(referral, level=level, due=due, acted=max(referral.acted, late))


def _proposed(referral: Referral, event: ReferralProposed) -> Referral:
    return replace(
        referral,
        referral_id=event.referral_id,
        household_id=event.household_id,
        need_id=event.need_id,
        category=event.category,
        receiver=event.receiver,
        organisation_id=event.organisation_id,
        urgency=event.urgency,
        residual=event.residual,
        due=event.send_by,
    )


def _closed(referral: Referral, event: ReferralClosed) -> Referral:
    return _enter(
        referral,
        ReferralStage.CLOSED,
        None,
        closed_as=event.code,
        follow=event.follow,
        replaced_by=event.replaced_by,
        reopen_until=event.reopen_until,
    )


def index(event: ReferralEvent) -> Iterable[IndexChange]:
    """An open referral is found from its household and its organisation. Its deadline is a timer that names the command it gives."""
    match event:
        case ReferralProposed(send_by=due) | ReferralReopened(send_by=due):
            return [*_links(event), *_deadline("escalate", due)]
        case ReferralSent(answer_by=due):
            return _deadline("expire", due)
        case ReferralTaken(plan_by=due):
            return _deadline("escalate", due)
        case ReferralProgressNoted(keeps_date=True) | ReferralCovered():
            return []
        case ReferralServiceStarted(note_by=day) | ReferralProgressNoted(note_by=day):
            return _deadline("escalate", end_of(day))
        case ReferralTurnedDown(reroute_by=due) | ReferralReturned(reroute_by=due):
            return _deadline("escalate", due)
        case ReferralExpired():
            return _deadline("escalate", None)  # the escalation of the same append sets the next
        case ReferralEscalated(next_due=due):
            return _deadline("escalate", due)
        case ReferralWithdrawn() | ReferralClosed():
            return [ReleaseAll()]
        case _:
            assert_never(event)


def _links(event: ReferralProposed | ReferralReopened) -> list[IndexChange]:
    organisation = [Link(organisation_subject(event.organisation_id))] if event.organisation_id else []
    return [Link(household_subject(event.household_id)), *organisation]


DEADLINES = ("escalate", "expire")


def _deadline(name: str, due: datetime | None) -> list[IndexChange]:
    """Each stage has one deadline at most: entering it ends that of the stage before."""
    return [SetTimer(one, due if one == name else None) for one in DEADLINES]
