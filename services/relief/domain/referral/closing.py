"""The end of a referral: relief closes it, only as its own coverage facts say, and no open need is dropped (section 3.5, ruling 15)."""

from __future__ import annotations

from datetime import timedelta

from contracts.ids import ReferralId
from contracts.relief.referral import Follow, ReferralClosed, ReferralProposed, ReferralReopened
from contracts.terms import ClosingCode, Receiver
from kit.aggregate import require
from kit.command import Command, Context
from services.relief.domain.need import Need
from services.relief.domain.referral.sending import proposed, require_open_need
from services.relief.domain.referral.state import Referral, Stage

NOT_HELPED = frozenset({Stage.DECLINED, Stage.RETURNED, Stage.EXPIRED})


class CloseReferral(Command):
    """The referral is over.

    follow: what becomes of the open rest.  receiver: of the new referral, default the same service (another fund or provider).
    """

    referral_id: ReferralId
    code: ClosingCode
    follow: Follow | None = None
    receiver: Receiver | None = None


class ReopenReferral(Command):
    """Open a closed referral again under the same id."""

    referral_id: ReferralId


def close(command: CloseReferral, referral: Referral, context: Context, need: Need) -> list[ReferralClosed | ReferralProposed]:
    """The referral is over; a new referral that follows is proposed in the same append.

    Raises: Refused("wrong_stage" | "nothing_left" | "need_closed"); Refused("not_met", residual) for MET while something is open;
    Refused("nothing_covered") for PARTLY_MET without coverage; Refused("follow_missing", residual) when help was not given
    (declined, returned, expired or NO_SUPPLY) and something of the need is open.  Source: section 3.5, ruling 15.
    """
    referral.require(Stage.ACCEPTED, Stage.IN_SERVICE, *NOT_HELPED)
    _require_facts_agree(command, referral, need)
    replacement = _replacement(command, referral, context, need)
    closed = ReferralClosed(
        referral_id=referral.referral_id,
        household_id=referral.household_id,
        need_id=referral.need_id,
        code=command.code,
        follow=command.follow,
        replaced_by=replacement.referral_id if replacement else None,
        reopen_until=context.on + timedelta(days=context.policy.referral_reopen_days),
    )
    return [closed, replacement] if replacement else [closed]


def _require_facts_agree(command: CloseReferral, referral: Referral, need: Need) -> None:
    """The need's own stream says what was covered, and whether something is left that may not simply be dropped."""
    residual = need.open_amount()
    covered = referral.covered > 0 or residual < referral.residual
    require(command.code is not ClosingCode.MET or residual == 0, "not_met", residual=residual)
    require(command.code is not ClosingCode.PARTLY_MET or covered, "nothing_covered")
    not_helped = referral.stage in NOT_HELPED or command.code is ClosingCode.NO_SUPPLY
    dropped = not_helped and need.closed is None and residual > 0
    require(not dropped or command.follow is not None, "follow_missing", residual=residual)


def _replacement(command: CloseReferral, referral: Referral, context: Context, need: Need) -> ReferralProposed | None:
    if command.follow is not Follow.NEW_REFERRAL:
        return None
    require_open_need(need)
    referral_id = ReferralId(context.new_id("referral"))
    return proposed(referral_id, need, command.receiver or referral.receiver, referral.urgency, context)


def reopen(_command: ReopenReferral, referral: Referral, context: Context, need: Need) -> list[ReferralReopened]:
    """The same referral is proposed again and can be sent anew.

    Raises: Refused("wrong_stage" | "rerouted" | "too_late" | "need_closed" | "nothing_left").  Source: section 3.5, ruling 15 (30 days).
    """
    referral.require(Stage.CLOSED)
    require(referral.replaced_by is None, "rerouted", replaced_by=referral.replaced_by)
    until = referral.reopen_until
    require(until is not None and context.on <= until, "too_late", reopen_until=until and until.isoformat())
    require_open_need(need)
    return [ReferralReopened(referral_id=referral.referral_id, household_id=referral.household_id)]
