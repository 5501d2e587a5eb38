"""A donation comes: pledged, received, valued, with a receipt (R-CHA-01)."""

from __future__ import annotations

from pydantic import Field

from contracts.charity.donation import (
    DonationKind,
    DonationPledged,
    DonationReceiptIssued,
    DonationReceived,
    DonationValued,
)
from contracts.ids import DonationId, DonorId, NoteRef, OrganisationId
from contracts.terms import Purpose
from kit.aggregate import require
from kit.command import Command, Context, Fen, PositiveFen
from services.charity.domain.donation.state import Donation, Stage


class PledgeDonation(Command):
    """A donor promises money or goods for a purpose."""

    donation_id: DonationId
    donor_id: DonorId
    kind: DonationKind
    amount_fen: Fen = Field(description="goods: the list value in fen, 0 while unknown")
    purpose: Purpose
    agreement: NoteRef | None = Field(default=None, description="where the written agreement stands, if the donor wants one")


class ReceiveDonation(Command):
    """The money or goods arrived, pledged before or not."""

    donation_id: DonationId
    donor_id: DonorId
    kind: DonationKind
    amount_fen: Fen = Field(description="goods: the list value in fen, 0 while unknown")
    purpose: Purpose
    receipt_waived: bool = Field(default=False, description="the donor wants no receipt (R-CHA-01)")
    anonymous: bool = Field(default=False, description="the donor is not to be named (R-CHA-01, R-CHA-09)")


class ValueDonation(Command):
    """Give donated goods their list value, once."""

    donation_id: DonationId
    value_fen: PositiveFen


class IssueReceipt(Command):
    """The donor gets a receipt, printed or supervised by the finance authority."""

    donation_id: DonationId
    organisation_id: OrganisationId = Field(description="the charity that received the donation")


def pledge(command: PledgeDonation, _gift: Donation, _context: Context) -> list[DonationPledged]:
    """The promise is known; it is no money yet.

    Raises: Refused("amount_missing") for money of 0.  Source: R-CHA-01, SG-09.
    """
    _require_amount(command.kind, command.amount_fen)
    return [DonationPledged(**command.model_dump(exclude={"occurred_at"}))]


def receive(command: ReceiveDonation, gift: Donation, context: Context) -> list[DonationReceived]:
    """The donation is here; its value and restriction are fixed. The amount may differ from the pledge.

    Raises: Refused("already_received" | "amount_missing"); Refused("differs_from_pledge") in donor, kind or purpose.
    Source: R-CHA-01, section 3.2.
    """
    require(gift.stage in {Stage.UNKNOWN, Stage.PLEDGED}, "already_received")
    _require_amount(command.kind, command.amount_fen)
    same = (command.donor_id, command.kind, command.purpose) == (gift.donor_id, gift.kind, gift.purpose)
    require(gift.stage is Stage.UNKNOWN or same, "differs_from_pledge")
    return [DonationReceived(**command.model_dump(exclude={"occurred_at"}), received_on=context.on)]


def value(command: ValueDonation, gift: Donation, _context: Context) -> list[DonationValued]:
    """The goods have their list value.

    Raises: Refused("not_received" | "not_goods" | "value_fixed").  Source: C09, section 3.2.
    """
    gift.require_received()
    require(gift.kind is DonationKind.GOODS, "not_goods")
    require(gift.amount_fen == 0, "value_fixed", amount_fen=gift.amount_fen)
    return [DonationValued(donation_id=gift.donation_id, value_fen=command.value_fen)]


def issue_receipt(command: IssueReceipt, gift: Donation, context: Context) -> list[DonationReceiptIssued]:
    """The receipt names donor, kind and amount, organisation, handler and date; an anonymous donor's names no donor.

    Raises: Refused("not_received" | "receipt_waived" | "receipt_issued"); Refused("value_missing") for goods without a list value.
    Source: R-CHA-01, C09.
    """
    gift.require_received()
    require(not gift.receipt_waived, "receipt_waived")
    require(not gift.receipt_issued, "receipt_issued")
    require(gift.amount_fen > 0, "value_missing")
    return [
        DonationReceiptIssued(
            donation_id=gift.donation_id,
            kind=gift.kind,
            amount_fen=gift.amount_fen,
            organisation_id=command.organisation_id,
            handled_by=context.actor_id,
            issued_on=context.on,
            donor_id=None if gift.anonymous else gift.donor_id,
        )
    ]


def _require_amount(kind: DonationKind, amount_fen: int) -> None:
    require(kind is DonationKind.GOODS or amount_fen > 0, "amount_missing")
