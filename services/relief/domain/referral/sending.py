"""The sender's side: a need with a residual is proposed to a receiver, sent, and expires or is taken back without an answer."""

from __future__ import annotations

from contracts.ids import HouseholdId, NeedId, ReferralId
from contracts.relief.referral import ReferralExpired, ReferralProposed, ReferralSent, ReferralWithdrawn
from contracts.terms import Receiver, Urgency
from kit.aggregate import require
from kit.command import Command, Context
from services.relief.domain.household import Household
from services.relief.domain.need import Need, home_of
from services.relief.domain.referral.state import Referral, Stage


class ProposeReferral(Command):
    """Ask that a need goes to another giver. `urgency`: default the need's."""

    referral_id: ReferralId
    household_id: HouseholdId
    need_id: NeedId
    receiver: Receiver
    urgency: Urgency | None = None


class SendReferral(Command):
    """Ask the receiver; the clock starts."""

    referral_id: ReferralId


class ExpireReferral(Command):
    """Nobody answered in time."""

    referral_id: ReferralId


class WithdrawReferral(Command):
    """Take the referral back before an answer."""

    referral_id: ReferralId


def propose(command: ProposeReferral, _referral: Referral, context: Context, need: Need, home: Household) -> list[ReferralProposed]:
    """The referral is to be sent within one working day.

    Raises: Refused("other_household" | "need_closed" | "nothing_left"); Refused("household_closed") when its last member died.
    Source: section 3.5, SG-04.
    """
    require(not home.died_out, "household_closed")
    require(need.household_id == command.household_id, "other_household", need_id=command.need_id)
    require_open_need(need)
    return [proposed(command.referral_id, need, command.receiver, command.urgency or need.urgency, context)]


def require_open_need(need: Need) -> None:
    """Raises: Refused("need_closed" | "nothing_left")."""
    require(need.closed is None, "need_closed", closed_as=need.closed)
    require(need.open_amount() > 0, "nothing_left")


def proposed(referral_id: ReferralId, need: Need, receiver: Receiver, urgency: Urgency, context: Context) -> ReferralProposed:
    """A new referral of what is open of a need, also in the append that closes a case or another referral (B16, ruling 15)."""
    return ReferralProposed(
        referral_id=referral_id,
        household_id=home_of(need),
        need_id=need.need_id,
        category=need.category,
        receiver=receiver,
        urgency=urgency,
        residual=need.open_amount(),
        send_by=context.calendar.due_at(context.on, context.policy.referral_send_wd),
    )


def send(_command: SendReferral, referral: Referral, context: Context, need: Need) -> list[ReferralSent]:
    """The receiver is asked for what is open now, and answers in time or the referral expires.

    Raises: Refused("wrong_stage" | "need_closed" | "nothing_left").  Source: section 3.5, ruling 14.
    """
    referral.require(Stage.PROPOSED)
    require_open_need(need)
    return [
        ReferralSent(
            referral_id=referral.referral_id,
            household_id=referral.household_id,
            need_id=referral.need_id,
            category=referral.category,
            receiver=referral.receiver,
            urgency=referral.urgency,
            residual=need.open_amount(),
            answer_by=context.calendar.limit_at(context.occurred_at, context.policy.referral_answer.of(referral.urgency)),
        )
    ]


def expire(_command: ExpireReferral, referral: Referral, context: Context) -> list[ReferralExpired]:
    """The referral waits for a person to route it anew. Nothing happens when it was answered, taken back or ended meanwhile.

    Raises: Refused("not_due", answer_by).  Source: section 3.5, ruling 14.
    """
    if referral.stage is not Stage.SENT:
        return []
    require(context.occurred_at >= referral.answer_by, "not_due", answer_by=referral.answer_by.isoformat())
    return [expired(referral)]


def expired(referral: Referral) -> ReferralExpired:
    return ReferralExpired(referral_id=referral.referral_id, household_id=referral.household_id)


def withdraw(_command: WithdrawReferral, referral: Referral, _context: Context) -> list[ReferralWithdrawn]:
    """The receiver is no longer asked.

    Raises: Refused("wrong_stage") after an answer or the deadline's end.  Source: ruling 15.
    """
    referral.require(Stage.PROPOSED, Stage.SENT)
    return [ReferralWithdrawn(referral_id=referral.referral_id, household_id=referral.household_id)]
