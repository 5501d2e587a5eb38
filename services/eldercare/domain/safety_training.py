"""A safety training session (安全教育培训) and who was there. Attendance is counted in person-times: who comes twice counts twice (J11)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, assert_never

from pydantic import Field

from contracts.eldercare.safety_training import AttendanceRecorded, TrainingHeld, TrainingTopic
from contracts.ids import AreaCode, InstitutionId, PersonId, SafetyTrainingId
from kit.aggregate import Aggregate, command
from kit.command import Command, Context
from kit.identity import Role

SafetyTrainingEvent = TrainingHeld | AttendanceRecorded
Attendees = Annotated[tuple[PersonId, ...], Field(min_length=1, max_length=500)]


@dataclass(frozen=True, kw_only=True)
class SafetyTraining:
    area: AreaCode | None = None
    person_times: int = 0


def evolve(training: SafetyTraining, event: SafetyTrainingEvent) -> SafetyTraining:
    match event:
        case TrainingHeld(area=area):
            return replace(training, area=area)
        case AttendanceRecorded(person_ids=persons):
            return replace(training, person_times=training.person_times + len(persons))
        case _:
            assert_never(event)


class HoldTraining(Command):
    """A session took place, in an institution or for a community."""

    training_id: SafetyTrainingId
    area: AreaCode
    topic: TrainingTopic
    institution_id: InstitutionId | None = None


class RecordAttendance(Command):
    """People were there; lists add up."""

    training_id: SafetyTrainingId
    person_ids: Attendees


def hold(command: HoldTraining, _training: SafetyTraining, context: Context) -> list[TrainingHeld]:
    """The session counts. Source: J11."""
    return [TrainingHeld(**command.model_dump(exclude={"occurred_at"}), held_on=context.on)]


def record_attendance(command: RecordAttendance, _training: SafetyTraining, _context: Context) -> list[AttendanceRecorded]:
    """Each name is a person-time, also one that stands there already. Source: J11."""
    return [AttendanceRecorded(training_id=command.training_id, person_ids=command.person_ids)]


_ID = "0190a000-0000-8000-8000-0000000000"
_TRAINING = SafetyTrainingId(f"{_ID}d5")
_STAFF = {Role.CASEWORKER, Role.DISTRICT_OFFICER}

safety_training = Aggregate(
    "safety-training",
    id="training_id",
    state=SafetyTraining,
    evolve=evolve,
    area="area",
    commands=[
        command(
            hold,
            stream="new",
            roles=_STAFF,
            example=HoldTraining(training_id=_TRAINING, area=AreaCode("440308003"), topic=TrainingTopic.FIRE),
        ),
        command(
            record_attendance,
            roles=_STAFF,
            example=RecordAttendance(training_id=_TRAINING, person_ids=(PersonId(f"{_ID}10"), PersonId(f"{_ID}11"))),
        ),
    ],
)
