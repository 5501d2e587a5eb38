"""An assessment: four dimensions answered, then needs of their own (B18)."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.ids import AssessmentId, Month, NeedId
from contracts.relief.household import HouseholdAssessed, HouseholdClosed
from contracts.relief.need import NeedRegistered
from contracts.relief.need_assessment import AssessmentFinalised, AssessmentOpened, AssessmentSuperseded, DimensionAnswered, NeedLine
from contracts.terms import ClosingCode, Dimension, Measure, NeedCategory, Period, Urgency
from kit.testing import given, id_for
from services.relief.domain.household import household
from services.relief.domain.need_assessment import (
    AnswerDimension,
    FinaliseAssessment,
    FoundNeed,
    OpenAssessment,
    SupersedeAssessment,
    need_assessment,
)
from tests.relief.h1 import AMOUNT, CHILD, HOME, MAY, REVIEW, STRANGER, opened, uid

ASSESSMENT, NEXT = AssessmentId(uid(5)), AssessmentId(uid(6))
MARCH = date(2022, 3, 1)
STARTED = AssessmentOpened(assessment_id=ASSESSMENT, household_id=HOME)
FINAL = AssessmentFinalised(assessment_id=ASSESSMENT, household_id=HOME)
CLOSED = HouseholdClosed(household_id=HOME, closed_on=MARCH, code=ClosingCode.MOVED)
LIVING = FoundNeed(category=NeedCategory.LIVING, period=Period.MONTH, gross=AMOUNT, first_month=MAY, last_month=REVIEW)
SCHOOL = FoundNeed(category=NeedCategory.EDUCATION, gross=480_000, person_id=CHILD, urgency=Urgency.ORANGE)


def line(need_id: str, found: FoundNeed, dimension: Dimension = Dimension.MATERIAL) -> NeedLine:
    return NeedLine(
        need_id=NeedId(need_id),
        category=found.category,
        dimension=dimension,
        measure=found.measure,
        period=found.period,
        gross=found.gross,
        person_id=found.person_id,
        first_month=found.first_month,
        last_month=found.last_month,
        urgency=found.urgency,
    )


def answered(dimension: Dimension, *lines: NeedLine) -> DimensionAnswered:
    return DimensionAnswered(assessment_id=ASSESSMENT, dimension=dimension, lines=lines)


def answer(*lines: FoundNeed, dimension: Dimension = Dimension.MATERIAL) -> AnswerDimension:
    return AnswerDimension(assessment_id=ASSESSMENT, dimension=dimension, lines=lines)


def registered(need_id: str, found: FoundNeed, dimension: Dimension) -> NeedRegistered:
    return NeedRegistered(
        need_id=NeedId(need_id),
        household_id=HOME,
        category=found.category,
        dimension=dimension,
        measure=found.measure,
        period=found.period,
        gross=found.gross,
        person_id=found.person_id,
        assessment_id=ASSESSMENT,
        first_month=found.first_month,
        last_month=found.last_month,
        urgency=found.urgency,
    )


NONE = [answered(dimension) for dimension in Dimension]


def test_an_assessment_is_opened_for_an_open_household() -> None:
    """B18."""
    ask = OpenAssessment(assessment_id=ASSESSMENT, household_id=HOME)
    given(need_assessment).also(household, *opened()).when(ask).then(STARTED)
    given(need_assessment).also(household, *opened(), CLOSED).when(ask).refused("household_closed")
    given(need_assessment, STARTED).also(household, *opened()).when(ask).refused("already_exists")


def test_a_dimension_is_answered_with_lines_or_with_none() -> None:
    """B18: each line gets the id of the need it will be; no lines means "none"."""
    ids = [id_for(f"need-{number}", MARCH) for number in range(2)]
    given(need_assessment, STARTED).also(household, *opened()).when(answer(LIVING, SCHOOL), on=MARCH).then(
        answered(Dimension.MATERIAL, line(ids[0], LIVING), line(ids[1], SCHOOL))
    )
    given(need_assessment, STARTED).also(household, *opened()).when(answer(dimension=Dimension.SPIRIT)).then(answered(Dimension.SPIRIT))


def test_answering_again_replaces_the_answer() -> None:
    """B18: the last answer of a dimension counts, also when it is "none"."""
    assessment = need_assessment.fold([STARTED, answered(Dimension.MATERIAL, line(uid(20), LIVING)), answered(Dimension.MATERIAL)])
    assert assessment.lines == []
    assert assessment.unanswered == [Dimension.SERVICE, Dimension.SPIRIT, Dimension.ABILITY]


def test_a_line_must_fit_the_household_and_its_period() -> None:
    """Rulings 2 and 4: months for a monthly need only, in order; whose need it is lives in the household."""
    base = given(need_assessment, STARTED).also(household, *opened())
    base.when(answer(SCHOOL.model_copy(update={"person_id": STRANGER}))).refused("not_a_member", person_id=STRANGER)
    base.when(answer(LIVING.model_copy(update={"last_month": None}))).refused("month_missing")
    base.when(answer(SCHOOL.model_copy(update={"first_month": MAY, "last_month": MAY}))).refused("month_not_wanted")
    base.when(answer(LIVING.model_copy(update={"last_month": Month("2022-04")}))).refused("months_reversed")


@pytest.mark.parametrize("missing", list(Dimension))
def test_it_is_not_final_while_a_dimension_is_unanswered(missing: Dimension) -> None:
    """B18: an assessment without all four dimensions answered (may be "none") cannot be finalised."""
    some = [answered(dimension) for dimension in Dimension if dimension is not missing]
    given(need_assessment, STARTED, *some).also(household, *opened()).when(FinaliseAssessment(assessment_id=ASSESSMENT)).refused(
        "dimension_unanswered", dimensions=[missing]
    )


def test_final_means_that_every_line_is_a_registered_need() -> None:
    """B18, ruling 5: the assessment is final, the household knows it, the needs exist, in one append, in the order of the dimensions."""
    visits = FoundNeed(category=NeedCategory.PSYCHOLOGICAL, measure=Measure.VISIT, gross=6)
    answers = [
        answered(Dimension.SPIRIT, line(uid(22), visits, Dimension.SPIRIT)),
        answered(Dimension.MATERIAL, line(uid(20), LIVING), line(uid(21), SCHOOL)),
        answered(Dimension.SERVICE),
        answered(Dimension.ABILITY),
    ]
    given(need_assessment, STARTED, *answers).also(household, *opened()).when(FinaliseAssessment(assessment_id=ASSESSMENT)).then(
        FINAL,
        HouseholdAssessed(household_id=HOME, assessment_id=ASSESSMENT, needs=3),
        registered(uid(20), LIVING, Dimension.MATERIAL),
        registered(uid(21), SCHOOL, Dimension.MATERIAL),
        registered(uid(22), visits, Dimension.SPIRIT),
    )


def test_four_times_none_is_final_without_a_need() -> None:
    """B18."""
    given(need_assessment, STARTED, *NONE).also(household, *opened()).when(FinaliseAssessment(assessment_id=ASSESSMENT)).then(
        FINAL, HouseholdAssessed(household_id=HOME, assessment_id=ASSESSMENT, needs=0)
    )


def test_what_is_final_is_not_answered_or_finalised_again() -> None:
    """Section 3.2: draft, final, superseded."""
    base = given(need_assessment, STARTED, *NONE, FINAL).also(household, *opened())
    base.when(answer(LIVING)).refused("not_draft", stage="final")
    base.when(FinaliseAssessment(assessment_id=ASSESSMENT)).refused("not_draft")
    given(need_assessment, STARTED, *NONE).also(household, *opened(), CLOSED).when(FinaliseAssessment(assessment_id=ASSESSMENT)).refused(
        "household_closed"
    )


def test_a_newer_assessment_replaces_an_older_one_once() -> None:
    """Section 3.2."""
    replaced = AssessmentSuperseded(assessment_id=ASSESSMENT, replaced_by=NEXT)
    ask = SupersedeAssessment(assessment_id=ASSESSMENT, replaced_by=NEXT)
    given(need_assessment, STARTED, *NONE, FINAL).when(ask).then(replaced)
    given(need_assessment, STARTED, *NONE, FINAL, replaced).when(ask).refused("already_superseded")
    given(need_assessment, STARTED).when(SupersedeAssessment(assessment_id=ASSESSMENT, replaced_by=ASSESSMENT)).refused("replaces_itself")
