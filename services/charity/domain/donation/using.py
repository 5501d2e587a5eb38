"""A donation is put to its use, or to another one by the donor's consent or after a public notice (R-CHA-03, C09)."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from contracts.charity.disclosure_task import DisclosureTaskOpened
from contracts.charity.donation import (
    DonationAllocated,
    DonationKind,
    DonationPurposeChanged,
    UseChangeNoticed,
    UseChangeObjected,
)
from contracts.charity.fund import DonationCredited
from contracts.ids import DonationId, FundId, LotId, NoteRef
from contracts.terms import Purpose
from kit.aggregate import require
from kit.command import Command, Context
from policy import end_of
from services.charity.domain.disclosing import use_change
from services.charity.domain.donation.state import Donation
from services.charity.domain.fund import Fund, credited
from services.charity.domain.purpose import donation_fits


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
    gift.require_received()
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
    gift.require_received()
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
    gift.require_received()
    require(gift.kind is DonationKind.GOODS, "not_goods")
    require(value_fen <= gift.left_fen, "above_donation", left_fen=gift.left_fen)
    return DonationAllocated(donation_id=gift.donation_id, amount_fen=value_fen, lot_id=lot_id)
