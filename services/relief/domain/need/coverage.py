"""How lines enter, move and leave a need: the facts that relief's own aid appends beside its grants and payments.

Each function gives the events for the need's stream; the caller returns them with its own, so that both share one append (ruling 20 of the
design). L1 and decisions of other departments enter whole, whatever the residual (ruling 3).
"""

from __future__ import annotations

from collections.abc import Mapping

from contracts.ids import HouseholdId, LineId, Month, ReferralId
from contracts.relief.need import (
    CoverageCommitted,
    CoverageDelivered,
    CoverageReleased,
    CoverageReversed,
    NeedReopened,
    UnmetNeedRecorded,
    UnmetReason,
)
from contracts.terms import Layer, Period, Scheme
from kit.aggregate import require
from kit.clock import next_month
from services.relief.domain.need.state import Need, evolve


def committed(
    need: Need, line_id: LineId, layer: Layer, scheme: Scheme, amount: int, months: tuple[Month, Month] | None = None
) -> CoverageCommitted:
    """A line of relief's own enters the need in the granting append, whole (ruling 3)."""
    first, last = months if months and need.period is Period.MONTH else (None, None)
    return CoverageCommitted(
        need_id=need.need_id,
        household_id=home_of(need),
        line_id=line_id,
        layer=layer,
        scheme=scheme,
        offered=amount,
        amount=amount,
        first_month=first,
        last_month=last,
    )


def unmet(need: Need, reason: UnmetReason, referral_id: ReferralId) -> UnmetNeedRecorded:
    """Nobody helps with what is open now, and why: said in the append that closes a referral (section 3.5)."""
    return UnmetNeedRecorded(
        need_id=need.need_id,
        household_id=home_of(need),
        category=need.category,
        residual=need.open_amount(),
        reason=reason,
        referral_id=referral_id,
    )


def delivered(need: Need, line_id: LineId, amount: int, month: Month | None = None) -> list[CoverageDelivered]:
    """The amount of a line moves from committed to delivered.

    Raises: Refused("above_committed", committed).
    """
    slot = need.slot(month)
    _require_committed(need, line_id, amount, slot)
    return [CoverageDelivered(need_id=need.need_id, household_id=home_of(need), line_id=line_id, amount=amount, month=slot)]


def released(need: Need, line_id: LineId, amount: int, month: Month | None = None) -> list[CoverageReleased]:
    """A committed amount is open again; none for zero.

    Raises: Refused("above_committed", committed).
    """
    if amount == 0:
        return []
    slot = need.slot(month)
    _require_committed(need, line_id, amount, slot)
    return [CoverageReleased(need_id=need.need_id, household_id=home_of(need), line_id=line_id, amount=amount, month=slot)]


def reversed_line(need: Need, line_id: LineId, amount: int, month: Month | None = None) -> list[CoverageReversed | NeedReopened]:
    """A delivered amount came back; a closed need whose residual became positive is open again.

    Raises: Refused("above_delivered", delivered).
    """
    slot = need.slot(month)
    standing = need.portion(line_id, slot).delivered
    require(amount <= standing, "above_delivered", delivered=standing)
    event = CoverageReversed(need_id=need.need_id, household_id=home_of(need), line_id=line_id, amount=amount, month=slot)
    if need.closed is not None and evolve(need, event).residual(slot) > 0:
        return [event, NeedReopened(need_id=need.need_id, household_id=home_of(need))]
    return [event]


def restated(
    need: Need, line_id: LineId, layer: Layer, scheme: Scheme, amounts: Mapping[Month, int]
) -> list[CoverageCommitted | CoverageReleased]:
    """The line stands at the amount given for each month: differences are committed or released; what was delivered stays (ruling 9)."""
    gaps = [(month, amount - need.portion(line_id, month).total) for month, amount in sorted(amounts.items())]
    rises = [committed(need, line_id, layer, scheme, gap, (first, last)) for first, last, gap in _ranges(gaps) if gap > 0]
    falls = [event for month, gap in gaps if gap < 0 for event in _lowered(need, line_id, -gap, month)]
    return [*rises, *falls]


def _lowered(need: Need, line_id: LineId, amount: int, month: Month) -> list[CoverageReleased]:
    return released(need, line_id, min(amount, need.portion(line_id, month).committed), month)


def _ranges(gaps: list[tuple[Month, int]]) -> list[tuple[Month, Month, int]]:
    """Neighbouring months with the same gap as (first, last, gap)."""
    ranges: list[tuple[Month, Month, int]] = []
    for month, gap in gaps:
        if ranges and ranges[-1][2] == gap and next_month(ranges[-1][1]) == month:
            ranges[-1] = (ranges[-1][0], month, gap)
        else:
            ranges.append((month, month, gap))
    return ranges


def _require_committed(need: Need, line_id: LineId, amount: int, slot: Month | None) -> None:
    standing = need.portion(line_id, slot).committed
    require(amount <= standing, "above_committed", committed=standing)


def home_of(need: Need) -> HouseholdId:
    """The household of a registered need."""
    assert need.household_id is not None  # noqa: S101 - every registered need has one
    return need.household_id
