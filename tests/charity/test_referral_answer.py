"""Charity's answers to relief's referrals."""

from __future__ import annotations

import pytest

from contracts.charity.referral_answer import ReferralAccepted, ReferralDeclined, ReferralReceived
from contracts.envelope import Event
from contracts.relief.referral import DeclineReason
from contracts.terms import NeedCategory
from kit.testing import given
from services.charity.domain.referral_answer import AcceptReferral, DeclineReferral, NoteReferral, referral_answer
from tests.charity.facts import HOME, NEED, REFERRAL

NOTE = NoteReferral(referral_id=REFERRAL, household_id=HOME, need_id=NEED, category=NeedCategory.MEDICAL, residual=24_120_00)
RECEIVED = ReferralReceived(referral_id=REFERRAL, household_id=HOME, need_id=NEED, category=NeedCategory.MEDICAL, residual=24_120_00)
ACCEPTED = ReferralAccepted(referral_id=REFERRAL, household_id=HOME)
DECLINED = ReferralDeclined(referral_id=REFERRAL, household_id=HOME, reason=DeclineReason.NO_FUNDS)
ACCEPT = AcceptReferral(referral_id=REFERRAL)
DECLINE = DeclineReferral(referral_id=REFERRAL, reason=DeclineReason.NO_FUNDS)


def test_a_referral_is_noted_once() -> None:
    """Ruling 2 of the design: relief's fact is here before anybody acts on it."""
    given(referral_answer).when(NOTE).then(RECEIVED)
    given(referral_answer, RECEIVED).when(NOTE).then()


@pytest.mark.parametrize("before", [[ACCEPTED], [DECLINED], [ACCEPTED, DECLINED]])
def test_a_referral_that_relief_reopened_and_sent_again_is_answered_again(before: list[Event]) -> None:
    """Ruling 15: reopening keeps the id; whatever was answered to the first asking, the second waits for an answer of its own."""
    answered = given(referral_answer, RECEIVED, *before)
    answered.when(NOTE).then(RECEIVED)
    asked_again = answered.facts([RECEIVED])
    asked_again.when(NOTE).then()
    asked_again.when(ACCEPT).then(ACCEPTED)
    asked_again.when(DECLINE).then(DECLINED)
    asked_again.facts([ACCEPTED]).when(ACCEPT).refused("already_answered", stage="accepted")


def test_an_officer_accepts_or_declines_with_a_reason() -> None:
    """Section 3.5: the receiver answers; a reason code is required to decline."""
    given(referral_answer, RECEIVED).when(ACCEPT).then(ACCEPTED)
    given(referral_answer, RECEIVED).when(DECLINE).then(DECLINED)
    given(referral_answer).when(ACCEPT).refused("not_found")


def test_an_accepted_referral_can_be_given_back() -> None:
    """Ruling 15: returned = declined after acceptance, reason required."""
    given(referral_answer, RECEIVED, ACCEPTED).when(DECLINE).then(DECLINED)


def test_no_answer_is_given_twice() -> None:
    """Section 3.5: a declined referral goes on at relief."""
    given(referral_answer, RECEIVED, ACCEPTED).when(ACCEPT).refused("already_answered", stage="accepted")
    given(referral_answer, RECEIVED, DECLINED).when(ACCEPT).refused("already_answered", stage="declined")
    given(referral_answer, RECEIVED, DECLINED).when(DECLINE).refused("already_answered", stage="declined")
