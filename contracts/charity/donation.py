"""Facts about a donation (捐赠). Amounts are fen; goods have a list value in fen (R-CHA-01)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import ActorId, DonationId, DonorId, FundId, LotId, NoteRef, OrganisationId
from contracts.terms import Purpose


class DonationKind(StrEnum):
    MONEY = "money"
    GOODS = "goods"


class ReversalReason(StrEnum):
    BANK_REVERSED = "bank_reversed"
    DONOR_ERROR = "donor_error"


@event("charity.donation.pledged", version=1, stream="donation_id")
class DonationPledged(Event):
    """A donor promised money or goods for a purpose; `agreement`: the written one, where the donor wants it. Source: R-CHA-01, SG-09."""

    donation_id: DonationId
    donor_id: DonorId
    kind: DonationKind
    amount_fen: int
    purpose: Purpose
    agreement: NoteRef | None = None


@event("charity.donation.received", version=1, stream="donation_id")
class DonationReceived(Event):
    """The money or goods arrived; value and restriction are fixed now and change only with the donor's consent. Source: section 3.2, C09.

    anonymous: the donor is not named outside charity; it is recorded all the same (R-CHA-01).
    """

    donation_id: DonationId
    donor_id: DonorId
    kind: DonationKind
    amount_fen: int
    purpose: Purpose
    received_on: date
    receipt_waived: bool
    anonymous: bool = False


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


@event("charity.donation.receipt-issued", version=1, stream="donation_id")
class DonationReceiptIssued(Event):
    """The donor has a receipt: who gave (nobody, if anonymous), what and how much, who received and handled it, when. Source: R-CHA-01."""

    donation_id: DonationId
    kind: DonationKind
    amount_fen: int
    organisation_id: OrganisationId
    handled_by: ActorId
    issued_on: date
    donor_id: DonorId | None = None


@event("charity.donation.use-change-noticed", version=1, stream="donation_id")
class UseChangeNoticed(Event):
    """The donor cannot be reached: another use is announced in public up to and with a day. Source: R-CHA-03."""

    donation_id: DonationId
    purpose: Purpose
    notice_until: date


@event("charity.donation.use-change-objected", version=1, stream="donation_id")
class UseChangeObjected(Event):
    """The donor answered the notice and does not want the other use. Source: R-CHA-03."""

    donation_id: DonationId
    purpose: Purpose


@event("charity.donation.purpose-changed", version=1, stream="donation_id")
class DonationPurposeChanged(Event):
    """What is in no fund or lot yet has another restriction; `consent`: the donor's, or none after the public notice. Source: R-CHA-03."""

    donation_id: DonationId
    before: Purpose
    purpose: Purpose
    consent: NoteRef | None = None
