"""Relief's referrals to charity."""

from __future__ import annotations

from datetime import UTC, datetime

from contracts.relief.referral import ReferralSent
from contracts.terms import NeedCategory, Receiver, Urgency
from services.charity.domain.referral_answer import NoteReferral
from services.charity.reactions.referrals import on_referral
from tests.charity.facts import HOME, NEED, REFERRAL, meta_of

AT = datetime(2022, 5, 4, 2, 30, tzinfo=UTC)


def sent(receiver: Receiver) -> ReferralSent:
    return ReferralSent(
        referral_id=REFERRAL,
        household_id=HOME,
        need_id=NEED,
        category=NeedCategory.MEDICAL,
        receiver=receiver,
        urgency=Urgency.YELLOW,
        residual=24_120_00,
        answer_by=datetime(2022, 5, 9, 16, tzinfo=UTC),
    )


def test_only_referrals_to_charity_are_noted() -> None:
    """Section 3.4: the receiver is named in the referral."""
    noted = NoteReferral(
        referral_id=REFERRAL, household_id=HOME, need_id=NEED, category=NeedCategory.MEDICAL, residual=24_120_00, occurred_at=AT
    )
    assert list(on_referral.record(sent(Receiver.CHARITY), meta_of(sent(Receiver.CHARITY), AT))) == [noted]
    assert list(on_referral.record(sent(Receiver.ELDERCARE), meta_of(sent(Receiver.ELDERCARE), AT))) == []
