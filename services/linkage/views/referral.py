"""Referrals with state, clock and outcome, as relief tells them: relief owns their stream (ruling 15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from msgspec.structs import replace

from contracts.envelope import Event, Meta
from contracts.ids import HouseholdId, NeedId, ReferralId
from contracts.relief.referral import (
    DeclineReason,
    Follow,
    Progress,
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
from kit.view import Row, View
from policy import end_of
from services.linkage.views.facts import Fact, Value, fact_of


class ReferralState(StrEnum):
    PROPOSED = "proposed"
    SENT = "sent"
    ACCEPTED = "accepted"
    IN_SERVICE = "in_service"
    DECLINED = "declined"
    RETURNED = "returned"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


OVER = frozenset({ReferralState.WITHDRAWN, ReferralState.CLOSED})
"""Declined, returned and expired ones are open until relief closes them (ruling 15)."""


class Step(Value):
    """A state from an event on, and the instant by which the next step is due. A note is a step of its own in the same state."""

    state: ReferralState
    fact: Fact
    due_at: datetime | None = None
    reason: DeclineReason | None = None
    progress: Progress | None = None


class ReferralRow(Row, frozen=True):
    """One referral."""

    referral_id: ReferralId
    household_id: HouseholdId
    need_id: NeedId
    category: NeedCategory
    receiver: Receiver
    urgency: Urgency
    residual: int
    steps: tuple[Step, ...]
    covered: int = 0
    code: ClosingCode | None = None
    follow: Follow | None = None
    replaced_by: ReferralId | None = None

    def step(self, as_of: date) -> Step | None:
        """The step that holds at the end of a day."""
        taken = [step for step in self.steps if step.fact.on <= as_of]
        return taken[-1] if taken else None

    def is_open(self, as_of: date) -> bool:
        step = self.step(as_of)
        return step is not None and step.state not in OVER


ReferralFact = (
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


def referral_of(event: Event) -> Iterable[str]:
    return (event.referral_id,) if isinstance(event, ReferralFact) else ()


def evolve(row: ReferralRow | None, event: Event, meta: Meta) -> ReferralRow | None:
    fact = fact_of(meta)
    match event:
        case ReferralProposed(send_by=due):
            return _opened(event, row, Step(state=ReferralState.PROPOSED, fact=fact, due_at=due))
        case ReferralSent(answer_by=due):
            return _opened(event, row, Step(state=ReferralState.SENT, fact=fact, due_at=due))
        case _:
            return row and _changed(row, event, fact)


def _opened(event: ReferralProposed | ReferralSent, row: ReferralRow | None, step: Step) -> ReferralRow:
    return ReferralRow(
        referral_id=event.referral_id,
        household_id=event.household_id,
        need_id=event.need_id,
        category=event.category,
        receiver=event.receiver,
        urgency=event.urgency,
        residual=event.residual,
        steps=(*(row.steps if row else ()), step),
    )


def _changed(row: ReferralRow, event: Event, fact: Fact) -> ReferralRow:
    match event:
        case ReferralCovered(amount=amount):
            return replace(row, covered=row.covered + amount)
        case ReferralClosed(code=code, follow=follow, replaced_by=other):
            return replace(_stepped(row, Step(state=ReferralState.CLOSED, fact=fact)), code=code, follow=follow, replaced_by=other)
        case _:
            step = _step(row, event, fact)
            return _stepped(row, step) if step else row


def _step(row: ReferralRow, event: Event, fact: Fact) -> Step | None:
    match event:
        case ReferralTaken(plan_by=due):
            return Step(state=ReferralState.ACCEPTED, fact=fact, due_at=due)
        case ReferralServiceStarted(note_by=day):
            return Step(state=ReferralState.IN_SERVICE, fact=fact, due_at=end_of(day))
        case ReferralProgressNoted(progress=progress, note_by=day):
            return Step(state=ReferralState.IN_SERVICE, fact=fact, due_at=end_of(day), progress=progress)
        case ReferralTurnedDown(reason=reason, reroute_by=due):
            return Step(state=ReferralState.DECLINED, fact=fact, due_at=due, reason=reason)
        case ReferralReturned(reason=reason, reroute_by=due):
            return Step(state=ReferralState.RETURNED, fact=fact, due_at=due, reason=reason)
        case ReferralExpired():
            return Step(state=ReferralState.EXPIRED, fact=fact, due_at=fact.occurred_at)
        case ReferralWithdrawn():
            return Step(state=ReferralState.WITHDRAWN, fact=fact)
        case ReferralReopened():
            return _before_closing(row, fact)
        case _:
            return None


def _before_closing(row: ReferralRow, fact: Fact) -> Step:
    """A reopened referral is again what it was before it was closed; no new clock is named."""
    earlier = [step.state for step in row.steps if step.state not in OVER]
    return Step(state=earlier[-1] if earlier else ReferralState.PROPOSED, fact=fact)


def _stepped(row: ReferralRow, step: Step) -> ReferralRow:
    return replace(row, steps=(*row.steps, step))


referral = View("referral", row=ReferralRow, key=referral_of, evolve=evolve, index=("household_id", "need_id", "referral_id"))
