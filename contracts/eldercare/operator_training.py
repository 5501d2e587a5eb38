"""Facts about who may operate a stair climber (E14)."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event, event
from contracts.ids import ActorId


@event("eldercare.operator-training.passed", version=1, stream="operator_id")
class OperatorTrained(Event):
    """Somebody was trained to operate a stair climber, and may do so up to a day. Source: E14."""

    operator_id: ActorId
    valid_to: date


@event("eldercare.operator-training.withdrawn", version=1, stream="operator_id")
class OperatorTrainingWithdrawn(Event):
    """The training counts no longer. Source: E14."""

    operator_id: ActorId
