"""What a need holds, and how each fact changes it: gross, prior payers and lines by slot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from contracts.ids import HouseholdId, LineId, Month, NeedId
from contracts.relief.need import (
    CoverageCommitted,
    CoverageDelivered,
    CoverageRefused,
    CoverageReleased,
    CoverageReversed,
    NeedChanged,
    NeedClosed,
    NeedRegistered,
    NeedReopened,
    NoReferralExplained,
    NoReferralReason,
    PriorPayerRecorded,
    UnmetNeedRecorded,
)
from contracts.terms import ClosingCode, Measure, NeedCategory, Period, Urgency
from kit.clock import months_between
from kit.errors import Refused

NeedEvent = (
    NeedRegistered
    | NeedChanged
    | PriorPayerRecorded
    | CoverageCommitted
    | CoverageRefused
    | CoverageDelivered
    | CoverageReleased
    | CoverageReversed
    | NoReferralExplained
    | NeedClosed
    | NeedReopened
)
Slot = Month | None
"""Where an amount counts: a month of a `month` need, None for an `event` need (ruling 2)."""


@dataclass(frozen=True, kw_only=True)
class Portion:
    """What one line gives in one slot, each amount in exactly one state (ruling 1)."""

    committed: int = 0
    delivered: int = 0

    @property
    def total(self) -> int:
        return self.committed + self.delivered


@dataclass(frozen=True, kw_only=True)
class Need:
    """Gross, prior payers and lines by slot. Amounts are in the need's measure."""

    need_id: NeedId = NeedId("")
    household_id: HouseholdId | None = None
    category: NeedCategory = NeedCategory.LIVING
    measure: Measure = Measure.FEN
    period: Period = Period.EVENT
    urgency: Urgency = Urgency.YELLOW
    gross_by_slot: Mapping[Slot, int] = field(default_factory=dict)
    payers_by_slot: Mapping[Slot, int] = field(default_factory=dict)
    payer_lines: frozenset[LineId] = frozenset()
    lines: Mapping[LineId, Mapping[Slot, Portion]] = field(default_factory=dict)
    refused: frozenset[LineId] = frozenset()
    no_referral: NoReferralReason | None = None
    closed: ClosingCode | None = None

    def net(self, slot: Slot) -> int:
        """Gross less prior payers, never below zero (ruling 1)."""
        return max(0, self.gross_by_slot.get(slot, 0) - self.payers_by_slot.get(slot, 0))

    def covered(self, slot: Slot) -> int:
        """Committed and delivered by all lines in a slot."""
        return sum(portions[slot].total for portions in self.lines.values() if slot in portions)

    def residual(self, slot: Slot = None) -> int:
        """What is still open in a slot, never below zero (ruling 1)."""
        return max(0, self.net(slot) - self.covered(slot))

    def open_amount(self) -> int:
        """The residual of the whole need: over its months for a `month` need."""
        return sum(self.residual(slot) for slot in self.gross_by_slot)

    def portion(self, line_id: LineId, slot: Slot) -> Portion:
        return self.lines.get(line_id, {}).get(slot, Portion())

    def month_of_line(self, line_id: LineId, month: Month | None) -> Month | None:
        """The month named; without one, that of a line which stands in a single month (its giver knows no months)."""
        slots = list(self.lines.get(line_id, {}))
        return slots[0] if month is None and len(slots) == 1 else month

    def slot(self, month: Month | None) -> Slot:
        """Where an amount for a month counts: an `event` need has one slot."""
        return None if self.period is Period.EVENT else month

    def slots(self, first: Month | None, last: Month | None) -> list[Slot]:
        """The slots an amount counts in: the months named for a `month` need, else the one slot.

        Raises: Refused("month_missing").
        """
        if self.period is Period.EVENT:
            return [None]
        if first is None or last is None:
            raise Refused("month_missing", need_id=self.need_id)
        return [Month(month) for month in months_between(first, last)]


def evolve(need: Need, event: NeedEvent) -> Need:
    match event:
        case NeedRegistered():
            return _registered(need, event)
        case NeedChanged(gross=gross, first_month=first, last_month=last):
            return replace(need, gross_by_slot={**need.gross_by_slot, **dict.fromkeys(need.slots(first, last), gross)})
        case PriorPayerRecorded():
            return _paid_before(need, event)
        case CoverageRefused(line_id=line):
            return replace(need, refused=need.refused | {line})
        case CoverageCommitted() | CoverageDelivered() | CoverageReleased() | CoverageReversed():
            return _with_line(need, event.line_id, _changes(need, event))
        case NoReferralExplained(reason=reason):
            return replace(need, no_referral=reason)
        case UnmetNeedRecorded():
            return need  # it stays as open as it was
        case NeedClosed(code=code):
            return replace(need, closed=code)
        case NeedReopened():
            return replace(need, closed=None)
        case _:
            assert_never(event)


def _registered(need: Need, event: NeedRegistered) -> Need:
    opened = replace(
        need,
        need_id=event.need_id,
        household_id=event.household_id,
        category=event.category,
        measure=event.measure,
        period=event.period,
        urgency=event.urgency,
    )
    return replace(opened, gross_by_slot=dict.fromkeys(opened.slots(event.first_month, event.last_month), event.gross))


def _paid_before(need: Need, event: PriorPayerRecorded) -> Need:
    slot = need.slot(event.month)
    payers = {**need.payers_by_slot, slot: need.payers_by_slot.get(slot, 0) + event.amount}
    return replace(need, payers_by_slot=payers, payer_lines=need.payer_lines | {event.line_id})


def _changes(
    need: Need, event: CoverageCommitted | CoverageDelivered | CoverageReleased | CoverageReversed
) -> Mapping[Slot, tuple[int, int]]:
    """By slot, how much more is committed and delivered."""
    match event:
        case CoverageCommitted(amount=amount, first_month=first, last_month=last):
            return dict.fromkeys(need.slots(first, last), (amount, 0))
        case CoverageDelivered(amount=amount, month=month):
            return {need.slot(month): (-amount, amount)}
        case CoverageReleased(amount=amount, month=month):
            return {need.slot(month): (-amount, 0)}
        case CoverageReversed(amount=amount, month=month):
            return {need.slot(month): (0, -amount)}


def _with_line(need: Need, line_id: LineId, changes: Mapping[Slot, tuple[int, int]]) -> Need:
    portions = dict(need.lines.get(line_id, {}))
    for slot, (committed, delivered) in changes.items():
        before = portions.get(slot, Portion())
        portions[slot] = Portion(committed=before.committed + committed, delivered=before.delivered + delivered)
    return replace(need, lines={**need.lines, line_id: portions})
