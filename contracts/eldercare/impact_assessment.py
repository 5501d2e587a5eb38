"""Facts about an impact assessment (个人信息保护影响评估) of a processing of faces (R-ELD-07, R-PI-05)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import ImpactAssessmentId, NoteRef


class Processing(StrEnum):
    """What was assessed."""

    FACE_CHECK_IN = "face_check_in"  # 长者食堂人脸识别
    FACE_LOAN = "face_loan"  # 助行器具刷脸借用


class AssessmentOutcome(StrEnum):
    ACCEPTABLE = "acceptable"  # 风险可接受
    WITH_MEASURES = "with_measures"  # 采取措施后可接受
    NOT_ACCEPTABLE = "not_acceptable"  # 不可接受


@event("eldercare.impact-assessment.made", version=1, stream="assessment_id")
class ImpactAssessmentMade(Event):
    """Before faces are processed somebody assessed what that means for people; the report is kept up to a day. Source: R-ELD-07, R-PI-05."""

    assessment_id: ImpactAssessmentId
    processing: Processing
    outcome: AssessmentOutcome
    made_on: date
    keep_until: date
    report: NoteRef
