"""Where donated money went: the fund's ledger and its parts agree after every event."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.charity.donation import DonationKind, DonationReceived, DonationReversed, ReceiptVoided, ReversalReason
from contracts.charity.fund import (
    DonationCredited,
    Draw,
    FundAidReturned,
    FundEstablished,
    FundReleased,
    FundReserved,
    FundSpent,
    FundTakenBack,
)
from contracts.envelope import Event
from contracts.ids import AllocationId, DonationId, DonorId, FundId
from contracts.terms import Purpose
from services.linkage.trace import DonationTrace, FundTrace, trace
from services.linkage.views.donation import donation
from services.linkage.views.fund import draw, fund
from tests.linkage.story import Story, an_id

FUND = FundId("children")
GIFTS = [DonationId(an_id(n)) for n in (901, 902)]
USES = [AllocationId(an_id(n)) for n in (911, 912)]


def traced(story: Story) -> FundTrace:
    funds, draws, donations = fund.fold(story.told), draw.fold(story.told), donation.fold(story.told)
    return trace(funds[FUND], list(draws.values()), donations, {})


def received(gift: DonationId, fen: int) -> list[Event]:
    return [
        DonationReceived(
            donation_id=gift,
            donor_id=DonorId(an_id(950)),
            kind=DonationKind.MONEY,
            amount_fen=fen,
            purpose=Purpose.CHILDREN,
            received_on=date(2022, 1, 6),
            receipt_waived=False,
        ),
        DonationCredited(fund_id=FUND, donation_id=gift, amount_fen=fen),
    ]


def established() -> Story:
    return Story().tell(FundEstablished(fund_id=FUND, purpose=Purpose.CHILDREN, certificate_needed=False), on="2022-01-05")


def test_a_reversed_donation_leaves_a_claim_outside_the_fund() -> None:
    """SC-17: 50,000.00 received, 30,000.00 spent, 20,000.00 taken back, claim 30,000.00, receipt voided, nothing available."""
    (gift, _), (use, _) = GIFTS, USES
    part = (Draw(donation_id=gift, amount_fen=3_000_000),)
    story = established().tell(*received(gift, 5_000_000), on="2022-01-06")
    story.tell(FundReserved(fund_id=FUND, allocation_id=use, amount_fen=3_000_000, draws=part), on="2022-02-01")
    story.tell(FundSpent(fund_id=FUND, allocation_id=use, amount_fen=3_000_000, draws=part), on="2022-02-02")
    story.tell(
        DonationReversed(
            donation_id=gift, reason=ReversalReason.BANK_REVERSED, taken_back_fen=2_000_000, claim_fen=3_000_000, fund_id=FUND
        ),
        FundTakenBack(fund_id=FUND, donation_id=gift, amount_fen=2_000_000),
        ReceiptVoided(donation_id=gift),
        on="2022-03-01",
    )
    found = traced(story)
    (one,) = found.donations
    assert (found.received_fen, found.spent_fen, found.taken_back_fen, found.available_fen) == (5_000_000, 3_000_000, 2_000_000, 0)
    assert (one.claim_fen, one.receipt, one.available_fen) == (3_000_000, "voided", 0)


def test_returned_aid_is_available_again_in_the_same_fund() -> None:
    """SC-17: a family gives 1,200.00 back; spent is net of returned aid (ruling 23)."""
    (gift, _), (use, _) = GIFTS, USES
    story = established().tell(*received(gift, 5_000_000), on="2022-01-06")
    for kind, fen in ((FundReserved, 2_000_000), (FundSpent, 2_000_000), (FundAidReturned, 120_000)):
        story.tell(kind(fund_id=FUND, allocation_id=use, amount_fen=fen, draws=(Draw(donation_id=gift, amount_fen=fen),)), on="2022-02-01")
    (one,) = traced(story).donations
    assert (one.spent_fen, one.available_fen) == (1_880_000, 3_120_000)


Step = tuple[int, int, int]


@settings(max_examples=60)
@given(steps=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(1, 400)), max_size=25))
def test_the_donations_of_a_fund_add_up_to_the_fund_after_every_event(steps: list[Step]) -> None:
    """Property 3: received = spent + reserved + available + taken back, for the fund and for each donation."""
    story = established()
    for gift in GIFTS:
        story.tell(*received(gift, 1_000), on="2022-01-06")
    for number, which, fen in steps:
        kind = (FundReserved, FundSpent, FundReleased, FundAidReturned)[number]
        parts = tuple(Draw(donation_id=gift, amount_fen=fen) for gift in GIFTS[: which + 1])
        story.tell(kind(fund_id=FUND, allocation_id=USES[which], amount_fen=fen * (which + 1), draws=parts), on="2022-02-01")
        found = traced(story)
        for name in ("received_fen", "reserved_fen", "spent_fen", "available_fen", "taken_back_fen"):
            assert sum(getattr(one, name) for one in found.donations) == getattr(found, name)
        everything: list[FundTrace | DonationTrace] = [found, *found.donations]
        for one in everything:
            assert one.received_fen == one.spent_fen + one.reserved_fen + one.available_fen + one.taken_back_fen
