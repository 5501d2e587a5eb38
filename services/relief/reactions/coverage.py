"""Charity's money for a need: what it set aside is offered, what it paid is delivered, what it took back is open again (rulings 3, 9, 11).

Charity's events of one household arrive in the order it wrote them. An allocation's id is the id of its line on the need.
"""

from __future__ import annotations

from collections.abc import Iterable

from contracts.charity.allocation import AidReturned, AllocationPaid, AllocationReleased, AllocationReserved
from contracts.envelope import Meta
from contracts.ids import LineId
from contracts.terms import Layer, Scheme
from kit.command import Command
from kit.reaction import Reaction
from services.relief.domain.need import DeliverCoverage, OfferCoverage, ReverseCoverage, TrimCoverage
from services.relief.domain.referral import CoverReferral


def offer(event: AllocationReserved, meta: Meta) -> Iterable[Command]:
    """The need answers how much of the reservation it accepts (`CoverageCommitted`, `CoverageRefused`)."""
    return [
        OfferCoverage(
            need_id=event.need_id,
            household_id=event.household_id,
            line_id=LineId(event.allocation_id),
            layer=Layer.CHARITY,
            scheme=Scheme.CHARITY,
            amount=event.amount_fen,
            occurred_at=meta.occurred_at,
        )
    ]


def deliver(event: AllocationPaid, meta: Meta) -> Iterable[Command]:
    """The payment is delivered coverage, and the referral it came from knows of it."""
    line_id, when = LineId(event.allocation_id), meta.occurred_at
    yield DeliverCoverage(need_id=event.need_id, line_id=line_id, amount=event.amount_fen, occurred_at=when)
    if event.referral_id is not None:
        yield CoverReferral(referral_id=event.referral_id, amount=event.amount_fen, occurred_at=when)


def trim(event: AllocationReleased, meta: Meta) -> Iterable[Command]:
    """Of the line only what charity kept still counts."""
    return [TrimCoverage(need_id=event.need_id, line_id=LineId(event.allocation_id), kept=event.kept_fen, occurred_at=meta.occurred_at)]


def reverse(event: AidReturned, meta: Meta) -> Iterable[Command]:
    """What the family gave back no longer counts (SC-17)."""
    return [
        ReverseCoverage(need_id=event.need_id, line_id=LineId(event.allocation_id), amount=event.amount_fen, occurred_at=meta.occurred_at)
    ]


on_allocation_reserved = Reaction("charity-offer", on=AllocationReserved, record=offer)
on_allocation_paid = Reaction("charity-delivery", on=AllocationPaid, record=deliver)
on_allocation_released = Reaction("charity-release", on=AllocationReleased, record=trim)
on_aid_returned = Reaction("charity-return", on=AidReturned, record=reverse)

coverage_reactions = (on_allocation_reserved, on_allocation_paid, on_allocation_released, on_aid_returned)
