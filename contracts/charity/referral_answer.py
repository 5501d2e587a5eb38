"""What charity answers to a referral of relief. The stream's id is the referral's."""

from __future__ import annotations

from contracts.envelope import Event, event
from contracts.ids import HouseholdId, NeedId, ReferralId
from contracts.relief.referral import DeclineReason
from contracts.terms import NeedCategory


@event("charity.referral-answer.received", version=1, stream="referral_id", shared=False)
class ReferralReceived(Event):
    """Relief's referral was noted here before anybody acts on it. Source: ruling 2 of the design."""

    referral_id: ReferralId
    household_id: HouseholdId
    need_id: NeedId
    category: NeedCategory
    residual_fen: int


@event("charity.referral-answer.accepted", version=1, stream="referral_id")
class ReferralAccepted(Event):
    """Charity will look for a fund. Source: section 3.4."""

    referral_id: ReferralId
    household_id: HouseholdId


@event("charity.referral-answer.declined", version=1, stream="referral_id")
class ReferralDeclined(Event):
    """Charity cannot help, with a reason. Source: section 3.5."""

    referral_id: ReferralId
    household_id: HouseholdId
    reason: DeclineReason
