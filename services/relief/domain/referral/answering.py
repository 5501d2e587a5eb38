"""The receiver's side, told by its events: yes, no, at work, given back, covered. What counts is when it was said (ruling 14)."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from contracts.ids import ReferralId
from contracts.relief.referral import (
    DeclineReason,
    Follow,
    Progress,
    ReferralClosed,
    ReferralCovered,
    ReferralExpired,
    ReferralProgressNoted,
    ReferralReopened,
    ReferralReturned,
    ReferralServiceStarted,
    ReferralTaken,
    ReferralTurnedDown,
)
from contracts.terms import ClosingCode
from kit.command import Command, Context, PositiveFen
from kit.errors import Refused
from services.relief.domain.referral.sending import expired
from services.relief.domain.referral.state import Referral, Stage

AT_WORK = (Stage.ACCEPTED, Stage.IN_SERVICE)


class TakeReferral(Command):
    """The receiver accepted."""

    referral_id: ReferralId


class TurnDownReferral(Command):
    """The receiver said no; after an acceptance it gives the referral back."""

    referral_id: ReferralId
    reason: DeclineReason


class StartService(Command):
    """The receiver works on it."""

    referral_id: ReferralId


class NoteProgress(Command):
    """How the receiver's work goes."""

    referral_id: ReferralId
    progress: Progress


class ReturnReferral(Command):
    """The receiver gives the referral back after accepting it."""

    referral_id: ReferralId
    reason: DeclineReason


class CoverReferral(Command):
    """Coverage of the need by this receiver was delivered."""

    referral_id: ReferralId
    amount: PositiveFen = Field(description="in the need's measure: fen for money")


def take(
    _command: TakeReferral, referral: Referral, context: Context
) -> list[ReferralTaken | ReferralExpired | ReferralReopened | ReferralClosed]:
    """The acceptance counts when it was given in time, however late it arrives; the receiver plans within five working days.

    A late one leads to nothing but the expiry. One given in time meets a referral already re-routed: the receiver is told DUPLICATE;
    one that was closed without a new referral is open again and accepted. A repeat, or one that crossed a withdrawal, changes nothing.
    Raises: Refused("wrong_stage") for what was never sent or already declined.  Source: section 3.5, rulings 14, 15.
    """
    match referral.stage:
        case Stage.SENT | Stage.EXPIRED if _in_time(referral, context):
            return [_taken(referral, context)]
        case Stage.SENT:
            return [expired(referral)]
        case Stage.CLOSED if _in_time(referral, context) and not referral.answered:
            return _taken_after_end(referral, context)
        case Stage.EXPIRED | Stage.CLOSED | Stage.WITHDRAWN | Stage.ACCEPTED | Stage.IN_SERVICE:
            return []
        case Stage.PROPOSED | Stage.DECLINED | Stage.RETURNED:
            raise Refused("wrong_stage", stage=referral.stage)


def _in_time(referral: Referral, context: Context) -> bool:
    """A limit in hours includes its last instant; working days end at 24:00, which is the breach (ruling 16)."""
    if context.policy.referral_answer.of(referral.urgency).hours is not None:
        return context.occurred_at <= referral.answer_by
    return context.occurred_at < referral.answer_by


def _taken(referral: Referral, context: Context) -> ReferralTaken:
    return ReferralTaken(
        referral_id=referral.referral_id,
        household_id=referral.household_id,
        plan_by=context.calendar.due_at(context.on, context.policy.referral_plan_wd),
    )


def _taken_after_end(referral: Referral, context: Context) -> list[ReferralTaken | ReferralExpired | ReferralReopened | ReferralClosed]:
    """Closed after an expiry, before the answer that was given in time arrived."""
    match referral.follow:
        case Follow.NEW_REFERRAL if referral.closed_as is not ClosingCode.DUPLICATE:
            return [_duplicate(referral)]
        case Follow.CASE_CONFERENCE | Follow.UNMET_NEED:
            again = ReferralReopened(referral_id=referral.referral_id, household_id=referral.household_id)
            return [again, _taken(referral, context)]
        case _:
            return []


def _duplicate(referral: Referral) -> ReferralClosed:
    return ReferralClosed(
        referral_id=referral.referral_id,
        household_id=referral.household_id,
        need_id=referral.need_id,
        code=ClosingCode.DUPLICATE,
        follow=referral.follow,
        replaced_by=referral.replaced_by,
    )


def turn_down(
    command: TurnDownReferral, referral: Referral, context: Context
) -> list[ReferralTurnedDown | ReferralReturned | ReferralExpired]:
    """The referral waits to be routed anew within one working day. A no after the deadline is an expiry; one after a yes gives it back.

    Raises: Refused("wrong_stage") for what was never sent.  Source: section 3.5, rulings 14, 15.
    """
    match referral.stage:
        case Stage.ACCEPTED | Stage.IN_SERVICE:
            return [_returned(command.reason, referral, context)]
        case Stage.SENT | Stage.EXPIRED if _in_time(referral, context):
            return [_turned_down(command.reason, referral, context)]
        case Stage.SENT:
            return [expired(referral)]
        case Stage.PROPOSED:
            raise Refused("wrong_stage", stage=referral.stage)
        case _:
            return []


def _turned_down(reason: DeclineReason, referral: Referral, context: Context) -> ReferralTurnedDown:
    return ReferralTurnedDown(
        referral_id=referral.referral_id,
        household_id=referral.household_id,
        reason=reason,
        reroute_by=context.calendar.due_at(context.on, context.policy.referral_reroute_wd),
    )


def _returned(reason: DeclineReason, referral: Referral, context: Context) -> ReferralReturned:
    return ReferralReturned(
        referral_id=referral.referral_id,
        household_id=referral.household_id,
        reason=reason,
        reroute_by=context.calendar.due_at(context.on, context.policy.referral_reroute_wd),
    )


def start_service(_command: StartService, referral: Referral, context: Context) -> list[ReferralServiceStarted]:
    """The receiver is at work; a note is due in 30 days.

    Raises: Refused("wrong_stage") unless it was accepted.  Source: section 3.5.
    """
    referral.require(Stage.ACCEPTED)
    note_by = context.on + timedelta(days=context.policy.referral_progress_days)
    return [ReferralServiceStarted(referral_id=referral.referral_id, household_id=referral.household_id, note_by=note_by)]


def note_progress(command: NoteProgress, referral: Referral, context: Context) -> list[ReferralProgressNoted]:
    """The next note is due 30 days after this one; a note that is typed in late never moves the date back.

    Raises: Refused("wrong_stage") unless the receiver is at work.  Source: section 3.5.
    """
    referral.require(Stage.IN_SERVICE)
    note_by = max(referral.note_by, context.on + timedelta(days=context.policy.referral_progress_days))
    return [
        ReferralProgressNoted(
            referral_id=referral.referral_id, household_id=referral.household_id, progress=command.progress, note_by=note_by
        )
    ]


def return_to_sender(command: ReturnReferral, referral: Referral, context: Context) -> list[ReferralReturned]:
    """The referral waits to be routed anew within one working day.

    Raises: Refused("wrong_stage") unless it was accepted.  Source: ruling 15.
    """
    referral.require(*AT_WORK)
    return [_returned(command.reason, referral, context)]


def cover(command: CoverReferral, referral: Referral, _context: Context) -> list[ReferralCovered]:
    """It is known what the receiver gave, in whatever stage the news arrives: closing asks for it.

    Raises: Refused("wrong_stage") for what was never sent.  Source: ruling 15.
    """
    if referral.stage is Stage.PROPOSED and not referral.answered:
        raise Refused("wrong_stage", stage=referral.stage)
    return [ReferralCovered(referral_id=referral.referral_id, household_id=referral.household_id, amount=command.amount)]
