"""An assessment of a household in four dimensions; when it is final, each need line found is a need of its own (B18)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field

from contracts.ids import AssessmentId, HouseholdId, Month, NeedId, PersonId, SignalId
from contracts.relief.household import HouseholdAssessed
from contracts.relief.need import NeedRegistered
from contracts.relief.need_assessment import AssessmentFinalised, AssessmentOpened, AssessmentSuperseded, DimensionAnswered, NeedLine
from contracts.relief.need_signal import NeedSignalClosed
from contracts.terms import Dimension, Measure, NeedCategory, Period, Urgency
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context, PositiveFen
from kit.identity import Role
from services.relief.domain.household import Household, household
from services.relief.domain.need import check_months
from services.relief.domain.need_signal import NeedSignal, closed_by, need_signal, require_assessable

NeedAssessmentEvent = AssessmentOpened | DimensionAnswered | AssessmentFinalised | AssessmentSuperseded
Stage = Literal["draft", "final", "superseded"]


@dataclass(frozen=True, kw_only=True)
class NeedAssessment:
    """The answers so far; no lines means "none"."""

    assessment_id: AssessmentId = AssessmentId("")
    household_id: HouseholdId | None = None
    signal_id: SignalId | None = None
    answers: Mapping[Dimension, tuple[NeedLine, ...]] = field(default_factory=dict)
    stage: Stage = "draft"

    @property
    def unanswered(self) -> list[Dimension]:
        return [dimension for dimension in Dimension if dimension not in self.answers]

    @property
    def lines(self) -> list[NeedLine]:
        """All need lines found, in the order of the dimensions."""
        return [line for dimension in Dimension for line in self.answers.get(dimension, ())]


def evolve(assessment: NeedAssessment, event: NeedAssessmentEvent) -> NeedAssessment:
    match event:
        case AssessmentOpened(assessment_id=assessment_id, household_id=home, signal_id=signal):
            return replace(assessment, assessment_id=assessment_id, household_id=home, signal_id=signal)
        case DimensionAnswered(dimension=dimension, lines=lines):
            return replace(assessment, answers={**assessment.answers, dimension: lines})
        case AssessmentFinalised():
            return replace(assessment, stage="final")
        case AssessmentSuperseded():
            return replace(assessment, stage="superseded")
        case _:
            assert_never(event)


class FoundNeed(BaseModel):
    """One need found. A `month` need names its first and last month; `gross` is before insurance, of each month for a `month` need."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    category: NeedCategory
    measure: Measure = Measure.FEN
    period: Period = Period.EVENT
    gross: PositiveFen = Field(description="in the need's measure: fen for money")
    person_id: PersonId | None = None
    first_month: Month | None = None
    last_month: Month | None = None
    urgency: Urgency = Urgency.YELLOW


class OpenAssessment(Command):
    """Begin the assessment of a household. `signal_id`: the verified signal that led to it."""

    assessment_id: AssessmentId
    household_id: HouseholdId
    signal_id: SignalId | None = None


class AnswerDimension(Command):
    """Answer one of the four dimensions; no lines means "none". Answering again replaces the answer."""

    assessment_id: AssessmentId
    dimension: Dimension
    lines: tuple[FoundNeed, ...] = Field(default=(), max_length=20)


class FinaliseAssessment(Command):
    """Make the assessment final: its needs are registered."""

    assessment_id: AssessmentId


class SupersedeAssessment(Command):
    """A newer assessment replaces this one; needs that are over are closed one by one."""

    assessment_id: AssessmentId
    replaced_by: AssessmentId


def open_assessment(
    command: OpenAssessment, _assessment: NeedAssessment, _context: Context, home: Household, signal: NeedSignal
) -> list[AssessmentOpened]:
    """The household's assessment is a draft.

    Raises: Refused("household_closed" | "signal_not_verified" | "other_household").  Source: B18, A07, SG-01.
    """
    require(home.is_open, "household_closed")
    if command.signal_id is not None:
        require_assessable(signal, command.household_id)
    return [AssessmentOpened(**command.model_dump(exclude={"occurred_at"}))]


def answer(command: AnswerDimension, assessment: NeedAssessment, context: Context, home: Household) -> list[DimensionAnswered]:
    """The dimension has this answer and no other.

    Raises: Refused("not_draft" | "not_a_member" | "month_missing" | "month_not_wanted" | "months_reversed").  Source: B18, ruling 2.
    """
    require(assessment.stage == "draft", "not_draft", stage=assessment.stage)
    for found in command.lines:
        require(found.person_id is None or found.person_id in home.members, "not_a_member", person_id=found.person_id)
        check_months(found.period, found.first_month, found.last_month)
    lines = tuple(_line(found, command.dimension, context.new_id(f"need-{number}")) for number, found in enumerate(command.lines))
    return [DimensionAnswered(assessment_id=assessment.assessment_id, dimension=command.dimension, lines=lines)]


def _line(found: FoundNeed, dimension: Dimension, need_id: str) -> NeedLine:
    return NeedLine(need_id=NeedId(need_id), dimension=dimension, **found.model_dump())


def finalise(
    _command: FinaliseAssessment, assessment: NeedAssessment, _context: Context, home: Household, signal: NeedSignal
) -> list[AssessmentFinalised | HouseholdAssessed | NeedRegistered | NeedSignalClosed]:
    """The assessment is final, the household knows it, every line found is a registered need, its signal is closed, all in one append.

    Raises: Refused("not_draft" | "household_closed"); Refused("dimension_unanswered", dimensions).  Source: B18, SG-01, ruling 5.
    """
    require(assessment.stage == "draft", "not_draft", stage=assessment.stage)
    require(home.is_open, "household_closed")
    require(not assessment.unanswered, "dimension_unanswered", dimensions=assessment.unanswered)
    final = AssessmentFinalised(assessment_id=assessment.assessment_id, household_id=home.household_id)
    assessed = HouseholdAssessed(household_id=home.household_id, assessment_id=assessment.assessment_id, needs=len(assessment.lines))
    needs = [_registered(line, assessment, home) for line in assessment.lines]
    return [final, assessed, *needs, *closed_by(assessment.assessment_id, signal)]


def _registered(line: NeedLine, assessment: NeedAssessment, home: Household) -> NeedRegistered:
    return NeedRegistered(
        need_id=line.need_id,
        household_id=home.household_id,
        category=line.category,
        dimension=line.dimension,
        measure=line.measure,
        period=line.period,
        gross=line.gross,
        person_id=line.person_id,
        assessment_id=assessment.assessment_id,
        first_month=line.first_month,
        last_month=line.last_month,
        urgency=line.urgency,
    )


def supersede(command: SupersedeAssessment, assessment: NeedAssessment, _context: Context) -> list[AssessmentSuperseded]:
    """A newer assessment stands in this one's place; the needs registered from it stay until they are closed.

    Raises: Refused("already_superseded" | "replaces_itself").  Source: section 3.2.
    """
    require(assessment.stage != "superseded", "already_superseded")
    require(command.replaced_by != assessment.assessment_id, "replaces_itself")
    return [AssessmentSuperseded(assessment_id=assessment.assessment_id, replaced_by=command.replaced_by)]


_ID = "0190a000-0000-8000-8000-0000000000"
_ASSESSMENT, _NEXT, _HOME = AssessmentId(f"{_ID}05"), AssessmentId(f"{_ID}06"), HouseholdId(f"{_ID}02")
_LIVING = FoundNeed(
    category=NeedCategory.LIVING, period=Period.MONTH, gross=149_500, first_month=Month("2022-05"), last_month=Month("2023-04")
)

need_assessment = Aggregate(
    "need-assessment",
    id="assessment_id",
    state=NeedAssessment,
    evolve=evolve,
    key="household_id",
    area=household.by("household_id"),
    commands=[
        command(
            open_assessment,
            stream="new",
            also=[household.by("household_id"), need_signal.by("signal_id")],
            roles={Role.CASEWORKER},
            example=OpenAssessment(assessment_id=_ASSESSMENT, household_id=_HOME),
        ),
        command(
            answer,
            also=[household.by("household_id")],
            roles={Role.CASEWORKER},
            example=AnswerDimension(assessment_id=_ASSESSMENT, dimension=Dimension.MATERIAL, lines=(_LIVING,)),
        ),
        command(
            finalise,
            also=[household.by("household_id"), need_signal.by("signal_id")],
            roles={Role.CASEWORKER},
            example=FinaliseAssessment(assessment_id=_ASSESSMENT),
        ),
        command(supersede, roles={Role.CASEWORKER}, example=SupersedeAssessment(assessment_id=_ASSESSMENT, replaced_by=_NEXT)),
    ],
)
