"""Facts about a change that registry told of somebody on aid, and that a caseworker confirms or dismisses (SG-05, SG-06, ruling 21).

Nothing follows by itself: who confirms then splits, joins or moves households and units with the commands there are.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AreaCode, CaseId, HouseholdId, PersonId, SignalId


class ResidentChange(StrEnum):
    """What registry told."""

    MARRIAGE = "marriage"  # 结婚
    DIVORCE = "divorce"  # 离婚
    BIRTH = "birth"  # 出生
    ADOPTION = "adoption"  # 收养
    MOVE = "move"  # 迁居


class DismissalReason(StrEnum):
    NO_EFFECT = "no_effect"  # 不影响家庭构成
    KNOWN_ALREADY = "known_already"  # 已处理
    MISTAKEN = "mistaken"  # 信息有误


@event("relief.resident-change.to-confirm", version=1, stream="change_id")
class ResidentChangeToConfirm(Event):
    """A street's caseworker is to confirm or dismiss the change for this household.

    area: whose task it is, for a move the receiving street's.  signal_id: of registry's entry, unless it is a move.
    due_at: the first instant after its working days.
    Source: SG-05, SG-06, ruling 21.
    """

    change_id: CaseId
    household_id: HouseholdId
    area: AreaCode
    person_id: PersonId
    change: ResidentChange
    on: date
    due_at: datetime
    signal_id: SignalId | None = None
    other_person_id: PersonId | None = None
    from_area: AreaCode | None = None


@event("relief.resident-change.confirmed", version=1, stream="change_id")
class ResidentChangeConfirmed(Event):
    """It is so; household, units and aid are changed by commands of their own, each signed as ever. Source: SG-05, ruling 21."""

    change_id: CaseId
    household_id: HouseholdId


@event("relief.resident-change.dismissed", version=1, stream="change_id")
class ResidentChangeDismissed(Event):
    """It changes nothing for this household. Source: SG-05."""

    change_id: CaseId
    household_id: HouseholdId
    reason: DismissalReason


@event("relief.resident-change.withdrawn", version=1, stream="change_id")
class ResidentChangeWithdrawn(Event):
    """Registry said that it did not come about. What was confirmed before must be looked at again. Source: SG-05, R-MAR-02."""

    change_id: CaseId
    household_id: HouseholdId
    was_confirmed: bool


@event("relief.resident-change.overdue", version=1, stream="change_id")
class ResidentChangeOverdue(Event):
    """Nobody had answered when its time was over. Source: SG-05, ruling 21."""

    change_id: CaseId
    household_id: HouseholdId
    due_at: datetime
