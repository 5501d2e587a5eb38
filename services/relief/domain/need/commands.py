"""What may be asked of a need, and in which shape."""

from __future__ import annotations

from pydantic import Field

from contracts.ids import HouseholdId, LineId, Month, NeedId, PersonId
from contracts.relief.need import NoReferralReason
from contracts.terms import ClosingCode, Dimension, Layer, Measure, NeedCategory, Period, PriorPayer, Scheme, Urgency
from kit.command import Command, PositiveFen


class RegisterNeed(Command):
    """Record that a household lacks something. A `month` need names its first and last month; `gross` is before insurance."""

    need_id: NeedId
    household_id: HouseholdId
    person_id: PersonId | None = None
    category: NeedCategory
    dimension: Dimension = Dimension.MATERIAL
    measure: Measure = Measure.FEN
    period: Period = Period.EVENT
    gross: PositiveFen = Field(description="in the need's measure: fen for money")
    first_month: Month | None = None
    last_month: Month | None = None
    urgency: Urgency = Urgency.YELLOW


class ChangeNeed(Command):
    """The gross amount is another, for a `month` need from first to last month."""

    need_id: NeedId
    gross: PositiveFen = Field(description="in the need's measure: fen for money")
    first_month: Month | None = None
    last_month: Month | None = None


class RecordPriorPayer(Command):
    """Insurance or another payer before assistance covers a part."""

    need_id: NeedId
    line_id: LineId
    payer: PriorPayer
    amount: PositiveFen = Field(description="in the need's measure: fen for money")
    month: Month | None = None


class OfferCoverage(Command):
    """A giver outside relief reserved an amount and asks how much of it the need accepts (ruling 3)."""

    need_id: NeedId
    household_id: HouseholdId
    line_id: LineId
    layer: Layer
    scheme: Scheme
    measure: Measure = Measure.FEN
    amount: PositiveFen
    first_month: Month | None = None
    last_month: Month | None = None


class DeliverCoverage(Command):
    """A giver outside relief delivered a part of its line."""

    need_id: NeedId
    line_id: LineId
    amount: PositiveFen
    month: Month | None = None


class TrimCoverage(Command):
    """A giver outside relief gave back all of its line but `kept`."""

    need_id: NeedId
    line_id: LineId
    kept: int = Field(strict=True, ge=0)


class ReverseCoverage(Command):
    """Delivered aid came back to a giver outside relief."""

    need_id: NeedId
    line_id: LineId
    amount: PositiveFen
    month: Month | None = None


class ExplainNoReferral(Command):
    """Say why the need is referred to nobody."""

    need_id: NeedId
    reason: NoReferralReason


class CloseNeed(Command):
    """Nothing more is to be done for the need."""

    need_id: NeedId
    code: ClosingCode
