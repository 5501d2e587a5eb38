"""A fund's end: what is left goes on to a similar purpose, donation by donation, and that is published."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from contracts.charity.disclosure_task import DisclosureKind
from contracts.charity.donation import DonationReversed, ReceiptVoided, ReversalReason
from contracts.charity.fund import (
    Campaign,
    DonationCredited,
    FundAidReturned,
    FundClosed,
    FundEstablished,
    FundTakenBack,
    LeftoverMoved,
    LeftoverReceived,
)
from contracts.ids import FundId
from contracts.terms import Purpose
from kit.testing import SECOND, given
from services.charity.domain.allocation import ApproveAllocation, allocation
from services.charity.domain.donation import AllocateDonation, ReverseDonation, donation
from services.charity.domain.fund import CloseFund, fund
from tests.charity.facts import (
    DAY,
    FUND,
    GIFT,
    GRANT,
    SECOND_GIFT,
    credited,
    draw,
    established,
    in_fund,
    proposed,
    received,
    set_aside,
    spent,
    task,
)

HEIR = FundId("heir")
CLOSE = CloseFund(fund_id=FUND, successor_id=HEIR)
CLOSED = FundClosed(fund_id=FUND, closed_on=DAY)
LEFTOVER = task(DisclosureKind.LEFTOVER, date(2022, 3, 31), (DAY, DAY))
TWO_GIFTS = [credited(10_000_00), credited(5_000_00, SECOND_GIFT)]
HALF_SPENT = [*TWO_GIFTS, set_aside(draw(8_000_00)), spent(draw(8_000_00))]
REST = (draw(2_000_00), draw(5_000_00, SECOND_GIFT))
MOVED = LeftoverMoved(fund_id=FUND, successor_id=HEIR, amount_fen=7_000_00, draws=REST)
ARRIVED = [
    LeftoverReceived(fund_id=HEIR, origin_id=FUND, donation_id=GIFT, amount_fen=2_000_00),
    LeftoverReceived(fund_id=HEIR, origin_id=FUND, donation_id=SECOND_GIFT, amount_fen=5_000_00),
]


def heir(purpose: Purpose = Purpose.CHILDREN, *, certificate_needed: bool = False) -> FundEstablished:
    return FundEstablished(fund_id=HEIR, purpose=purpose, certificate_needed=certificate_needed)


def test_what_is_left_goes_to_a_fund_of_the_same_purpose_and_is_published() -> None:
    """R-CHA-04: in one append, donation by donation; where it went is to be published within the pack's 30 days."""
    case = given(fund, established(), *HALF_SPENT).also(fund, heir())
    outcome = case.when(CLOSE).then(MOVED, *ARRIVED, LEFTOVER, CLOSED)
    after = case.facts(outcome.events)
    old, new = after.state(fund, FUND), after.state(fund, HEIR)
    assert (old.available_fen, new.available_fen) == (0, 7_000_00)
    assert (old.share(GIFT).received, new.share(GIFT).received) == (8_000_00, 2_000_00)


@pytest.mark.parametrize(
    ("of", "to", "fits"),
    [
        (Purpose.CHILDREN, Purpose.CHILDREN_SERIOUS_ILLNESS, True),
        (Purpose.CHILDREN_SERIOUS_ILLNESS, Purpose.CHILDREN, True),
        (Purpose.GENERAL, Purpose.ELDERS, True),
        (Purpose.CHILDREN, Purpose.ELDERS, False),
        (Purpose.CHILDREN, Purpose.GENERAL, False),
    ],
)
def test_only_a_similar_purpose_inherits(of: Purpose, to: Purpose, fits: bool) -> None:
    """R-CHA-04: same or similar; a fund for everything is similar to none with a purpose."""
    outcome = given(fund, established(of), *HALF_SPENT).also(fund, heir(to)).when(CLOSE)
    if fits:
        outcome.then(MOVED, *ARRIVED, LEFTOVER, CLOSED)
    else:
        outcome.refused("purpose_not_similar", fund=of, successor=to)


def test_a_certificate_that_was_needed_stays_needed() -> None:
    """R-CHA-04, C08: money for people with a certificate does not lose that restriction."""
    case = given(fund, established(certificate_needed=True), *HALF_SPENT)
    case.also(fund, heir()).when(CLOSE).refused("purpose_not_similar")


def test_what_is_left_needs_a_successor() -> None:
    """R-CHA-04: another open fund; an empty fund needs none."""
    case = given(fund, established(), *HALF_SPENT).also(fund, heir())
    case.when(CloseFund(fund_id=FUND)).refused("successor_missing", available_fen=7_000_00)
    case.when(CloseFund(fund_id=FUND, successor_id=FUND)).refused("successor_missing")
    shut = case.also(fund, FundClosed(fund_id=HEIR, closed_on=DAY))
    shut.when(CLOSE).refused("fund_closed", fund_id=HEIR)
    given(fund, established()).when(CloseFund(fund_id=FUND)).then(CLOSED)
    given(fund, established(), CLOSED).when(CloseFund(fund_id=FUND)).refused("already_closed")


def test_reserved_money_keeps_a_fund_open() -> None:
    """R-CHA-04, ruling 23: somebody was promised it; frozen stays reserved."""
    case = given(fund, established(), *TWO_GIFTS, set_aside(draw(8_000_00))).also(fund, heir())
    case.when(CLOSE).refused("money_reserved", reserved_fen=8_000_00)


def test_a_campaign_runs_to_its_planned_end_and_one_without_ends_with_its_fund() -> None:
    """R-CHA-08: the full report is due three months after the end."""
    planned = replace(established(), campaign=Campaign.REGULAR, starts_on=date(2022, 1, 1), ends_on=date(2022, 2, 28))
    given(fund, planned).when(CloseFund(fund_id=FUND), on=date(2022, 2, 28)).refused("campaign_running", ends_on="2022-02-28")
    given(fund, planned).when(CloseFund(fund_id=FUND)).then(CLOSED)
    unplanned = replace(planned, ends_on=None)
    final = task(DisclosureKind.FINAL, date(2022, 6, 1), (date(2022, 1, 1), DAY))
    given(fund, unplanned).when(CloseFund(fund_id=FUND)).then(CLOSED, final)


def test_a_closed_fund_takes_and_gives_nothing() -> None:
    """Section 3.2: closed."""
    shut = [established(), *TWO_GIFTS, CLOSED]
    into = given(donation, received(1_00)).also(fund, *shut)
    into.when(AllocateDonation(donation_id=GIFT, fund_id=FUND)).refused("fund_closed")
    grant = given(allocation, proposed(1_00)).also(fund, *shut)
    grant.when(ApproveAllocation(allocation_id=GRANT), actor=SECOND).refused("fund_closed")


def test_aid_that_comes_back_later_moves_on_the_same_way() -> None:
    """R-CHA-04, SC-17: it returns to its own fund first."""
    back = FundAidReturned(fund_id=FUND, allocation_id=GRANT, amount_fen=1_200_00, draws=(draw(1_200_00),))
    case = given(fund, established(), *HALF_SPENT, MOVED, CLOSED, back).also(fund, heir(), *ARRIVED)
    moved = LeftoverMoved(fund_id=FUND, successor_id=HEIR, amount_fen=1_200_00, draws=(draw(1_200_00),))
    arrived = LeftoverReceived(fund_id=HEIR, origin_id=FUND, donation_id=GIFT, amount_fen=1_200_00)
    case.when(CLOSE).then(moved, arrived, LEFTOVER)


def test_a_reversal_takes_back_from_where_the_rest_is_now() -> None:
    """SC-17, R-CHA-04: 8,000.00 was spent before the fund closed; the 2,000.00 is found in its successor."""
    case = given(donation, received(10_000_00), in_fund(10_000_00)).also(fund, established(), *HALF_SPENT, MOVED, CLOSED)
    case = case.also(fund, heir(), *ARRIVED)
    case.when(ReverseDonation(donation_id=GIFT, reason=ReversalReason.BANK_REVERSED)).refused("money_moved", fund_id=HEIR)
    there = ReverseDonation(donation_id=GIFT, reason=ReversalReason.BANK_REVERSED, fund_id=HEIR)
    case.when(there).then(
        DonationReversed(donation_id=GIFT, reason=ReversalReason.BANK_REVERSED, taken_back_fen=2_000_00, claim_fen=8_000_00, fund_id=HEIR),
        FundTakenBack(fund_id=HEIR, donation_id=GIFT, amount_fen=2_000_00),
        ReceiptVoided(donation_id=GIFT),
        task(DisclosureKind.CORRECTION, date(2022, 3, 11), (DAY, DAY), of_fund=HEIR, gift=GIFT),
    )
    stranger = given(donation, received(10_000_00), in_fund(10_000_00)).also(fund, established(), credited(10_000_00))
    stranger.also(fund, heir(), DonationCredited(fund_id=HEIR, donation_id=SECOND_GIFT, amount_fen=1)).when(there).refused("not_in_fund")
