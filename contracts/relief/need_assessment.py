"""Facts about a need assessment: four dimensions, need lines, then final (B18)."""

from __future__ import annotations

from contracts.envelope import Event, event
from contracts.ids import AssessmentId, HouseholdId, Month, NeedId, PersonId, SignalId
from contracts.terms import Dimension, Measure, NeedCategory, Period, Urgency


class NeedLine(Event):
    """One need found: category, dimension, gross amount in its measure, period. `person_id`: whose need, where it is one person's."""

    need_id: NeedId
    category: NeedCategory
    dimension: Dimension
    measure: Measure
    period: Period
    gross: int
    person_id: PersonId | None = None
    first_month: Month | None = None
    last_month: Month | None = None
    urgency: Urgency = Urgency.YELLOW


@event("relief.need-assessment.opened", version=1, stream="assessment_id")
class AssessmentOpened(Event):
    """An assessment of a household began. `signal_id`: the verified signal that led to it. Source: B18, SG-01."""

    assessment_id: AssessmentId
    household_id: HouseholdId
    signal_id: SignalId | None = None


@event("relief.need-assessment.dimension-answered", version=1, stream="assessment_id")
class DimensionAnswered(Event):
    """One of the four dimensions was answered; no lines means "none". Answering again replaces the answer. Source: B18."""

    assessment_id: AssessmentId
    dimension: Dimension
    lines: tuple[NeedLine, ...] = ()


@event("relief.need-assessment.finalised", version=1, stream="assessment_id")
class AssessmentFinalised(Event):
    """All four dimensions were answered; the needs are registered in the same append. Source: B18."""

    assessment_id: AssessmentId
    household_id: HouseholdId


@event("relief.need-assessment.superseded", version=1, stream="assessment_id")
class AssessmentSuperseded(Event):
    """A newer assessment replaces this one. Source: section 3.2."""

    assessment_id: AssessmentId
    replaced_by: AssessmentId
