"""Donations: what is received, where it goes, and what a reversal takes back."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from contracts.charity.disclosure_task import DisclosureKind
from contracts.charity.donation import (
    DonationAllocated,
    DonationKind,
    DonationPledged,
    DonationReversed,
    DonationValued,
    DonorClaimSettled,
    ReceiptVoided,
    ReversalReason,
)
from contracts.charity.fund import FundTakenBack
from contracts.ids import DonorId, LotId
from contracts.terms import Purpose
from kit.testing import given
from services.charity.domain.donation import (
    AllocateDonation,
    PledgeDonation,
    ReceiveDonation,
    ReverseDonation,
    SettleClaim,
    ValueDonation,
    donation,
)
from services.charity.domain.fund import fund
from tests.charity.facts import (
    DAY,
    DONOR,
    FUND,
    GIFT,
    SECOND_GIFT,
    SECOND_GRANT,
    credited,
    draw,
    established,
    in_fund,
    received,
    set_aside,
    spent,
    task,
    uuid,
)

TERMS = {"donation_id": GIFT, "donor_id": DONOR, "kind": DonationKind.MONEY, "amount_fen": 50_000_00, "purpose": Purpose.CHILDREN}
PLEDGED = DonationPledged(donation_id=GIFT, donor_id=DONOR, kind=DonationKind.MONEY, amount_fen=50_000_00, purpose=Purpose.CHILDREN)
BANK = ReverseDonation(donation_id=GIFT, reason=ReversalReason.BANK_REVERSED)
TO_CORRECT = task(DisclosureKind.CORRECTION, date(2022, 3, 11), (DAY, DAY), gift=GIFT)
INTO_FUND = AllocateDonation(donation_id=GIFT, fund_id=FUND)


def pledge(**changes: object) -> PledgeDonation:
    return PledgeDonation.model_validate(TERMS | changes)


def receive(**changes: object) -> ReceiveDonation:
    return ReceiveDonation.model_validate(TERMS | changes)


def reversal(back_fen: int, claim_fen: int, *, of_fund: bool = True) -> DonationReversed:
    return DonationReversed(
        donation_id=GIFT,
        reason=ReversalReason.BANK_REVERSED,
        taken_back_fen=back_fen,
        claim_fen=claim_fen,
        fund_id=FUND if of_fund else None,
    )


def test_a_pledge_is_a_promise_of_an_amount_for_a_purpose() -> None:
    """SG-09: a flow of donation begins with a pledge; money of nothing is no pledge."""
    given(donation).when(pledge()).then(PLEDGED)
    given(donation).when(pledge(amount_fen=0)).refused("amount_missing")


def test_a_donation_is_received_with_or_without_a_pledge_and_only_once() -> None:
    """R-CHA-01, section 3.2: value and restriction are fixed at receipt; the amount may differ from the promise."""
    given(donation).when(receive(), on=DAY).then(received(50_000_00))
    given(donation, PLEDGED).when(receive(amount_fen=48_000_00), on=DAY).then(received(48_000_00))
    given(donation, received(50_000_00)).when(receive()).refused("already_received")
    given(donation).when(receive(amount_fen=0)).refused("amount_missing")


@pytest.mark.parametrize("change", [{"donor_id": DonorId(uuid(0xD8))}, {"kind": DonationKind.GOODS}, {"purpose": Purpose.GENERAL}])
def test_a_pledged_donation_comes_from_its_donor_for_its_purpose(change: dict[str, object]) -> None:
    """R-CHA-03: the restriction that was agreed is not changed by the way."""
    given(donation, PLEDGED).when(receive(**change)).refused("differs_from_pledge")


def test_a_waived_receipt_is_still_recorded() -> None:
    """R-CHA-01: anonymous or waived receipts are recorded."""
    given(donation).when(receive(receipt_waived=True), on=DAY).then(received(50_000_00, waived=True))


def test_goods_get_their_list_value_once() -> None:
    """C09: `DonationValued`; afterwards the value is fixed."""
    goods = received(0, Purpose.EPIDEMIC, DonationKind.GOODS)
    value = ValueDonation(donation_id=GIFT, value_fen=8_400_00)
    valued = DonationValued(donation_id=GIFT, value_fen=8_400_00)
    given(donation, goods).when(value).then(valued)
    given(donation, goods, valued).when(value).refused("value_fixed", amount_fen=8_400_00)
    given(donation, received(50_000_00)).when(value).refused("not_goods")
    given(donation, PLEDGED).when(value).refused("not_received")


def test_a_money_donation_goes_whole_into_a_fund_of_its_purpose() -> None:
    """C09: allocated and credited in one append."""
    given(donation, received(50_000_00)).also(fund, established()).when(INTO_FUND).then(in_fund(50_000_00), credited(50_000_00))


@pytest.mark.parametrize(
    ("donated", "of_fund", "fits"),
    [
        (Purpose.CHILDREN, Purpose.CHILDREN, True),
        (Purpose.CHILDREN, Purpose.CHILDREN_SERIOUS_ILLNESS, True),
        (Purpose.GENERAL, Purpose.DISABILITY, True),
        (Purpose.CHILDREN_SERIOUS_ILLNESS, Purpose.CHILDREN, False),
        (Purpose.CHILDREN, Purpose.GENERAL, False),
        (Purpose.DISABILITY, Purpose.ELDERS, False),
    ],
)
def test_a_restriction_is_never_widened(donated: Purpose, of_fund: Purpose, fits: bool) -> None:
    """R-CHA-03: another use needs the donor's consent; a narrower fund is within the agreed use."""
    outcome = given(donation, received(1_00, donated)).also(fund, established(of_fund)).when(INTO_FUND)
    if fits:
        outcome.then(in_fund(1_00), credited(1_00))
    else:
        outcome.refused("purpose_mismatch", donation=donated, fund=of_fund)


def test_only_received_money_enters_a_fund_and_only_once() -> None:
    """R-SHP-04: goods have books of their own; a pledge is no money."""
    given(donation, PLEDGED).also(fund, established()).when(INTO_FUND).refused("not_received")
    goods = received(50_000_00, kind=DonationKind.GOODS)
    given(donation, goods).also(fund, established()).when(INTO_FUND).refused("not_money")
    twice = given(donation, received(50_000_00), in_fund(50_000_00)).also(fund, established(), credited(50_000_00))
    twice.when(INTO_FUND).refused("already_allocated", fund_id=FUND)
    given(donation, received(50_000_00)).when(INTO_FUND).refused("not_found")


def test_a_reversal_takes_back_what_is_not_spent_and_claims_the_rest() -> None:
    """SC-17: of 50,000.00 for children 30,000.00 is spent: 20,000.00 is taken back, 30,000.00 is a claim, the receipt is void;
    the disclosure is to be corrected within the pack's 10 days."""
    case = given(donation, received(50_000_00), in_fund(50_000_00)).also(
        fund, established(), credited(50_000_00), set_aside(draw(30_000_00)), spent(draw(30_000_00))
    )
    outcome = case.when(BANK)
    outcome.then(
        reversal(20_000_00, 30_000_00),
        FundTakenBack(fund_id=FUND, donation_id=GIFT, amount_fen=20_000_00),
        ReceiptVoided(donation_id=GIFT),
        TO_CORRECT,
    )
    after = case.facts(outcome.events).state(fund, FUND)
    share = after.share(GIFT)
    assert (share.received, share.spent, share.taken_back, after.available_fen) == (50_000_00, 30_000_00, 20_000_00, 0)


def test_a_reversal_leaves_reserved_money_and_other_donations_alone() -> None:
    """Ruling 23: only what is neither spent nor reserved, and only of this donation."""
    case = given(donation, received(50_000_00), in_fund(50_000_00)).also(
        fund,
        established(),
        credited(50_000_00),
        credited(10_000_00, SECOND_GIFT),
        set_aside(draw(30_000_00)),
        spent(draw(30_000_00)),
        set_aside(draw(5_000_00), grant=SECOND_GRANT),
    )
    outcome = case.when(BANK)
    outcome.then(
        reversal(15_000_00, 35_000_00),
        FundTakenBack(fund_id=FUND, donation_id=GIFT, amount_fen=15_000_00),
        ReceiptVoided(donation_id=GIFT),
        TO_CORRECT,
    )
    assert case.facts(outcome.events).state(fund, FUND).available_fen == 10_000_00


def test_a_wholly_spent_donation_becomes_a_claim_and_moves_no_money() -> None:
    """SC-17: beneficiaries stay untouched, the fund's available money is unaffected."""
    given(donation, received(50_000_00), in_fund(50_000_00)).also(
        fund, established(), credited(50_000_00), set_aside(draw(50_000_00)), spent(draw(50_000_00))
    ).when(BANK).then(reversal(0, 50_000_00), ReceiptVoided(donation_id=GIFT), TO_CORRECT)


def test_a_donation_in_no_fund_is_taken_back_whole_and_can_enter_none_afterwards() -> None:
    """Ruling 23: nothing is spent, so nothing is claimed; without a receipt none is voided."""
    case = given(donation, received(50_000_00, waived=True)).also(fund, established())
    outcome = case.when(BANK).then(reversal(50_000_00, 0, of_fund=False), replace(TO_CORRECT, fund_id=None))
    after = case.facts(outcome.events)
    after.when(INTO_FUND).refused("not_received")
    after.when(BANK).refused("not_received")


def test_goods_and_promises_are_not_reversed() -> None:
    """SC-17 is about money: goods leave the books by a write-off."""
    given(donation, received(50_000_00, kind=DonationKind.GOODS)).when(BANK).refused("not_money")
    given(donation, PLEDGED).when(BANK).refused("not_received")


def test_what_the_donor_pays_lowers_the_claim_and_enters_no_fund() -> None:
    """Ruling 23: when paid it cancels the claim and is no new receipt."""
    owed = given(donation, received(50_000_00), in_fund(50_000_00), reversal(20_000_00, 30_000_00))
    part = DonorClaimSettled(donation_id=GIFT, amount_fen=12_000_00)
    owed.when(SettleClaim(donation_id=GIFT, amount_fen=12_000_00)).then(part)
    rest = owed.facts([part])
    rest.when(SettleClaim(donation_id=GIFT, amount_fen=18_000_01)).refused("above_claim", claim_fen=18_000_00)
    rest.when(SettleClaim(donation_id=GIFT, amount_fen=18_000_00)).then(DonorClaimSettled(donation_id=GIFT, amount_fen=18_000_00))
    given(donation, received(50_000_00)).when(SettleClaim(donation_id=GIFT, amount_fen=1)).refused("above_claim", claim_fen=0)


def test_goods_in_two_lots_are_one_donation() -> None:
    """C09: value received = value allocated + what is in no lot yet."""
    lots = [DonationAllocated(donation_id=GIFT, amount_fen=fen, lot_id=LotId(uuid(fen))) for fen in (3_000_00, 1_000_00)]
    state = donation.fold([received(8_400_00, kind=DonationKind.GOODS), *lots])
    assert (state.allocated_fen, state.left_fen) == (4_000_00, 4_400_00)
