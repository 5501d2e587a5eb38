"""An impact assessment (个人信息保护影响评估) before faces are processed, kept for the years of the pack (R-ELD-07, R-PI-05)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from contracts.eldercare.impact_assessment import AssessmentOutcome, ImpactAssessmentMade, Processing
from contracts.ids import ImpactAssessmentId, NoteRef
from kit.aggregate import Aggregate, command
from kit.command import Command, Context
from kit.identity import Role
from policy.calendar import add_months


@dataclass(frozen=True, kw_only=True)
class ImpactAssessment:
    """What it was of, and how it came out."""

    processing: Processing | None = None
    outcome: AssessmentOutcome | None = None

    def allows(self, processing: Processing) -> bool:
        """It was of this processing, and did not find it unacceptable."""
        return self.processing is processing and self.outcome is not AssessmentOutcome.NOT_ACCEPTABLE


def evolve(_assessment: ImpactAssessment, event: ImpactAssessmentMade) -> ImpactAssessment:
    match event:
        case ImpactAssessmentMade(processing=processing, outcome=outcome):
            return ImpactAssessment(processing=processing, outcome=outcome)
        case _:
            assert_never(event)


class RecordAssessment(Command):
    """Somebody assessed what the processing of faces means for people."""

    assessment_id: ImpactAssessmentId
    processing: Processing
    outcome: AssessmentOutcome
    report: NoteRef


def record(command: RecordAssessment, _assessment: ImpactAssessment, context: Context) -> list[ImpactAssessmentMade]:
    """The assessment is on record and its report is kept for the pack's years. Source: R-ELD-07, R-PI-05."""
    keep_until = add_months(context.on, 12 * context.policy.impact_assessment_keep_years)
    return [ImpactAssessmentMade(**command.model_dump(exclude={"occurred_at"}), made_on=context.on, keep_until=keep_until)]


_ID = "0190a000-0000-8000-8000-0000000000"

impact_assessment = Aggregate(
    "impact-assessment",
    id="assessment_id",
    state=ImpactAssessment,
    evolve=evolve,
    commands=[
        command(
            record,
            stream="new",
            roles={Role.DISTRICT_OFFICER},
            example=RecordAssessment(
                assessment_id=ImpactAssessmentId(f"{_ID}f1"),
                processing=Processing.FACE_CHECK_IN,
                outcome=AssessmentOutcome.WITH_MEASURES,
                report=NoteRef(f"{_ID}f2"),
            ),
        )
    ],
)
