"""Facts about a consent to face recognition (人脸识别单独同意). The template itself is never here (R-ELD-07)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.eldercare.impact_assessment import Processing
from contracts.envelope import Event, event
from contracts.ids import AreaCode, FaceConsentId, ImpactAssessmentId, NoteRef, PersonId


class ConsentGiver(StrEnum):
    """Who consented."""

    SELF = "self"  # 本人
    GUARDIAN = "guardian"  # 监护人


class ConsentEnd(StrEnum):
    WITHDRAWN = "withdrawn"  # 撤回同意
    SERVICE_ENDED = "service_ended"  # 服务终止
    DECEASED = "deceased"  # 去世


@event("eldercare.face-consent.given", version=1, stream="consent_id")
class FaceConsentGiven(Event):
    """The person agreed to this one processing, apart from anything else; `assessment_id`: what was assessed before. Source: R-ELD-07, R-PI-02."""

    consent_id: FaceConsentId
    person_id: PersonId
    area: AreaCode
    processing: Processing
    giver: ConsentGiver
    given_on: date
    paper: NoteRef
    assessment_id: ImpactAssessmentId


@event("eldercare.face-consent.ended", version=1, stream="consent_id")
class FaceConsentEnded(Event):
    """From now on no template of the face may be kept. Meals and wheelchairs are had as before, without it. Source: R-ELD-07, R-PI-10."""

    consent_id: FaceConsentId
    person_id: PersonId
    area: AreaCode
    processing: Processing
    reason: ConsentEnd
    ended_on: date
