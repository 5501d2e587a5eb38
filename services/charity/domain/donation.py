"""A donation (捐赠) of money or goods: value and restriction are fixed when it is received (section 3.2, C09). Amounts are fen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from pydantic import Field

from contracts.charity.donation import (
    DonationAllocated,
    DonationKind,
    DonationPledged,
    DonationReceived,
    DonationReversed,
    DonationValued,
    DonorClaimSettled,
    ReceiptVoided,
    ReversalReason,
)
from contracts.charity.fund import DonationCredited, FundTakenBack
from contracts.ids import DonationId, DonorId, FundId, LotId
from contracts.terms import Purpose
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context, Fen, PositiveFen
from kit.identity import Role
from services.charity.domain.fund import Fund, credited, fund, taken_back
from services.charity.domain.purpose import donation_fits

DonationEvent = (
    DonationPledged | DonationReceived | DonationValued | DonationAllocated | DonationReversed | ReceiptVoided | DonorClaimSettled
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
    claim_fen: int = 0

    @property
    def left_fen(self) -> int:
        """Received and in no fund or stock lot yet."""
        return self.amount_fen - self.allocated_fen


def evolve(gift: Donation, event: DonationEvent) -> Donation:
    match event:
        case DonationPledged():
            return _described(gift, event, Stage.PLEDGED)
        case DonationReceived(receipt_waived=waived):
            return replace(_described(gift, event, Stage.RECEIVED), receipt_waived=waived)
        case DonationValued(value_fen=fen):
            return replace(gift, amount_fen=fen)
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


class PledgeDonation(Command):
    """A donor promises money or goods for a purpose."""

    donation_id: DonationId
    donor_id: DonorId
    kind: DonationKind
    amount_fen: Fen = Field(description="goods: the list value in fen, 0 while unknown")
    purpose: Purpose


class ReceiveDonation(Command):
    """The money or goods arrived, pledged before or not."""

    donation_id: DonationId
    donor_id: DonorId
    kind: DonationKind
    amount_fen: Fen = Field(description="goods: the list value in fen, 0 while unknown")
    purpose: Purpose
    receipt_waived: bool = Field(default=False, description="the donor wants no receipt (R-CHA-01)")


class ValueDonation(Command):
    """Give donated goods their list value, once."""

    donation_id: DonationId
    value_fen: PositiveFen


class AllocateDonation(Command):
    """Put the whole of a money donation into a fund."""

    donation_id: DonationId
    fund_id: FundId


class ReverseDonation(Command):
    """The bank or the donor takes the money back."""

    donation_id: DonationId
    reason: ReversalReason


class SettleClaim(Command):
    """The donor pays (a part of) what he owes after a reversal."""

    donation_id: DonationId
    amount_fen: PositiveFen


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
    _require_received(gift)
    require(gift.kind is DonationKind.GOODS, "not_goods")
    require(gift.amount_fen == 0, "value_fixed", amount_fen=gift.amount_fen)
    return [DonationValued(donation_id=gift.donation_id, value_fen=command.value_fen)]


def allocate(command: AllocateDonation, gift: Donation, _context: Context, into: Fund) -> list[DonationAllocated | DonationCredited]:
    """The money is available in the fund, under its restriction.

    Raises: Refused("not_received" | "not_money" | "already_allocated"); Refused("purpose_mismatch", donation, fund).
    Source: C09, R-CHA-03.
    """
    _require_received(gift)
    require(gift.kind is DonationKind.MONEY, "not_money")
    require(gift.fund_id is None, "already_allocated", fund_id=gift.fund_id)
    require(donation_fits(gift.purpose, into.purpose), "purpose_mismatch", donation=gift.purpose, fund=into.purpose)
    return [
        DonationAllocated(donation_id=gift.donation_id, amount_fen=gift.amount_fen, fund_id=command.fund_id),
        credited(into, gift.donation_id, gift.amount_fen),
    ]


def allocated_to_lot(gift: Donation, lot_id: LotId, value_fen: int) -> DonationAllocated:
    """A part of donated goods is in a stock lot, at list value.

    Raises: Refused("not_received" | "not_goods"); Refused("above_donation", left_fen).  Source: C09.
    """
    _require_received(gift)
    require(gift.kind is DonationKind.GOODS, "not_goods")
    require(value_fen <= gift.left_fen, "above_donation", left_fen=gift.left_fen)
    return DonationAllocated(donation_id=gift.donation_id, amount_fen=value_fen, lot_id=lot_id)


def reverse(
    command: ReverseDonation, gift: Donation, _context: Context, holder: Fund
) -> list[DonationReversed | FundTakenBack | ReceiptVoided]:
    """What is neither spent nor reserved of this donation is taken back; the rest is a claim on the donor; the receipt counts no longer.

    Raises: Refused("not_received" | "not_money").  Source: ruling 23, SC-17.
    """
    _require_received(gift)
    require(gift.kind is DonationKind.MONEY, "not_money")
    leaving = taken_back(holder, gift.donation_id)
    back_fen = gift.left_fen + sum(event.amount_fen for event in leaving)
    reversal = DonationReversed(
        donation_id=gift.donation_id,
        reason=command.reason,
        taken_back_fen=back_fen,
        claim_fen=gift.amount_fen - back_fen,
        fund_id=gift.fund_id,
    )
    return [reversal, *leaving, *([] if gift.receipt_waived else [ReceiptVoided(donation_id=gift.donation_id)])]


def settle_claim(command: SettleClaim, gift: Donation, _context: Context) -> list[DonorClaimSettled]:
    """The donor owes less by the amount; no fund receives it.

    Raises: Refused("above_claim", claim_fen).  Source: ruling 23.
    """
    require(command.amount_fen <= gift.claim_fen, "above_claim", claim_fen=gift.claim_fen)
    return [DonorClaimSettled(donation_id=gift.donation_id, amount_fen=command.amount_fen)]


def _require_amount(kind: DonationKind, amount_fen: int) -> None:
    require(kind is DonationKind.GOODS or amount_fen > 0, "amount_missing")


def _require_received(gift: Donation) -> None:
    require(gift.stage is Stage.RECEIVED, "not_received", stage=gift.stage)


_GIFT = DonationId("0190a000-0000-8000-8000-0000000000d1")
_DONOR = DonorId("0190a000-0000-8000-8000-0000000000d9")
_TERMS = {"donation_id": _GIFT, "donor_id": _DONOR, "kind": DonationKind.MONEY, "amount_fen": 5_000_000, "purpose": Purpose.CHILDREN}

donation = Aggregate(
    "donation",
    id="donation_id",
    state=Donation,
    evolve=evolve,
    commands=[
        command(pledge, stream="new", roles={Role.CHARITY_OFFICER}, example=PledgeDonation.model_validate(_TERMS)),
        command(receive, stream="any", roles={Role.CHARITY_OFFICER}, example=ReceiveDonation.model_validate(_TERMS)),
        command(value, roles={Role.CHARITY_OFFICER}, example=ValueDonation(donation_id=_GIFT, value_fen=840_000)),
        command(
            allocate,
            also=[fund.by("fund_id")],
            roles={Role.CHARITY_OFFICER},
            example=AllocateDonation(donation_id=_GIFT, fund_id=FundId("children")),
        ),
        command(
            reverse,
            also=[fund.by("fund_id")],
            roles={Role.CHARITY_OFFICER},
            example=ReverseDonation(donation_id=_GIFT, reason=ReversalReason.BANK_REVERSED),
        ),
        command(settle_claim, roles={Role.CHARITY_OFFICER}, example=SettleClaim(donation_id=_GIFT, amount_fen=3_000_000)),
    ],
)
