"""Consent to face recognition and the assessment before it: facts, never the face."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from contracts.eldercare.face_consent import ConsentEnd, ConsentGiver, FaceConsentEnded, FaceConsentGiven
from contracts.eldercare.impact_assessment import AssessmentOutcome, ImpactAssessmentMade, Processing
from contracts.envelope import registered
from contracts.ids import AreaCode, FaceConsentId, ImpactAssessmentId, NoteRef, PersonId
from kit.store.model import ReleaseAll, Take
from kit.testing import given
from services.eldercare.domain.face_consent import EndConsent, GiveConsent, face_consent, index
from services.eldercare.domain.impact_assessment import RecordAssessment, impact_assessment

_ID = "0190a000-0000-8000-8000-0000000000"
CONSENT, ASSESSMENT, PERSON = FaceConsentId(f"{_ID}f3"), ImpactAssessmentId(f"{_ID}f1"), PersonId(f"{_ID}11")
PAPER, REPORT, AREA = NoteRef(f"{_ID}f4"), NoteRef(f"{_ID}f2"), AreaCode("440308003-qiaodong")
DAY = date(2022, 3, 1)
CHECK_IN = Processing.FACE_CHECK_IN


def assessed(outcome: AssessmentOutcome = AssessmentOutcome.ACCEPTABLE, processing: Processing = CHECK_IN) -> ImpactAssessmentMade:
    return ImpactAssessmentMade(
        assessment_id=ASSESSMENT, processing=processing, outcome=outcome, made_on=DAY, keep_until=date(2025, 3, 1), report=REPORT
    )


def ask(giver: ConsentGiver = ConsentGiver.SELF, *, under_14: bool = False) -> GiveConsent:
    return GiveConsent(
        consent_id=CONSENT, person_id=PERSON, area=AREA, processing=CHECK_IN, giver=giver, under_14=under_14, paper=PAPER,
        assessment_id=ASSESSMENT,
    )  # fmt: skip


def agreed(giver: ConsentGiver = ConsentGiver.SELF) -> FaceConsentGiven:
    return FaceConsentGiven(
        consent_id=CONSENT, person_id=PERSON, area=AREA, processing=CHECK_IN, giver=giver, given_on=DAY, paper=PAPER,
        assessment_id=ASSESSMENT,
    )  # fmt: skip


def over(reason: ConsentEnd) -> FaceConsentEnded:
    return FaceConsentEnded(consent_id=CONSENT, person_id=PERSON, area=AREA, processing=CHECK_IN, reason=reason, ended_on=DAY)


def test_an_assessment_is_made_before_and_kept_three_years() -> None:
    """R-ELD-07, R-PI-05: what was assessed, how it came out, and the day up to which the report is kept."""
    command = RecordAssessment(assessment_id=ASSESSMENT, processing=CHECK_IN, outcome=AssessmentOutcome.ACCEPTABLE, report=REPORT)
    given(impact_assessment).when(command, on=DAY).then(assessed())


def test_a_consent_needs_an_assessment_of_the_same_that_does_not_forbid_it() -> None:
    """R-ELD-07: each outcome of each processing; and none at all."""
    given(face_consent).when(ask(), on=DAY).refused("not_found")
    for outcome, processing in product(AssessmentOutcome, Processing):
        case = given(face_consent).also(impact_assessment, assessed(outcome, processing)).when(ask(), on=DAY)
        if outcome is AssessmentOutcome.NOT_ACCEPTABLE or processing is not CHECK_IN:
            case.refused("not_assessed", processing=CHECK_IN)
        else:
            case.then(agreed())


@pytest.mark.parametrize(
    ("giver", "under_14", "fits"), [("self", False, True), ("guardian", False, True), ("self", True, False), ("guardian", True, True)]
)
def test_the_guardian_consents_for_who_is_under_14(giver: str, under_14: bool, fits: bool) -> None:
    """R-ELD-07: a child's own consent is none; the paper stays a reference."""
    case = given(face_consent).also(impact_assessment, assessed()).when(ask(ConsentGiver(giver), under_14=under_14), on=DAY)
    if fits:
        case.then(agreed(ConsentGiver(giver)))
    else:
        case.refused("guardian_needed")


@pytest.mark.parametrize("reason", ConsentEnd)
def test_it_ends_at_any_time_once_and_may_be_given_anew(reason: ConsentEnd) -> None:
    """R-ELD-07: withdrawn, or with the service or the life; one consent stands at a time."""
    given(face_consent, agreed()).when(EndConsent(consent_id=CONSENT, reason=reason), on=DAY).then(over(reason))
    given(face_consent, agreed(), over(reason)).when(EndConsent(consent_id=CONSENT, reason=reason), on=DAY).refused("already_ended")
    assert list(index(agreed())) == [Take("face-consent", f"face_check_in/{PERSON}")]
    assert list(index(over(reason))) == [ReleaseAll()]


def test_no_fact_holds_a_face() -> None:
    """R-ELD-07: the facts about consent and assessment hold ids, codes, days and references to papers, nothing else."""
    for kind in registered():
        if kind.name.startswith(("eldercare.face-consent", "eldercare.impact-assessment")):
            assert set(kind.cls.__struct_fields__) <= {
                "consent_id", "person_id", "area", "processing", "giver", "given_on", "paper", "assessment_id", "reason", "ended_on", "outcome",
                "made_on", "keep_until", "report",
            }  # fmt: skip
