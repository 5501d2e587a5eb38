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
    ReferralProgressNoted,
    ReferralReopened,
    ReferralReturned,
    ReferralServiceStarted,
    ReferralStage,
    ReferralTaken,
    ReferralTurnedDown,
)
from contracts.terms import ClosingCode
from kit.command import Command, Context, PositiveFen
from kit.errors import Refused
from services.relief.domain.referral.deadlines import Breach, in_time, timed
from services.relief.domain.referral.sending import returned
from services.relief.domain.referral.state import Referral

AT_WORK = (ReferralStage.ACCEPTED, ReferralStage.IN_SERVICE)
Taking = ReferralTaken | ReferralReopened | ReferralClosed


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


@timed
def take(_command: TakeReferral, referral: Referral, context: Context) -> list[Taking | Breach]:
    """The acceptance counts when it was given in time, however late it arrives; the receiver plans within five working days.

    A late one leads to nothing but the expiry. One given in time meets a referral already re-routed: the receiver is told DUPLICATE;
    one that was closed without a new referral is open again and accepted. A repeat, or one that crossed a withdrawal or a recall,
    changes nothing.
    Raises: Refused("wrong_stage") for what was never sent or already declined.  Source: section 3.5, rulings 14, 15.
    """
    match referral.stage:
        case ReferralStage.SENT:
            return [_taken(referral, context)]
        case ReferralStage.CLOSED if not referral.answered and in_time(referral, context):
            return _taken_after_end(referral, context)
        case ReferralStage.RETURNED if referral.reason is DeclineReason.RESTRICTED:
            return []
        case ReferralStage.PROPOSED | ReferralStage.DECLINED | ReferralStage.RETURNED:
            raise Refused("wrong_stage", stage=referral.stage)
        case _:
            return []


def _taken(referral: Referral, context: Context) -> ReferralTaken:
    return ReferralTaken(
        referral_id=referral.referral_id,
        household_id=referral.household_id,
        plan_by=context.calendar.due_at(context.on, context.policy.referral_plan_wd),
    )


def _taken_after_end(referral: Referral, context: Context) -> list[Taking | Breach]:
    """Closed after an expiry, before the answer that was given in time arrived."""
    match referral.follow:
        case Follow.NEW_REFERRAL if referral.closed_as is not ClosingCode.DUPLICATE:
            return [_duplicate(referral)]
        case Follow.CASE_CONFERENCE | Follow.UNMET_NEED:
            return [reopened(referral, context), _taken(referral, context)]
        case _:
            return []


def reopened(referral: Referral, context: Context) -> ReferralReopened:
    """Open again under its id, to be sent within one working day."""
    return ReferralReopened(
        referral_id=referral.referral_id,
        household_id=referral.household_id,
        send_by=context.calendar.due_at(context.on, context.policy.referral_send_wd),
        organisation_id=referral.organisation_id,
    )


def _duplicate(referral: Referral) -> ReferralClosed:
    return ReferralClosed(
        referral_id=referral.referral_id,
        household_id=referral.household_id,
        need_id=referral.need_id,
        code=ClosingCode.DUPLICATE,
        follow=referral.follow,
        replaced_by=referral.replaced_by,
    )


@timed
def turn_down(command: TurnDownReferral, referral: Referral, context: Context) -> list[ReferralTurnedDown | ReferralReturned | Breach]:
    """The referral waits to be routed anew within one working day. A no after the deadline is an expiry; one after a yes gives it back.

    Raises: Refused("wrong_stage") for what was never sent.  Source: section 3.5, rulings 14, 15.
    """
    match referral.stage:
        case ReferralStage.ACCEPTED | ReferralStage.IN_SERVICE:
            return [returned(command.reason, referral, context)]
        case ReferralStage.SENT:
            return [_turned_down(command.reason, referral, context)]
        case ReferralStage.PROPOSED:
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


@timed
def start_service(_command: StartService, referral: Referral, context: Context) -> list[ReferralServiceStarted | Breach]:
    """The receiver is at work; a note is due in 30 days.

    Raises: Refused("wrong_stage") unless it was accepted.  Source: section 3.5.
    """
    referral.require(ReferralStage.ACCEPTED)
    note_by = context.on + timedelta(days=context.policy.referral_progress_days)
    return [ReferralServiceStarted(referral_id=referral.referral_id, household_id=referral.household_id, note_by=note_by)]


@timed
def note_progress(command: NoteProgress, referral: Referral, context: Context) -> list[ReferralProgressNoted | Breach]:
    """The next note is due 30 days after this one; a note that is typed in after a newer one leaves the date as it is.

    Raises: Refused("wrong_stage") unless the receiver is at work.  Source: section 3.5.
    """
    referral.require(ReferralStage.IN_SERVICE)
    note_by = context.on + timedelta(days=context.policy.referral_progress_days)
    return [
        ReferralProgressNoted(
            referral_id=referral.referral_id,
            household_id=referral.household_id,
            progress=command.progress,
            note_by=max(referral.note_by, note_by),
            keeps_date=note_by <= referral.note_by,
        )
    ]


@timed
def return_to_sender(command: ReturnReferral, referral: Referral, context: Context) -> list[ReferralReturned | Breach]:
    """The referral waits to be routed anew within one working day.

    Raises: Refused("wrong_stage") unless it was accepted.  Source: ruling 15.
    """
    referral.require(*AT_WORK)
    return [returned(command.reason, referral, context)]


def cover(command: CoverReferral, referral: Referral, _context: Context) -> list[ReferralCovered]:
    """It is known what the receiver gave, in whatever stage the news arrives: closing asks for it.

    Raises: Refused("wrong_stage") for what was never sent.  Source: ruling 15.
    """
    if referral.stage is ReferralStage.PROPOSED and not referral.answered:
        raise Refused("wrong_stage", stage=referral.stage)
    return [ReferralCovered(referral_id=referral.referral_id, household_id=referral.household_id, amount=command.amount)]
