"""Facts about safety training in eldercare (安全教育培训)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AreaCode, InstitutionId, PersonId, SafetyTrainingId


class TrainingTopic(StrEnum):
    FIRE = "fire"  # 消防
    FOOD = "food"  # 食品
    INFECTION = "infection"  # 感染防控
    FIRST_AID = "first_aid"  # 急救
    OTHER = "other"


@event("eldercare.safety-training.held", version=1, stream="training_id")
class TrainingHeld(Event):
    """A session took place. Source: J11."""

    training_id: SafetyTrainingId
    area: AreaCode
    topic: TrainingTopic
    held_on: date
    institution_id: InstitutionId | None = None


@event("eldercare.safety-training.attendance-recorded", version=1, stream="training_id")
class AttendanceRecorded(Event):
    """People were there. They count as person-times: who comes twice counts twice. Source: J11."""

    training_id: SafetyTrainingId
    person_ids: tuple[PersonId, ...]
