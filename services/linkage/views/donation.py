"""A donation as charity tells it: received, reversed, what the donor still owes; keyed by the donation's own stream."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from contracts.charity.donation import (
    DonationKind,
    DonationPurposeChanged,
    DonationReceived,
    DonationReversed,
    DonationValued,
    DonorClaimSettled,
    ReceiptVoided,
)
from contracts.envelope import Event, Meta
from contracts.ids import DonationId, DonorId
from contracts.terms import Purpose
from kit.view import Row, View
from services.linkage.views.facts import Fact, fact_of


class DonationRow(Row, frozen=True):
    """One received donation. `claim_fen`: what the donor owes after a reversal, outside every fund (ruling 23)."""

    donation_id: DonationId
    donor_id: DonorId
    kind: DonationKind
    purpose: Purpose
    received_fen: int
    received_on: date
    receipt_waived: bool
    received: Fact
    taken_back_fen: int = 0
    claim_fen: int = 0
    reversed: Fact | None = None
    receipt_voided: Fact | None = None


DonationFact = DonationReceived | DonationValued | DonationPurposeChanged | DonationReversed | ReceiptVoided | DonorClaimSettled


def donation_of(event: Event) -> Iterable[str]:
    return (event.donation_id,) if isinstance(event, DonationFact) else ()


def evolve(row: DonationRow | None, event: Event, meta: Meta) -> DonationRow | None:
    if isinstance(event, DonationReceived):
        return _received(event, fact_of(meta))
    return row and _changed(row, event, fact_of(meta))


def _received(event: DonationReceived, fact: Fact) -> DonationRow:
    return DonationRow(
        donation_id=event.donation_id,
        donor_id=event.donor_id,
        kind=event.kind,
        purpose=event.purpose,
        received_fen=event.amount_fen,
        received_on=event.received_on,
        receipt_waived=event.receipt_waived,
        received=fact,
    )


def _changed(row: DonationRow, event: Event, fact: Fact) -> DonationRow:
    match event:
        case DonationValued(value_fen=fen):
            return replace(row, received_fen=fen)
        case DonationPurposeChanged(purpose=purpose):
            return replace(row, purpose=purpose)
        case DonationReversed(taken_back_fen=taken, claim_fen=claim):
            return replace(row, taken_back_fen=taken, claim_fen=claim, reversed=fact)
        case ReceiptVoided():
            return replace(row, receipt_voided=fact)
        case DonorClaimSettled(amount_fen=fen):
            return replace(row, claim_fen=row.claim_fen - fen)
        case _:
            return row


donation = View("donation", row=DonationRow, key=donation_of, evolve=evolve, index=("donation_id", "donor_id"))
