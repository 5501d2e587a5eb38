"""What charity answers to a referral of relief. The stream's id is the referral's."""

from __future__ import annotations

from contracts.envelope import Event, event
from contracts.ids import HouseholdId, NeedId, ReferralId
from contracts.relief.referral import DeclineReason
from contracts.terms import NeedCategory


@event("charity.referral-answer.received", version=1, stream="referral_id", shared=False)
class ReferralReceived(Event):
    """Relief's referral was noted here before anybody acts on it; `residual` is in the need's measure. Source: ruling 2 of the design.

    Said again when relief reopened an answered referral and sent it anew: it waits for another answer.
    """

    referral_id: ReferralId
    household_id: HouseholdId
    need_id: NeedId
    category: NeedCategory
    residual: int


@event("charity.referral-answer.accepted", version=1, stream="referral_id")
class ReferralAccepted(Event):
    """Charity will look for a fund. Source: section 3.4."""

    referral_id: ReferralId
    household_id: HouseholdId


@event("charity.referral-answer.declined", version=1, stream="referral_id")
class ReferralDeclined(Event):
    """Charity cannot help, with a reason; after an acceptance it gives the referral back. Source: section 3.5, ruling 15."""

    referral_id: ReferralId
    household_id: HouseholdId
    reason: DeclineReason
