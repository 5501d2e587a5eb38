"""Where one donated yuan went: received, reserved, paid, to which class of beneficiary (3.9 FundTrace). Amounts are fen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.ids import AllocationId, DonationId, FundId
from contracts.terms import NeedCategory, Purpose
from services.linkage.views.allocation import AllocationRow
from services.linkage.views.donation import DonationRow
from services.linkage.views.facts import Fact
from services.linkage.views.fund import DrawRow, FundRow, Use


@dataclass(frozen=True, kw_only=True, slots=True)
class Spending:
    """What a donation gave to one allocation. category: the class of beneficiary; None while the allocation is not heard of."""

    allocation_id: AllocationId
    category: NeedCategory | None
    household_id: str | None
    reserved_fen: int
    spent_fen: int
    facts: Sequence[Fact]


@dataclass(frozen=True, kw_only=True, slots=True)
class DonationTrace:
    """One donation inside the fund: received = spent + reserved + available + taken back."""

    donation_id: DonationId
    donor_id: str | None
    received_fen: int
    reserved_fen: int
    spent_fen: int
    available_fen: int
    taken_back_fen: int
    claim_fen: int
    receipt: str | None
    spendings: Sequence[Spending]
    facts: Sequence[Fact]


@dataclass(frozen=True, kw_only=True, slots=True)
class FundTrace:
    """One fund with all its donations."""

    fund_id: FundId
    purpose: Purpose
    received_fen: int
    reserved_fen: int
    spent_fen: int
    available_fen: int
    taken_back_fen: int
    donations: Sequence[DonationTrace]


def trace(
    fund: FundRow, draws: Sequence[DrawRow], donations: Mapping[str, DonationRow], allocations: Mapping[str, AllocationRow]
) -> FundTrace:
    """Join the fund's ledger with the donations and the allocations, each told by its own stream."""
    return FundTrace(
        fund_id=fund.fund_id,
        purpose=fund.purpose,
        received_fen=fund.received_fen,
        reserved_fen=fund.reserved_fen,
        spent_fen=fund.spent_fen,
        available_fen=fund.available_fen,
        taken_back_fen=fund.taken_back_fen,
        donations=[_donation(row, donations.get(row.donation_id), allocations) for row in sorted(draws, key=_came)],
    )


def _came(row: DrawRow) -> int:
    return row.facts[0].position


def _donation(row: DrawRow, donation: DonationRow | None, allocations: Mapping[str, AllocationRow]) -> DonationTrace:
    reserved = sum(use.reserved_fen for use in row.uses)
    spent = sum(use.spent_fen for use in row.uses)
    return DonationTrace(
        donation_id=row.donation_id,
        donor_id=donation.donor_id if donation else None,
        received_fen=row.received_fen,
        reserved_fen=reserved,
        spent_fen=spent,
        available_fen=row.received_fen - row.taken_back_fen - reserved - spent,
        taken_back_fen=row.taken_back_fen,
        claim_fen=donation.claim_fen if donation else 0,
        receipt=_receipt(donation),
        spendings=[_spending(use, allocations.get(use.allocation_id)) for use in row.uses if use.reserved_fen or use.spent_fen],
        facts=row.facts,
    )


def _receipt(donation: DonationRow | None) -> str | None:
    """What was disclosed to the donor: a receipt, waived, or voided after a reversal."""
    if donation is None:
        return None
    if donation.receipt_voided:
        return "voided"
    return "waived" if donation.receipt_waived else "issued"


def _spending(use: Use, row: AllocationRow | None) -> Spending:
    return Spending(
        allocation_id=use.allocation_id,
        category=row.category if row else None,
        household_id=row.household_id if row else None,
        reserved_fen=use.reserved_fen,
        spent_fen=use.spent_fen,
        facts=use.facts,
    )
