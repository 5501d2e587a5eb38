"""Referrals with state, clock and outcome, as relief tells them: relief owns their stream (ruling 15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from msgspec.structs import replace

from contracts.envelope import Event, Meta
from contracts.ids import EventId, HouseholdId, NeedId, OrganisationId, ReferralId
from contracts.relief.referral import (
    DeclineReason,
    Follow,
    Progress,
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
from kit.view import Row, View
from policy import end_of
from services.linkage.views.facts import Fact, Value, fact_of

OVER = frozenset({ReferralStage.WITHDRAWN, ReferralStage.CLOSED})
"""Declined, returned and expired ones are open until relief closes them (ruling 15)."""


class Escalation(Value):
    """A level that has to see to a step which is late; `due_at`: until when, None for the last."""

    level: ReferralLevel
    late_since: datetime
    due_at: datetime | None
    fact: Fact


class Step(Value):
    """A state from an event on, and the instant by which the next step is due. A note is a step of its own in the same state.

    escalations: who had to see to it since it was late, level by level; the step stays late until the next one.
    clock: the event that set `due_at`, where a later note of an older talk left it as it was.
    """

    state: ReferralStage
    fact: Fact
    due_at: datetime | None = None
    reason: DeclineReason | None = None
    progress: Progress | None = None
    escalations: tuple[Escalation, ...] = ()
    clock: EventId | None = None

    @property
    def clock_id(self) -> EventId:
        """The event that set the instant by which the next step is due."""
        return self.clock or self.fact.event_id

    def escalated(self, as_of: date) -> tuple[Escalation, ...]:
        """The levels it had gone to at the end of a day."""
        return tuple(one for one in self.escalations if one.fact.on <= as_of)


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
    organisation_id: OrganisationId | None = None
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
    | ReferralEscalated
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
            return _opened(event, row, Step(state=ReferralStage.PROPOSED, fact=fact, due_at=due))
        case ReferralSent(answer_by=due):
            return _opened(event, row, Step(state=ReferralStage.SENT, fact=fact, due_at=due))
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
        organisation_id=event.organisation_id,
        steps=(*(row.steps if row else ()), step),
    )


def _changed(row: ReferralRow, event: Event, fact: Fact) -> ReferralRow:
    match event:
        case ReferralCovered(amount=amount):
            return replace(row, covered=row.covered + amount)
        case ReferralEscalated():
            return _escalated(row, event, fact)
        case ReferralClosed(code=code, follow=follow, replaced_by=other):
            return replace(_stepped(row, Step(state=ReferralStage.CLOSED, fact=fact)), code=code, follow=follow, replaced_by=other)
        case _:
            step = _step(row, event, fact)
            return _stepped(row, step) if step else row


def _step(row: ReferralRow, event: Event, fact: Fact) -> Step | None:
    match event:
        case ReferralTaken(plan_by=due):
            return Step(state=ReferralStage.ACCEPTED, fact=fact, due_at=due)
        case ReferralProgressNoted(keeps_date=True, progress=progress):
            last = row.steps[-1]
            return replace(last, fact=fact, progress=progress, clock=last.clock_id)
        case ReferralServiceStarted(note_by=day):
            return Step(state=ReferralStage.IN_SERVICE, fact=fact, due_at=end_of(day))
        case ReferralProgressNoted(progress=progress, note_by=day):
            return Step(state=ReferralStage.IN_SERVICE, fact=fact, due_at=end_of(day), progress=progress)
        case ReferralTurnedDown(reason=reason, reroute_by=due):
            return Step(state=ReferralStage.DECLINED, fact=fact, due_at=due, reason=reason)
        case ReferralReturned(reason=reason, reroute_by=due):
            return Step(state=ReferralStage.RETURNED, fact=fact, due_at=due, reason=reason)
        case ReferralExpired():
            return Step(state=ReferralStage.EXPIRED, fact=fact, due_at=fact.occurred_at)
        case ReferralWithdrawn():
            return Step(state=ReferralStage.WITHDRAWN, fact=fact)
        case ReferralReopened(send_by=due):
            return Step(state=ReferralStage.PROPOSED, fact=fact, due_at=due)
        case _:
            return None


def _escalated(row: ReferralRow, event: ReferralEscalated, fact: Fact) -> ReferralRow:
    """The step that is late stays, with one level more."""
    level = Escalation(level=event.level, late_since=event.late_since, due_at=event.next_due, fact=fact)
    last = row.steps[-1]
    return replace(row, steps=(*row.steps[:-1], replace(last, escalations=(*last.escalations, level))))


def _stepped(row: ReferralRow, step: Step) -> ReferralRow:
    return replace(row, steps=(*row.steps, step))


referral = View("referral", row=ReferralRow, key=referral_of, evolve=evolve, index=("household_id", "need_id", "referral_id"))
