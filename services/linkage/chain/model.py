"""What a chain consists of: needs, slots, lines, aid outside a need, members, reviews. Amounts are in the need's measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from contracts.ids import AreaCode, HouseholdId, LineId, Month, NeedId, PersonId
from contracts.relief.entitlement import StopReason
from contracts.terms import ClosingCode, Dimension, Layer, Measure, NeedCategory, Period, Scheme, Status, Urgency
from kit.clock import month_of
from services.linkage.giving import Giver, OpenCase
from services.linkage.views.accepted import Refusal
from services.linkage.views.facts import EVENT_SLOT, Amounts, Fact, Move
from services.linkage.views.household import StatusSpan, Stay
from services.linkage.views.need import PayerLine
from services.linkage.views.referral import ReferralRow
from services.linkage.views.vital import Death


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line in one slot of a need. `residual_after`: what was still open once it and all lines before it counted.

    said: what the giver itself says of the line; None while its topic is behind.
    """

    line_id: LineId
    layer: Layer
    scheme: Scheme | None
    giver: Giver
    slot: str
    offered: int
    amounts: Amounts
    residual_after: int
    source: Fact
    facts: Sequence[Fact]
    moves: Sequence[Move]
    said: Amounts | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One month of a `month` need, or the whole life of an `event` need."""

    slot: str
    gross: int
    payers: Sequence[PayerLine]
    net: int
    lines: Sequence[Line]
    residual: int

    @property
    def covered(self) -> int:
        return sum(line.amounts.covering for line in self.lines)

    def begun(self, as_of: date) -> bool:
        """Matrix and detections look at months up to the current one (ruling 9)."""
        return self.slot == EVENT_SLOT or self.slot <= month_of(as_of)


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedOffer:
    """An offer of which the need accepted nothing."""

    line_id: LineId
    layer: Layer
    giver: Giver
    offered: int
    refusal: Refusal


@dataclass(frozen=True, kw_only=True, slots=True)
class NeedChain:
    """One need with everything that covers it. `residual`: over the months up to the current one."""

    need_id: NeedId
    category: NeedCategory
    dimension: Dimension
    measure: Measure
    period: Period
    urgency: Urgency
    person_id: PersonId | None
    registered: Fact
    closed_as: ClosingCode | None
    slots: Sequence[Slot]
    residual: int
    refused: Sequence[RefusedOffer]
    cases: Sequence[OpenCase]
    referrals: Sequence[ReferralRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideLine:
    """Aid that names no need: in totals, never in a residual (ruling 5). Goods stand at list value, beside the money (ruling 12)."""

    scheme: Scheme
    giver: Giver
    month: Month
    measure: Measure
    quantity: int
    delivered_fen: int
    list_value_fen: int
    facts: Sequence[Fact]


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A person's stays in the household and the death that holds, if any."""

    person_id: PersonId
    present: bool
    stays: Sequence[Stay]
    death: Death | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """An entitlement that a person must look at: at its review month, or because something happened (`reason`)."""

    entitlement_id: str
    scheme: Scheme
    due_month: Month
    reason: StopReason | None
    source: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class AidChain:
    """One household's chain at the end of a day."""

    household_id: HouseholdId
    area: AreaCode
    as_of: date
    opened: Fact
    closed: Fact | None
    status: Status | None
    statuses: Sequence[StatusSpan]
    members: Sequence[Member]
    needs: Sequence[NeedChain]
    outside: Sequence[OutsideLine]
    referrals: Sequence[ReferralRow]
    reviews: Sequence[Review]
