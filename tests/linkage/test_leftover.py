"""What a fund leaves to another one: no yuan is in two places, and each donation can be followed on."""

from __future__ import annotations

from contracts.charity.donation import DonationPurposeChanged
from contracts.charity.fund import (
    DonationCredited,
    Draw,
    FundClosed,
    FundEstablished,
    FundReserved,
    FundSpent,
    LeftoverMoved,
    LeftoverReceived,
)
from contracts.ids import AllocationId, DonationId, FundId
from contracts.terms import Purpose
from services.linkage.trace import FundTrace, trace
from services.linkage.views.donation import donation
from services.linkage.views.fund import draw, fund
from tests.linkage.story import Story, an_id
from tests.linkage.test_trace import received

OLD, HEIR = FundId("children"), FundId("children-2")
GIFT, USE = DonationId(an_id(901)), AllocationId(an_id(911))


def traced(story: Story, fund_id: FundId) -> FundTrace:
    funds, draws, donations = fund.fold(story.told), draw.fold(story.told), donation.fold(story.told)
    return trace(funds[fund_id], [row for row in draws.values() if row.fund_id == fund_id], donations, {})


def test_what_is_left_is_received_by_the_successor_and_no_longer_here() -> None:
    """R-CHA-04, property 3: 50,000.00 received, 30,000.00 spent; 20,000.00 is available in the other fund."""
    spent, rest = Draw(donation_id=GIFT, amount_fen=30_000_00), Draw(donation_id=GIFT, amount_fen=20_000_00)
    story = Story().tell(
        FundEstablished(fund_id=OLD, purpose=Purpose.CHILDREN, certificate_needed=False),
        FundEstablished(fund_id=HEIR, purpose=Purpose.CHILDREN, certificate_needed=False),
        on="2022-01-05",
    )
    story.tell(*received(GIFT, 50_000_00), on="2022-01-06")
    story.tell(
        FundReserved(fund_id=OLD, allocation_id=USE, amount_fen=30_000_00, draws=(spent,)),
        FundSpent(fund_id=OLD, allocation_id=USE, amount_fen=30_000_00, draws=(spent,)),
        on="2022-02-01",
    )
    story.tell(
        LeftoverMoved(fund_id=OLD, successor_id=HEIR, amount_fen=20_000_00, draws=(rest,)),
        LeftoverReceived(fund_id=HEIR, origin_id=OLD, donation_id=GIFT, amount_fen=20_000_00),
        FundClosed(fund_id=OLD, closed_on=story.told[-1][1].occurred_at.date()),
        on="2022-03-01",
    )
    old, heir = traced(story, OLD), traced(story, HEIR)
    assert (old.received_fen, old.spent_fen, old.available_fen) == (30_000_00, 30_000_00, 0)
    assert (heir.received_fen, heir.spent_fen, heir.available_fen) == (20_000_00, 0, 20_000_00)
    assert [(one.donation_id, one.received_fen, one.available_fen) for one in heir.donations] == [(GIFT, 20_000_00, 20_000_00)]
    assert [(one.received_fen, one.spent_fen, one.available_fen) for one in old.donations] == [(30_000_00, 30_000_00, 0)]


def test_a_donation_shows_the_purpose_it_has_now() -> None:
    """R-CHA-03: changed with the donor's consent."""
    changed = DonationPurposeChanged(donation_id=GIFT, before=Purpose.CHILDREN, purpose=Purpose.EDUCATION)
    story = Story().tell(*[event for event in received(GIFT, 1_00) if not isinstance(event, DonationCredited)], on="2022-01-06")
    assert donation.fold(story.tell(changed, on="2022-02-01").told)[GIFT].purpose is Purpose.EDUCATION
