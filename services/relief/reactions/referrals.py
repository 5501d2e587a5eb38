"""Charity's answers to referrals (ruling 14): they count by the time they were given, which is the command's `occurred_at`."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.charity.referral_answer import ReferralAccepted, ReferralDeclined
from contracts.envelope import Meta
from kit.command import Command
from kit.reaction import Reaction
from services.relief.domain.referral import TakeReferral, TurnDownReferral


def take(event: ReferralAccepted, meta: Meta) -> Iterable[Command]:
    """The referral is accepted; `ReferralExpired` or `ReferralClosed` answers one that came too late."""
    return [TakeReferral(referral_id=event.referral_id, occurred_at=meta.occurred_at)]


def turn_down(event: ReferralDeclined, meta: Meta) -> Iterable[Command]:
    """The referral is declined, or given back when it was accepted before."""
    return [TurnDownReferral(referral_id=event.referral_id, reason=event.reason, occurred_at=meta.occurred_at)]


on_referral_accepted = Reaction("referral-accepted", on=ReferralAccepted, record=take)
on_referral_declined = Reaction("referral-declined", on=ReferralDeclined, record=turn_down)

referral_reactions = (on_referral_accepted, on_referral_declined)
