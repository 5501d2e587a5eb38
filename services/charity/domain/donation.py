"""A donation (捐赠) of money or goods: value and restriction are fixed when it is received (section 3.2, C09). Amounts are fen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from pydantic import Field

from contracts.charity.disclosure_task import DisclosureTaskOpened
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
    ReversalReason,
    UseChangeNoticed,
    UseChangeObjected,
)
from contracts.charity.fund import DonationCredited, FundTakenBack
from contracts.ids import DonationId, DonorId, FundId, LotId, NoteRef, OrganisationId
from contracts.terms import Purpose
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context, Fen, PositiveFen
from kit.identity import Role
from policy import end_of
from services.charity.domain.disclosing import correction, use_change
from services.charity.domain.fund import Fund, credited, fund, taken_back
from services.charity.domain.purpose import donation_fits

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


class NoticeUseChange(Command):
    """The donor cannot be reached: another use is announced in public."""

    donation_id: DonationId
    purpose: Purpose


class ObjectToUseChange(Command):
    """The donor answers the public notice: no."""

    donation_id: DonationId


class ChangePurpose(Command):
    """What is in no fund or lot yet gets another purpose, by the donor's consent or after the public notice."""

    donation_id: DonationId
    purpose: Purpose
    consent: NoteRef | None = Field(default=None, description="where the donor's consent stands; none only after the public notice")


class AllocateDonation(Command):
    """Put the whole of a money donation into a fund."""

    donation_id: DonationId
    fund_id: FundId


class ReverseDonation(Command):
    """The bank or the donor takes the money back."""

    donation_id: DonationId
    reason: ReversalReason
    fund_id: FundId | None = Field(default=None, description="where the money is now, if its fund was closed and the rest went on")


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


def issue_receipt(command: IssueReceipt, gift: Donation, context: Context) -> list[DonationReceiptIssued]:
    """The receipt names donor, kind and amount, organisation, handler and date; an anonymous donor's names no donor.

    Raises: Refused("not_received" | "receipt_waived" | "receipt_issued"); Refused("value_missing") for goods without a list value.
    Source: R-CHA-01, C09.
    """
    _require_received(gift)
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


def notice_use_change(command: NoticeUseChange, gift: Donation, context: Context) -> list[UseChangeNoticed]:
    """The other use is announced for the days of the rule; the donor may object until it is done.

    Raises: Refused("not_received" | "already_allocated" | "same_purpose").  Source: R-CHA-03.
    """
    _require_changeable(gift, command.purpose)
    until = context.on + timedelta(days=context.policy.donor_consent_notice_days)
    return [UseChangeNoticed(donation_id=gift.donation_id, purpose=command.purpose, notice_until=until)]


def object_to_use_change(_command: ObjectToUseChange, gift: Donation, _context: Context) -> list[UseChangeObjected]:
    """The use stays as agreed.

    Raises: Refused("no_notice").  Source: R-CHA-03.
    """
    require(gift.notice is not None, "no_notice")
    assert gift.notice is not None  # noqa: S101 - required above
    return [UseChangeObjected(donation_id=gift.donation_id, purpose=gift.notice.purpose)]


def change_purpose(command: ChangePurpose, gift: Donation, context: Context) -> list[DonationPurposeChanged | DisclosureTaskOpened]:
    """The restriction is another one, and that is to be filed and told.

    Raises: Refused("not_received" | "already_allocated" | "same_purpose"); Refused("consent_missing") without consent or notice;
    Refused("notice_running", notice_until).  Source: R-CHA-03, R-CHA-11, section 3.2.
    """
    _require_changeable(gift, command.purpose)
    if command.consent is None:
        _require_noticed(gift.notice, command.purpose, context)
    changed = DonationPurposeChanged(donation_id=gift.donation_id, before=gift.purpose, purpose=command.purpose, consent=command.consent)
    return [changed, use_change(gift.donation_id, context)]


def _require_changeable(gift: Donation, purpose: Purpose) -> None:
    _require_received(gift)
    require(gift.allocated_fen == 0 or gift.left_fen > 0, "already_allocated", fund_id=gift.fund_id)
    require(purpose is not gift.purpose, "same_purpose")


def _require_noticed(notice: UseChangeNoticed | None, purpose: Purpose, context: Context) -> None:
    until = notice.notice_until if notice and notice.purpose is purpose else None
    require(until is not None, "consent_missing")
    assert until is not None  # noqa: S101 - required above
    require(context.occurred_at >= end_of(until), "notice_running", notice_until=until.isoformat())


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
    command: ReverseDonation, gift: Donation, context: Context, holder: Fund
) -> list[DonationReversed | FundTakenBack | ReceiptVoided | DisclosureTaskOpened]:
    """What is neither spent nor reserved of this donation is taken back; the rest is a claim on the donor; the receipt counts no longer.

    What was published about it is to be corrected.
    Raises: Refused("not_received" | "not_money" | "not_in_fund"); Refused("money_moved", fund_id) when the rest went on to another fund.
    Source: ruling 23, SC-17.
    """
    _require_received(gift)
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
            issue_receipt,
            roles={Role.CHARITY_OFFICER},
            example=IssueReceipt(donation_id=_GIFT, organisation_id=OrganisationId("51440308mj00000001")),
        ),
        command(
            notice_use_change,
            roles={Role.CHARITY_OFFICER},
            example=NoticeUseChange(donation_id=_GIFT, purpose=Purpose.EDUCATION),
        ),
        command(object_to_use_change, roles={Role.CHARITY_OFFICER}, example=ObjectToUseChange(donation_id=_GIFT)),
        command(
            change_purpose,
            roles={Role.CHARITY_OFFICER},
            example=ChangePurpose(donation_id=_GIFT, purpose=Purpose.EDUCATION, consent=NoteRef("0190a000-0000-8000-8000-0000000000c1")),
        ),
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
