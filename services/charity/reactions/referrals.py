"""Relief asks charity for help: the referral is noted and waits for an officer (section 3.5)."""

from __future__ import annotations

from contracts.envelope import Meta
from contracts.relief.referral import ReferralSent
from contracts.terms import Receiver
from kit.reaction import Reaction
from services.charity.domain.referral_answer import NoteReferral


def note_referral(event: ReferralSent, meta: Meta) -> list[NoteReferral]:
    """A referral to charity is known here; one to others is not."""
    if event.receiver is not Receiver.CHARITY:
        return []
    return [
        NoteReferral(
            referral_id=event.referral_id,
            household_id=event.household_id,
            need_id=event.need_id,
            category=event.category,
            residual=event.residual,
            occurred_at=meta.occurred_at,
        )
    ]


on_referral = Reaction("referral-sent", on=ReferralSent, record=note_referral)
