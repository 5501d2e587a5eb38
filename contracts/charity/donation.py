"""Facts about a donation (捐赠). Amounts are fen; goods have a list value in fen (R-CHA-01)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import DonationId, DonorId, FundId, LotId
from contracts.terms import Purpose


class DonationKind(StrEnum):
    MONEY = "money"
    GOODS = "goods"


class ReversalReason(StrEnum):
    BANK_REVERSED = "bank_reversed"
    DONOR_ERROR = "donor_error"


@event("charity.donation.pledged", version=1, stream="donation_id")
class DonationPledged(Event):
    """A donor promised money or goods for a purpose. Source: R-CHA-01, SG-09."""

    donation_id: DonationId
    donor_id: DonorId
    kind: DonationKind
    amount_fen: int
    purpose: Purpose


@event("charity.donation.received", version=1, stream="donation_id")
class DonationReceived(Event):
    """The money or goods arrived; value and restriction are fixed now and change only with the donor's consent. Source: section 3.2, C09."""

    donation_id: DonationId
    donor_id: DonorId
    kind: DonationKind
    amount_fen: int
    purpose: Purpose
    received_on: date
    receipt_waived: bool


@event("charity.donation.valued", version=1, stream="donation_id")
class DonationValued(Event):
    """Donated goods were given their list value. Source: C09."""

    donation_id: DonationId
    value_fen: int


@event("charity.donation.allocated", version=1, stream="donation_id")
class DonationAllocated(Event):
    """The donation went into a fund (money) or a stock lot (goods) that respects its restriction. Source: C09, R-CHA-03."""

    donation_id: DonationId
    amount_fen: int
    fund_id: FundId | None = None
    lot_id: LotId | None = None


@event("charity.donation.reversed", version=1, stream="donation_id")
class DonationReversed(Event):
    """The donation was reversed: what is neither spent nor reserved was taken back, the rest is a claim on the donor. Source: ruling 23, SC-17."""

    donation_id: DonationId
    reason: ReversalReason
    taken_back_fen: int
    claim_fen: int
    fund_id: FundId | None = None


@event("charity.donation.receipt-voided", version=1, stream="donation_id")
class ReceiptVoided(Event):
    """The receipt of a reversed donation no longer counts; the disclosure is to be corrected. Source: SC-17."""

    donation_id: DonationId


@event("charity.donation.claim-settled", version=1, stream="donation_id")
class DonorClaimSettled(Event):
    """The donor paid (a part of) the claim; it cancels the claim and is no new receipt. Source: ruling 23."""

    donation_id: DonationId
    amount_fen: int
