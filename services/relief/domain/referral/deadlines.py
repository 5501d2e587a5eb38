"""What time alone does to a referral: without an answer it expires; in every other stage the next level has to see to it (section 3.5, DET-13).

The sweeper is only the usual way to it. `timed` makes a command that comes late, by its own time, record first what the clock had done
until then; one that was given in time sees the referral as if it had not expired since (ruling 14); and a stage whose deadline lies before
one that has acted already is late from its beginning. So the story ends the same whether the sweeper came before or after a command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from contracts.ids import ReferralId
from contracts.relief.referral import ReferralEscalated, ReferralExpired, ReferralLevel, ReferralStage
from kit.aggregate import require
from kit.command import Command, Context
from policy.values.shapes import Limit
from services.relief.domain.referral.state import Referral, ReferralEvent, evolve

Breach = ReferralExpired | ReferralEscalated
LEVELS = tuple(ReferralLevel)
C = TypeVar("C", bound=Command)
P = ParamSpec("P")


class ExpireReferral(Command):
    """Nobody answered in time."""

    referral_id: ReferralId


class EscalateReferral(Command):
    """The deadline of the stage, or of the level that sees to it, has passed."""

    referral_id: ReferralId


def expire(_command: ExpireReferral, referral: Referral, context: Context) -> list[Breach]:
    """The street has to route it anew. Nothing happens when it was answered, taken back or ended meanwhile.

    Raises: Refused("not_due", answer_by).  Source: section 3.5, ruling 14.
    """
    if referral.stage is not ReferralStage.SENT:
        return []
    require(context.occurred_at >= referral.answer_by, "not_due", answer_by=referral.answer_by.isoformat())
    return overdue(referral, context.occurred_at, context, has_acted=True)


def escalate(_command: EscalateReferral, referral: Referral, context: Context) -> list[Breach]:
    """The next level has to see to it, in the pack's time; above the last there is none. Nothing happens when it went on meanwhile.

    Source: section 3.5, DET-13.
    """
    return overdue(referral, context.occurred_at, context, has_acted=True)


def overdue(referral: Referral, until: datetime, context: Context, *, has_acted: bool = False) -> list[Breach]:
    """What passed deadlines lead to up to an instant. has_acted: the clock itself is there, so a limit that ends at the instant is over."""
    breaches: list[Breach] = []
    while referral.due is not None and _passed(referral, until, context, has_acted=has_acted):
        breach = _breach(referral, referral.due, context)
        breaches.append(breach)
        referral = evolve(referral, breach)
    return breaches


def in_time(referral: Referral, context: Context) -> bool:
    """The command was given before the answer's deadline ended."""
    return not _over(referral.answer_by, context.policy.referral_answer.of(referral.urgency), context.occurred_at)


def _passed(referral: Referral, until: datetime, context: Context, *, has_acted: bool) -> bool:
    """Working days end at 24:00, which is the breach; a limit in hours includes its last instant (ruling 16)."""
    due = referral.due
    if due is None:
        return False
    return until >= due if has_acted else _over(due, _limit(referral, context), until)


def _over(due: datetime, limit: Limit | None, at: datetime) -> bool:
    return at > due if limit is not None and limit.hours is not None else at >= due


def _limit(referral: Referral, context: Context) -> Limit | None:
    """The pack's limit behind the present deadline, where it may be one in hours."""
    if referral.level is not None:
        return context.policy.referral_escalation.of(referral.urgency)
    if referral.stage is ReferralStage.SENT:
        return context.policy.referral_answer.of(referral.urgency)
    return None


def _breach(referral: Referral, due: datetime, context: Context) -> Breach:
    if referral.stage is ReferralStage.SENT:
        return ReferralExpired(referral_id=referral.referral_id, household_id=referral.household_id)
    level = LEVELS[0] if referral.level is None else LEVELS[LEVELS.index(referral.level) + 1]
    limit = context.policy.referral_escalation.of(referral.urgency)
    return ReferralEscalated(
        referral_id=referral.referral_id,
        household_id=referral.household_id,
        stage=referral.stage,
        level=level,
        late_since=due,
        next_due=None if level is LEVELS[-1] else context.calendar.limit_at(due, limit),
    )


def timed(decide: Callable[Concatenate[C, Referral, Context, P], list[Any]]) -> Callable[Concatenate[C, Referral, Context, P], list[Any]]:
    """The decision sees the referral as the clock had left it at the command's time; what that was is recorded with it."""

    @wraps(decide)
    def decided(command: C, referral: Referral, context: Context, /, *args: P.args, **kwargs: P.kwargs) -> list[Any]:
        before = overdue(referral, context.occurred_at, context)
        met = _after(referral, before)
        own = decide(command, _unexpired(met, context), context, *args, **kwargs)
        left = _after(met, own)
        return [*before, *own, *overdue(left, left.acted, context, has_acted=True)]

    return decided


def _unexpired(referral: Referral, context: Context) -> Referral:
    if referral.stage is not ReferralStage.EXPIRED or not in_time(referral, context):
        return referral
    return replace(referral, stage=ReferralStage.SENT, due=referral.answer_by, level=None)


def _after(referral: Referral, events: Iterable[Any]) -> Referral:
    """The referral after those of the events that are its own: a decision may also speak of others and of the need."""
    for event in events:
        if isinstance(event, ReferralEvent) and event.referral_id == referral.referral_id:
            referral = evolve(referral, event)
    return referral
