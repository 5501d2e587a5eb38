"""What relief does about charity's facts: money for a need, and answers to referrals (rulings 3, 9, 11, 14)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contracts.charity.allocation import AidReturned, AllocationPaid, AllocationReleased, AllocationReserved
from contracts.charity.referral_answer import ReferralAccepted, ReferralDeclined
from contracts.envelope import Event, Meta, stream_of, type_of
from contracts.ids import ActorId, AllocationId, FundId, LineId, ReferralId
from contracts.relief.need import CoverageDelivered, CoverageReleased, CoverageReversed
from contracts.relief.referral import DeclineReason, ReferralCovered, ReferralTurnedDown
from contracts.terms import Layer, NeedCategory, Scheme
from kit.command import Command
from kit.reaction import Reaction
from kit.testing import given
from services.relief.domain.need import DeliverCoverage, OfferCoverage, ReverseCoverage, TrimCoverage, need
from services.relief.domain.referral import CoverReferral, TakeReferral, TurnDownReferral, referral
from services.relief.reactions.coverage import (
    coverage_reactions,
    on_aid_returned,
    on_allocation_paid,
    on_allocation_released,
    on_allocation_reserved,
)
from services.relief.reactions.referrals import on_referral_accepted, on_referral_declined, referral_reactions
from tests.relief.family import HOME, NEED, line, need_of, uid
from tests.relief.test_referral import ANSWER_BY, RAN_OUT, REFERRAL, proposed, sent

ALLOCATION, FUND = AllocationId(uid(40)), FundId("children-serious-illness")
LINE = LineId(ALLOCATION)
SAID_AT = datetime(2022, 3, 3, 2, tzinfo=UTC)


def said(event: Event, at: datetime = SAID_AT) -> Meta:
    """The envelope of a fact of charity."""
    kind = type_of(event)
    return Meta(
        id=uid(500),
        source="/minsheng/yantian/charity",
        position=7,
        stream=stream_of(event),
        version=1,
        type=kind.name,
        schema_version=kind.version,
        key=HOME,
        recorded_at=at + timedelta(hours=3),
        occurred_at=at,
        actor="charity-officer-1",
        authority="charity_officer",
        correlation_id=uid(501),
    )


def commands(reaction: Reaction, event: Event, at: datetime = SAID_AT) -> list[Command]:
    return list(reaction.record(event, said(event, at)))


def reserved(amount: int) -> AllocationReserved:
    return AllocationReserved(
        allocation_id=ALLOCATION,
        fund_id=FUND,
        household_id=HOME,
        need_id=NEED,
        category=NeedCategory.MEDICAL,
        amount_fen=amount,
        approved_by=ActorId("charity-officer-2"),
    )


def paid(amount: int, referral_id: ReferralId | None = None) -> AllocationPaid:
    return AllocationPaid(
        allocation_id=ALLOCATION, fund_id=FUND, household_id=HOME, need_id=NEED, amount_fen=amount, referral_id=referral_id
    )


def released(amount: int, kept: int) -> AllocationReleased:
    return AllocationReleased(allocation_id=ALLOCATION, fund_id=FUND, household_id=HOME, need_id=NEED, amount_fen=amount, kept_fen=kept)


def test_a_reservation_is_offered_to_its_need_at_its_own_time() -> None:
    """Ruling 3: charity reserves first, relief answers."""
    assert commands(on_allocation_reserved, reserved(6_000_00)) == [
        OfferCoverage(
            need_id=NEED,
            household_id=HOME,
            line_id=LINE,
            layer=Layer.CHARITY,
            scheme=Scheme.CHARITY,
            amount=6_000_00,
            occurred_at=SAID_AT,
        )
    ]


def test_a_payment_delivers_the_line_and_tells_the_referral_it_names() -> None:
    """Ruling 9; without a referral only the need hears of it."""
    deliver = DeliverCoverage(need_id=NEED, line_id=LINE, amount=4_120_00, occurred_at=SAID_AT)
    cover = CoverReferral(referral_id=REFERRAL, amount=4_120_00, occurred_at=SAID_AT)
    assert commands(on_allocation_paid, paid(4_120_00)) == [deliver]
    assert commands(on_allocation_paid, paid(4_120_00, REFERRAL)) == [deliver, cover]


def test_a_release_leaves_what_charity_kept() -> None:
    """Ruling 20 of the design."""
    trim = TrimCoverage(need_id=NEED, line_id=LINE, kept=4_120_00, occurred_at=SAID_AT)
    assert commands(on_allocation_released, released(1_880_00, 4_120_00)) == [trim]


def test_returned_aid_takes_coverage_back() -> None:
    """SC-17: the family's coverage falls by 1,200.00."""
    back = AidReturned(allocation_id=ALLOCATION, fund_id=FUND, household_id=HOME, need_id=NEED, amount_fen=1_200_00)
    reverse = ReverseCoverage(need_id=NEED, line_id=LINE, amount=1_200_00, occurred_at=SAID_AT)
    assert commands(on_aid_returned, back) == [reverse]


def test_answers_reach_the_referral_with_the_time_they_were_given() -> None:
    """Ruling 14."""
    yes = ReferralAccepted(referral_id=REFERRAL, household_id=HOME)
    no = ReferralDeclined(referral_id=REFERRAL, household_id=HOME, reason=DeclineReason.NO_FUNDS)
    assert commands(on_referral_accepted, yes) == [TakeReferral(referral_id=REFERRAL, occurred_at=SAID_AT)]
    assert commands(on_referral_declined, no) == [
        TurnDownReferral(referral_id=REFERRAL, reason=DeclineReason.NO_FUNDS, occurred_at=SAID_AT)
    ]


def test_an_offer_goes_its_way_from_reservation_to_return() -> None:
    """SC-07 and SC-17: of 6,000.00 the need takes 4,120.00; 1,880.00 go back to the fund, 4,120.00 are paid, 1,200.00 returned."""
    events: list[Event] = [need_of(4_120_00)]
    back = AidReturned(allocation_id=ALLOCATION, fund_id=FUND, household_id=HOME, need_id=NEED, amount_fen=1_200_00)
    story: list[tuple[Reaction, Event]] = [
        (on_allocation_reserved, reserved(6_000_00)),
        (on_allocation_released, released(1_880_00, 4_120_00)),
        (on_allocation_paid, paid(4_120_00)),
        (on_aid_returned, back),
    ]
    for reaction, fact in story:
        for command in commands(reaction, fact):
            events += given(need, *events).when(command).events
    assert events[1:] == [
        line(ALLOCATION, Layer.CHARITY, Scheme.CHARITY, 4_120_00, offered=6_000_00),
        CoverageDelivered(need_id=NEED, household_id=HOME, line_id=LINE, amount=4_120_00),
        CoverageReversed(need_id=NEED, household_id=HOME, line_id=LINE, amount=1_200_00),
    ]
    assert need.fold(events).residual() == 1_200_00


def test_a_reservation_given_up_opens_the_need_again() -> None:
    """Ruling 20 of the design: charity may release any time."""
    held = line(ALLOCATION, Layer.CHARITY, Scheme.CHARITY, 4_120_00)
    (trim,) = commands(on_allocation_released, released(4_120_00, 0))
    given(need, need_of(4_120_00), held).when(trim).then(CoverageReleased(need_id=NEED, household_id=HOME, line_id=LINE, amount=4_120_00))


def test_the_referral_hears_of_the_payment_and_of_a_late_answer() -> None:
    """Rulings 14, 15: the commands fit the referral as it stands."""
    story = [proposed(), sent()]
    cover = commands(on_allocation_paid, paid(1_00, REFERRAL))[1]
    given(referral, *story).when(cover).then(ReferralCovered(referral_id=REFERRAL, household_id=HOME, amount=1_00))
    (late,) = commands(on_referral_accepted, ReferralAccepted(referral_id=REFERRAL, household_id=HOME), ANSWER_BY)
    given(referral, *story).when(late).then(*RAN_OUT)
    no = ReferralDeclined(referral_id=REFERRAL, household_id=HOME, reason=DeclineReason.NO_FUNDS)
    (refusal,) = commands(on_referral_declined, no)
    given(referral, *story).when(refusal).then(
        ReferralTurnedDown(
            referral_id=REFERRAL,
            household_id=HOME,
            reason=DeclineReason.NO_FUNDS,
            reroute_by=datetime(2022, 3, 4, 16, tzinfo=UTC),
        )
    )


@pytest.mark.parametrize("reaction", [*coverage_reactions, *referral_reactions], ids=lambda reaction: reaction.name)
def test_each_reaction_listens_to_charity_under_its_own_name(reaction: Reaction) -> None:
    """Ruling 13 of the design: keys are derived from event, reaction and target."""
    assert reaction.source == "charity"
    assert type_of(reaction.on).shared
    names = [one.name for one in (*coverage_reactions, *referral_reactions)]
    assert names.count(reaction.name) == 1
