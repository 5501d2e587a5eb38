"""Facts about accidents in eldercare (安全责任事故). Their absence in a year is a query over these facts, no typed number (J12)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AccidentId, AreaCode, InstitutionId


class AccidentKind(StrEnum):
    FIRE = "fire"  # 火灾
    FOOD = "food"  # 食品安全
    FALL = "fall"  # 跌倒
    LOST = "lost"  # 走失
    OTHER = "other"


@event("eldercare.safety-accident.reported", version=1, stream="accident_id")
class AccidentReported(Event):
    """An accident happened in a care institution. `liable`: the institution answers for it (责任事故). Source: J12."""

    accident_id: AccidentId
    institution_id: InstitutionId
    area: AreaCode
    kind: AccidentKind
    happened_on: date
    liable: bool
