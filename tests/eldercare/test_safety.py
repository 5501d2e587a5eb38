"""Safety training and accidents: what the year's report counts."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from contracts.eldercare.safety_accident import AccidentKind, AccidentReported
from contracts.eldercare.safety_training import AttendanceRecorded, TrainingHeld, TrainingTopic
from contracts.ids import AccidentId, AreaCode, InstitutionId, PersonId, SafetyTrainingId
from kit.testing import given
from services.eldercare.domain.safety_accident import ReportAccident, safety_accident
from services.eldercare.domain.safety_training import HoldTraining, RecordAttendance, safety_training
from tests.eldercare.facts import ELDER, ID

TRAINING, ACCIDENT = SafetyTrainingId(f"{ID}d5"), AccidentId(f"{ID}d7")
AREA, HOUSE = AreaCode("440308003"), InstitutionId("yantian-welfare-home")
OTHER, DAY = PersonId(f"{ID}11"), date(2022, 3, 1)
HELD = TrainingHeld(training_id=TRAINING, area=AREA, topic=TrainingTopic.FIRE, held_on=DAY, institution_id=HOUSE)


def attended(*persons: PersonId) -> AttendanceRecorded:
    return AttendanceRecorded(training_id=TRAINING, person_ids=persons)


def test_a_session_is_held_once() -> None:
    """J11."""
    command = HoldTraining(training_id=TRAINING, area=AREA, topic=TrainingTopic.FIRE, institution_id=HOUSE)
    given(safety_training).when(command, on=DAY).then(HELD)
    given(safety_training, HELD).when(command).refused("already_exists")


def test_attendance_adds_up_and_who_comes_twice_counts_twice() -> None:
    """J11: person-times, in one list or in two."""
    twice = RecordAttendance(training_id=TRAINING, person_ids=(ELDER, OTHER, ELDER))
    given(safety_training, HELD).when(twice).then(attended(ELDER, OTHER, ELDER))
    assert safety_training.fold([HELD, attended(ELDER, OTHER, ELDER), attended(ELDER)]).person_times == 4
    with pytest.raises(ValidationError, match="person_ids"):
        RecordAttendance(training_id=TRAINING, person_ids=())


def test_an_accident_is_a_fact_of_its_day() -> None:
    """J12: the zero of a year is the absence of such facts."""
    command = ReportAccident(accident_id=ACCIDENT, institution_id=HOUSE, area=AREA, kind=AccidentKind.FALL, happened_on=DAY, liable=False)
    reported = AccidentReported(
        accident_id=ACCIDENT, institution_id=HOUSE, area=AREA, kind=AccidentKind.FALL, happened_on=DAY, liable=False
    )
    given(safety_accident).when(command, on=DAY).then(reported)
    given(safety_accident).when(command, on=date(2022, 2, 28)).refused("not_yet")
    given(safety_accident, reported).when(command, on=DAY).refused("already_exists")
