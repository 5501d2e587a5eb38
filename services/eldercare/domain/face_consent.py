"""A consent to one processing of the face (人脸识别单独同意): given apart, by the guardian for who is under 14, ended at any time (R-ELD-07).

Templates of faces are not kept here; whoever keeps them may do so while this says that somebody agreed. Nothing else depends on it: meal,
subsidy and wheelchair are the same by card or code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from pydantic import Field

from contracts.eldercare.face_consent import ConsentEnd, ConsentGiver, FaceConsentEnded, FaceConsentGiven
from contracts.eldercare.impact_assessment import Processing
from contracts.ids import AreaCode, FaceConsentId, ImpactAssessmentId, NoteRef, PersonId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from kit.store.model import IndexChange, ReleaseAll, Take
from services.eldercare.domain.impact_assessment import ImpactAssessment, impact_assessment

FaceConsentEvent = FaceConsentGiven | FaceConsentEnded


@dataclass(frozen=True, kw_only=True)
class FaceConsent:
    """What was agreed to, and whether still."""

    given: FaceConsentGiven | None = None
    area: AreaCode | None = None
    ended: ConsentEnd | None = None

    @property
    def consent(self) -> FaceConsentGiven:
        assert self.given is not None  # noqa: S101 - every consent begins with its giving
        return self.given


def evolve(consent: FaceConsent, event: FaceConsentEvent) -> FaceConsent:
    match event:
        case FaceConsentGiven(area=area):
            return FaceConsent(given=event, area=area)
        case FaceConsentEnded(reason=reason):
            return replace(consent, ended=reason)
        case _:
            assert_never(event)


class GiveConsent(Command):
    """A person agrees that the face is used for one thing."""

    consent_id: FaceConsentId
    person_id: PersonId
    area: AreaCode
    processing: Processing
    giver: ConsentGiver = ConsentGiver.SELF
    under_14: bool = Field(default=False, description="the officer saw that the person is under 14")
    paper: NoteRef
    assessment_id: ImpactAssessmentId


class EndConsent(Command):
    """The face is used no longer."""

    consent_id: FaceConsentId
    reason: ConsentEnd


def give(command: GiveConsent, _consent: FaceConsent, context: Context, assessment: ImpactAssessment) -> list[FaceConsentGiven]:
    """The face may be used for this, after it was assessed what that means.

    Raises: Refused("guardian_needed") for who is under 14; Refused("not_assessed"): the assessment is of something else, or forbids it;
    Refused("claimed") while a consent to the same stands.  Source: R-ELD-07, R-PI-02, R-PI-05.
    """
    require(not command.under_14 or command.giver is ConsentGiver.GUARDIAN, "guardian_needed")
    require(assessment.allows(command.processing), "not_assessed", processing=command.processing)
    return [FaceConsentGiven(**command.model_dump(exclude={"occurred_at", "under_14"}), given_on=context.on)]


def end(command: EndConsent, consent: FaceConsent, context: Context) -> list[FaceConsentEnded]:
    """No template may be kept from now on; the person may agree anew.

    Raises: Refused("already_ended", reason).  Source: R-ELD-07, R-PI-10.
    """
    require(consent.ended is None, "already_ended", reason=consent.ended)
    given = consent.consent
    return [
        FaceConsentEnded(
            consent_id=given.consent_id,
            person_id=given.person_id,
            area=given.area,
            processing=given.processing,
            reason=command.reason,
            ended_on=context.on,
        )
    ]


def index(event: FaceConsentEvent) -> Iterable[IndexChange]:
    """One consent a person and processing (claim), while it stands."""
    match event:
        case FaceConsentGiven(person_id=person, processing=processing):
            return [Take("face-consent", f"{processing}/{person}")]
        case FaceConsentEnded():
            return [ReleaseAll()]
        case _:
            assert_never(event)


_ID = "0190a000-0000-8000-8000-0000000000"
_CONSENT = FaceConsentId(f"{_ID}f3")
_WHO = {Role.CARE_WORKER, Role.CASEWORKER, Role.DISTRICT_OFFICER}

face_consent = Aggregate(
    "face-consent",
    id="consent_id",
    state=FaceConsent,
    evolve=evolve,
    index=index,
    area="area",
    commands=[
        command(
            give,
            stream="new",
            also=[impact_assessment.by("assessment_id")],
            roles=_WHO,
            example=GiveConsent(
                consent_id=_CONSENT,
                person_id=PersonId(f"{_ID}11"),
                area=AreaCode("440308003-qiaodong"),
                processing=Processing.FACE_CHECK_IN,
                paper=NoteRef(f"{_ID}f4"),
                assessment_id=ImpactAssessmentId(f"{_ID}f1"),
            ),
        ),
        command(end, roles=_WHO, example=EndConsent(consent_id=_CONSENT, reason=ConsentEnd.WITHDRAWN)),
    ],
)
