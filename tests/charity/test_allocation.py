"""Allocations: two signatures reserve, the need's answer pays, the rest goes back under the donor's restriction."""

from __future__ import annotations

import pytest

from contracts.charity.allocation import (
    AidReturned,
    AllocationAccepted,
    AllocationPaid,
    AllocationRefusal,
    AllocationRefused,
    AllocationReleased,
)
from contracts.charity.fund import FundAidReturned, FundReleased
from contracts.charity.known_household import NeedKnownClosed, NeedKnownReopened
from contracts.charity.referral_answer import ReferralReceived
from contracts.envelope import Event
from contracts.ids import AllocationId
from contracts.terms import NeedCategory, Purpose
from kit.testing import SECOND, WORKER, Given, given
from services.charity.domain.allocation import (
    ApproveAllocation,
    GiveUpAllocation,
    ProposeAllocation,
    ReleaseAllocation,
    ReturnAid,
    SettleAllocation,
    allocation,
)
from services.charity.domain.fund import fund
from services.charity.domain.known_household import known_household
from services.charity.domain.referral_answer import referral_answer
from tests.charity.facts import (
    CHILD,
    FUND,
    GIFT,
    GRANT,
    HOME,
    NEED,
    OTHER_NEED,
    REFERRAL,
    SECOND_GIFT,
    SECOND_GRANT,
    STRANGER,
    THIRD_GRANT,
    credited,
    draw,
    established,
    member,
    proposed,
    reserved,
    set_aside,
    spent,
)

TERMS = {
    "allocation_id": GRANT,
    "fund_id": FUND,
    "household_id": HOME,
    "need_id": NEED,
    "category": NeedCategory.MEDICAL,
    "amount_fen": 20_000_00,
}
RECEIVED = ReferralReceived(referral_id=REFERRAL, household_id=HOME, need_id=NEED, category=NeedCategory.MEDICAL, residual=24_120_00)


def propose(**changes: object) -> ProposeAllocation:
    return ProposeAllocation.model_validate(TERMS | changes)


def approve(grant: AllocationId = GRANT, *, related: bool = False) -> ApproveAllocation:
    return ApproveAllocation(allocation_id=grant, related=related)


def refused(reason: AllocationRefusal, available_fen: int, grant: AllocationId = GRANT) -> AllocationRefused:
    return AllocationRefused(allocation_id=grant, fund_id=FUND, household_id=HOME, reason=reason, available_fen=available_fen)


def released(fen: int, kept_fen: int) -> AllocationReleased:
    return AllocationReleased(allocation_id=GRANT, fund_id=FUND, household_id=HOME, need_id=NEED, amount_fen=fen, kept_fen=kept_fen)


def back_in_fund(fen: int) -> FundReleased:
    return FundReleased(fund_id=FUND, allocation_id=GRANT, amount_fen=fen, draws=(draw(fen),))


def accepted(fen: int) -> AllocationAccepted:
    return AllocationAccepted(allocation_id=GRANT, household_id=HOME, accepted_fen=fen)


def paid(fen: int) -> AllocationPaid:
    return AllocationPaid(allocation_id=GRANT, fund_id=FUND, household_id=HOME, need_id=NEED, amount_fen=fen)


def returned(fen: int) -> AidReturned:
    return AidReturned(allocation_id=GRANT, fund_id=FUND, household_id=HOME, need_id=NEED, amount_fen=fen)


def ill_children_fund(received_fen: int = 100_000_00) -> list[Event]:
    return [established(Purpose.CHILDREN_SERIOUS_ILLNESS), credited(received_fen)]


def reserved_case(fen: int) -> Given:
    """An allocation of so much, reserved in a fund for children's serious illness with 100,000.00."""
    return given(allocation, proposed(fen), reserved(fen)).also(fund, *ill_children_fund(), set_aside(draw(fen)))


def paid_case(fen: int) -> Given:
    return reserved_case(fen).facts([accepted(fen), paid(fen), spent(draw(fen))])


def test_an_officer_proposes_up_to_an_amount() -> None:
    """Ruling 21: the proposer's id is a field of the event, so the second signature can be told from the first."""
    given(allocation).also(fund, *ill_children_fund()).when(propose(person_id=CHILD)).then(proposed(20_000_00, person=CHILD))
    given(allocation).when(propose()).refused("not_found", stream="fund/care")
    given(allocation, proposed(20_000_00)).also(fund, *ill_children_fund()).when(propose()).refused("already_exists")


def test_a_certificate_is_somebody_s() -> None:
    """C08: a certificate belongs to a person; without one nobody could check it."""
    given(allocation).also(fund, *ill_children_fund()).when(propose(certificate=True)).refused("person_missing")


def test_a_proposal_for_a_referral_is_about_its_need() -> None:
    """Section 3.4: what is paid is reported with the referral, so it must be the same need."""
    case = given(allocation).also(fund, *ill_children_fund()).also(referral_answer, RECEIVED)
    case.when(propose(referral_id=REFERRAL)).then(proposed(20_000_00, referral=REFERRAL))
    case.when(propose(referral_id=REFERRAL, need_id=OTHER_NEED)).refused("other_need", need_id=NEED)
    given(allocation).also(fund, *ill_children_fund()).when(propose(referral_id=REFERRAL)).refused("not_found")


def test_a_second_person_reserves_the_money() -> None:
    """Rulings 3, 9, 21: reserved "up to", and set aside in the fund by the same append; the referral stays with it."""
    case = given(allocation, proposed(20_000_00, referral=REFERRAL)).also(fund, *ill_children_fund())
    case.when(approve(), actor=SECOND).then(reserved(20_000_00, referral=REFERRAL), set_aside(draw(20_000_00)))


def test_nobody_approves_the_own_proposal() -> None:
    """Ruling 21: allocations of money need two different people."""
    given(allocation, proposed(20_000_00)).also(fund, *ill_children_fund()).when(approve(), actor=WORKER).refused("same_person")


def test_an_allocation_is_decided_once() -> None:
    """Section 3.2: one reservation an allocation; a refusal is final, a new proposal has another id."""
    reserved_case(20_000_00).when(approve(), actor=SECOND).refused("already_decided", stage="reserved")
    turned_down = given(allocation, proposed(1_00), refused(AllocationRefusal.INSUFFICIENT, 0)).also(fund, established())
    turned_down.when(approve(), actor=SECOND).refused("already_decided", stage="refused")


def disability_case() -> Given:
    """SC-16: received 612,000.00, reserved 598,000.00, available 14,000.00; proposals of 9,000.00, 8,000.00 and 3,000.00."""
    books = [
        established(Purpose.DISABILITY, certificate_needed=True),
        credited(400_000_00),
        credited(212_000_00, SECOND_GIFT),
        set_aside(draw(400_000_00), draw(198_000_00, SECOND_GIFT), grant=AllocationId(STRANGER)),
    ]
    wishes = [
        proposed(9_000_00, person=CHILD, certificate=True),
        proposed(8_000_00, grant=SECOND_GRANT, person=CHILD, certificate=True),
        proposed(3_000_00, grant=THIRD_GRANT, person=CHILD),
    ]
    return given(allocation, *wishes).also(fund, *books)


@pytest.mark.parametrize(
    ("first", "first_fen", "second", "left_fen"),
    [(GRANT, 9_000_00, SECOND_GRANT, 5_000_00), (SECOND_GRANT, 8_000_00, GRANT, 6_000_00)],
)
def test_of_two_approvals_above_the_available_money_one_is_refused(
    first: AllocationId, first_fen: int, second: AllocationId, left_fen: int
) -> None:
    """SC-16: whichever comes second is `AllocationRefused{insufficient}`; 5,000.00 or 6,000.00 stay available."""
    case = disability_case()
    outcome = case.when(approve(first), actor=SECOND)
    outcome.then(reserved(first_fen, grant=first), set_aside(draw(first_fen, SECOND_GIFT), grant=first))
    case.facts(outcome.events)
    case.when(approve(second), actor=SECOND).then(refused(AllocationRefusal.INSUFFICIENT, left_fen, second))
    books = case.state(fund, FUND)
    assert (books.available_fen, sum(s.reserved for s in books.shares.values())) == (left_fen, 612_000_00 - left_fen)


def test_a_person_without_certificate_gets_nothing_from_the_disability_fund() -> None:
    """SC-16, C08: 3,000.00 for a non-disabled person is refused `purpose`, though the money is there."""
    disability_case().when(approve(THIRD_GRANT), actor=SECOND).then(refused(AllocationRefusal.PURPOSE, 14_000_00, THIRD_GRANT))


@pytest.mark.parametrize(
    ("purpose", "category", "fits"),
    [
        (Purpose.GENERAL, NeedCategory.LIVING, True),
        (Purpose.CHILDREN, NeedCategory.MEDICAL, True),
        (Purpose.CHILDREN, NeedCategory.ELDER_CARE, False),
        (Purpose.CHILDREN_SERIOUS_ILLNESS, NeedCategory.MEDICAL, True),
        (Purpose.CHILDREN_SERIOUS_ILLNESS, NeedCategory.EDUCATION, False),
        (Purpose.ELDERS, NeedCategory.CHILD, False),
        (Purpose.EDUCATION, NeedCategory.EDUCATION, True),
        (Purpose.EDUCATION, NeedCategory.LIVING, False),
    ],
)
def test_a_fund_pays_only_for_needs_of_its_purpose(purpose: Purpose, category: NeedCategory, fits: bool) -> None:
    """R-CHA-03, DET-21: a mismatch is refused at the command, and the refusal is on record."""
    case = given(allocation, proposed(1_00, category=category)).also(fund, established(purpose), credited(5_00))
    outcome = case.when(approve(), actor=SECOND)
    if fits:
        outcome.then(reserved(1_00, category=category), set_aside(draw(1_00)))
    else:
        outcome.then(refused(AllocationRefusal.PURPOSE, 5_00))


def test_a_family_related_to_the_donor_is_refused_whoever_of_the_two_says_so() -> None:
    """R-CHA-02: related persons are no beneficiaries; the two officers declare it."""
    told_first = given(allocation, proposed(1_00, related=True)).also(fund, *ill_children_fund(5_00))
    told_first.when(approve(), actor=SECOND).then(refused(AllocationRefusal.RELATED, 5_00))
    told_second = given(allocation, proposed(1_00)).also(fund, *ill_children_fund(5_00))
    told_second.when(approve(related=True), actor=SECOND).then(refused(AllocationRefusal.RELATED, 5_00))


def test_nothing_is_reserved_for_a_need_that_relief_closed() -> None:
    """SC-16's reasons, section 3.5: a closed need takes nothing, until it is open again (ruling 11)."""
    closed = NeedKnownClosed(household_id=HOME, need_id=NEED)
    case = given(allocation, proposed(1_00)).also(fund, *ill_children_fund(5_00)).also(known_household, closed)
    case.when(approve(), actor=SECOND).then(refused(AllocationRefusal.NEED_CLOSED, 5_00))
    again = case.facts([NeedKnownReopened(household_id=HOME, need_id=NEED)])
    again.when(approve(), actor=SECOND).then(reserved(1_00), set_aside(draw(1_00)))


def test_a_person_named_lives_in_the_household() -> None:
    """Ruling 4: charity checks it where relief has told the members; an unknown household is the need's business."""
    case = given(allocation, proposed(1_00, person=STRANGER)).also(fund, *ill_children_fund(5_00))
    case.when(approve(), actor=SECOND).then(reserved(1_00), set_aside(draw(1_00)))
    case.also(known_household, member(CHILD)).when(approve(), actor=SECOND).refused("not_a_member", person_id=STRANGER)
    own = given(allocation, proposed(1_00, person=CHILD)).also(fund, *ill_children_fund(5_00)).also(known_household, member(CHILD))
    own.when(approve(), actor=SECOND).then(reserved(1_00), set_aside(draw(1_00)))


def settle(fen: int) -> SettleAllocation:
    return SettleAllocation(allocation_id=GRANT, accepted_fen=fen)


def test_what_the_need_accepts_whole_is_paid_whole() -> None:
    """SC-07: of a residual of 24,120.00 the fund for children's serious illness gives 20,000.00."""
    reserved_case(20_000_00).when(settle(20_000_00)).then(accepted(20_000_00), paid(20_000_00), spent(draw(20_000_00)))


def test_what_the_need_does_not_accept_goes_back_under_the_donor_s_restriction() -> None:
    """SC-07: only 4,120.00 of 6,000.00 is accepted; 1,880.00 is available in the same fund again."""
    case = reserved_case(6_000_00)
    outcome = case.when(settle(4_120_00))
    outcome.then(accepted(4_120_00), released(1_880_00, 4_120_00), back_in_fund(1_880_00), paid(4_120_00), spent(draw(4_120_00)))
    books = case.facts(outcome.events).state(fund, FUND)
    assert books.available_fen == 100_000_00 - 4_120_00
    assert (books.share(GIFT).reserved, books.share(GIFT).spent) == (0, 4_120_00)


def test_an_answer_that_comes_again_or_too_late_changes_nothing() -> None:
    """Section 3.2: at most one payment an allocation; ruling 20 of the design: a released one ignores a later acceptance."""
    paid_case(6_000_00).when(settle(6_000_00)).then()
    paid_case(6_000_00).when(GiveUpAllocation(allocation_id=GRANT)).then()
    given_back = reserved_case(6_000_00).facts([released(6_000_00, 0), back_in_fund(6_000_00)])
    given_back.when(settle(4_120_00)).then()
    given_back.when(GiveUpAllocation(allocation_id=GRANT)).then()


def test_a_line_that_is_no_allocation_is_left_alone() -> None:
    """Ruling 9: L4 has lines of other givers; they have no stream here."""
    given(allocation).when(settle(4_120_00)).then()
    given(allocation).when(GiveUpAllocation(allocation_id=GRANT)).then()


def test_a_need_cannot_accept_more_than_was_reserved() -> None:
    """Ruling 3: accepted <= offered."""
    reserved_case(6_000_00).when(settle(6_000_01)).refused("above_reserved", reserved_fen=6_000_00)


def test_a_refused_offer_is_released_whole() -> None:
    """Ruling 3: the giver releases it at once."""
    reserved_case(6_000_00).when(GiveUpAllocation(allocation_id=GRANT)).then(released(6_000_00, 0), back_in_fund(6_000_00))


def test_an_officer_may_release_until_it_is_paid() -> None:
    """Ruling 20 of the design: charity may release at any time before payment."""
    release = ReleaseAllocation(allocation_id=GRANT)
    reserved_case(6_000_00).when(release).then(released(6_000_00, 0), back_in_fund(6_000_00))
    paid_case(6_000_00).when(release).refused("nothing_reserved", stage="paid")
    given(allocation, proposed(6_000_00)).also(fund, *ill_children_fund()).when(release).refused("nothing_reserved", stage="proposed")


def test_returned_aid_goes_to_the_same_fund() -> None:
    """SC-17: 1,200.00 returned is available in the same fund and restriction; never more than was paid."""
    case = paid_case(30_000_00)
    money = FundAidReturned(fund_id=FUND, allocation_id=GRANT, amount_fen=1_200_00, draws=(draw(1_200_00),))
    outcome = case.when(ReturnAid(allocation_id=GRANT, amount_fen=1_200_00)).then(returned(1_200_00), money)
    after = case.facts(outcome.events)
    assert after.state(fund, FUND).available_fen == 100_000_00 - 30_000_00 + 1_200_00
    after.when(ReturnAid(allocation_id=GRANT, amount_fen=28_800_01)).refused("above_paid", paid_fen=28_800_00)
    reserved_case(1_00).when(ReturnAid(allocation_id=GRANT, amount_fen=1)).refused("above_paid", paid_fen=0)
