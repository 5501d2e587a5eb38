"""A donation is taken back by the bank or the donor; what is spent or reserved becomes a claim (ruling 23, SC-17)."""

from __future__ import annotations

from pydantic import Field

from contracts.charity.disclosure_task import DisclosureTaskOpened
from contracts.charity.donation import (
    DonationKind,
    DonationReversed,
    DonorClaimSettled,
    ReceiptVoided,
    ReversalReason,
)
from contracts.charity.fund import FundTakenBack
from contracts.ids import DonationId, FundId
from kit.aggregate import require
from kit.command import Command, Context, PositiveFen
from services.charity.domain.disclosing import correction
from services.charity.domain.donation.state import Donation
from services.charity.domain.fund import Fund, taken_back


class ReverseDonation(Command):
    """The bank or the donor takes the money back."""

    donation_id: DonationId
    reason: ReversalReason
    fund_id: FundId | None = Field(default=None, description="where the money is now, if its fund was closed and the rest went on")


class SettleClaim(Command):
    """The donor pays (a part of) what he owes after a reversal."""

    donation_id: DonationId
    amount_fen: PositiveFen


def reverse(
    command: ReverseDonation, gift: Donation, context: Context, holder: Fund
) -> list[DonationReversed | FundTakenBack | ReceiptVoided | DisclosureTaskOpened]:
    """What is neither spent nor reserved of this donation is taken back; the rest is a claim on the donor; the receipt counts no longer.

    What was published about it is to be corrected.
    Raises: Refused("not_received" | "not_money" | "not_in_fund"); Refused("money_moved", fund_id) when the rest went on to another fund.
    Source: ruling 23, SC-17.
    """
    gift.require_received()
    require(gift.kind is DonationKind.MONEY, "not_money")
    require(command.fund_id is None or gift.donation_id in holder.shares, "not_in_fund", fund_id=command.fund_id)
    require(gift.donation_id not in holder.moved, "money_moved", fund_id=holder.moved.get(gift.donation_id))
    leaving = taken_back(holder, gift.donation_id)
    back_fen = gift.left_fen + sum(event.amount_fen for event in leaving)
    reversal = DonationReversed(
        donation_id=gift.donation_id,
        reason=command.reason,
        taken_back_fen=back_fen,
        claim_fen=gift.amount_fen - back_fen,
        fund_id=command.fund_id or gift.fund_id,
    )
    voided = [] if gift.receipt_waived else [ReceiptVoided(donation_id=gift.donation_id)]
    return [reversal, *leaving, *voided, correction(gift.donation_id, reversal.fund_id, context)]


def settle_claim(command: SettleClaim, gift: Donation, _context: Context) -> list[DonorClaimSettled]:
    """The donor owes less by the amount; no fund receives it.

    Raises: Refused("above_claim", claim_fen).  Source: ruling 23.
    """
    require(command.amount_fen <= gift.claim_fen, "above_claim", claim_fen=gift.claim_fen)
    return [DonorClaimSettled(donation_id=gift.donation_id, amount_fen=command.amount_fen)]
