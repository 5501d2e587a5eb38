"""What a donation is at a moment: what was promised and received, where it went, what the donor owes after a reversal. Amounts are fen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from contracts.charity.donation import (
    DonationAllocated,
    DonationKind,
    DonationPledged,
    DonationPurposeChanged,
    DonationReceiptIssued,
    DonationReceived,
    DonationReversed,
    DonationValued,
    DonorClaimSettled,
    ReceiptVoided,
    UseChangeNoticed,
    UseChangeObjected,
)
from contracts.ids import DonationId, DonorId, FundId
from contracts.terms import Purpose
from kit.aggregate import require

DonationEvent = (
    DonationPledged
    | DonationReceived
    | DonationValued
    | DonationReceiptIssued
    | DonationAllocated
    | UseChangeNoticed
    | UseChangeObjected
    | DonationPurposeChanged
    | DonationReversed
    | ReceiptVoided
    | DonorClaimSettled
)


class Stage(StrEnum):
    UNKNOWN = "unknown"
    PLEDGED = "pledged"
    RECEIVED = "received"
    REVERSED = "reversed"


@dataclass(frozen=True, kw_only=True)
class Donation:
    """What was promised, then received; where it went; what the donor owes after a reversal."""

    donation_id: DonationId = DonationId("")
    stage: Stage = Stage.UNKNOWN
    donor_id: DonorId | None = None
    kind: DonationKind = DonationKind.MONEY
    purpose: Purpose = Purpose.GENERAL
    amount_fen: int = 0
    allocated_fen: int = 0
    fund_id: FundId | None = None
    receipt_waived: bool = False
    receipt_issued: bool = False
    anonymous: bool = False
    notice: UseChangeNoticed | None = None
    claim_fen: int = 0

    def require_received(self) -> None:
        """Raises: Refused("not_received", stage)."""
        require(self.stage is Stage.RECEIVED, "not_received", stage=self.stage)

    @property
    def left_fen(self) -> int:
        """Received and in no fund or stock lot yet."""
        return self.amount_fen - self.allocated_fen


def evolve(gift: Donation, event: DonationEvent) -> Donation:
    match event:
        case DonationPledged():
            return _described(gift, event, Stage.PLEDGED)
        case DonationReceived(receipt_waived=waived, anonymous=anonymous):
            return replace(_described(gift, event, Stage.RECEIVED), receipt_waived=waived, anonymous=anonymous)
        case DonationValued(value_fen=fen):
            return replace(gift, amount_fen=fen)
        case DonationReceiptIssued():
            return replace(gift, receipt_issued=True)
        case UseChangeNoticed():
            return replace(gift, notice=event)
        case UseChangeObjected():
            return replace(gift, notice=None)
        case DonationPurposeChanged(purpose=purpose):
            return replace(gift, purpose=purpose, notice=None)
        case DonationAllocated(amount_fen=fen, fund_id=fund_id):
            return replace(gift, allocated_fen=gift.allocated_fen + fen, fund_id=fund_id)
        case DonationReversed(claim_fen=fen):
            return replace(gift, stage=Stage.REVERSED, claim_fen=fen)
        case ReceiptVoided():
            return gift
        case DonorClaimSettled(amount_fen=fen):
            return replace(gift, claim_fen=gift.claim_fen - fen)
        case _:
            assert_never(event)


def _described(gift: Donation, event: DonationPledged | DonationReceived, stage: Stage) -> Donation:
    return replace(
        gift,
        donation_id=event.donation_id,
        stage=stage,
        donor_id=event.donor_id,
        kind=event.kind,
        purpose=event.purpose,
        amount_fen=event.amount_fen,
    )
