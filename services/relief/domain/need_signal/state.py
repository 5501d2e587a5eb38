"""What is known of a signal, how each fact changes it, and the clock that runs until somebody acts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import assert_never

from contracts.ids import AreaCode, HouseholdId, PersonId, SignalId
from contracts.relief.need_signal import (
    NeedSignalClosed,
    NeedSignalDismissed,
    NeedSignalMatchedToPerson,
    NeedSignalReceived,
    NeedSignalStale,
    NeedSignalVerified,
)
from contracts.terms import Urgency
from kit.aggregate import require
from kit.reaction import household_subject, person_subject
from kit.store.model import IndexChange, Link, ReleaseAll, SetTimer

NeedSignalEvent = (
    NeedSignalReceived | NeedSignalMatchedToPerson | NeedSignalVerified | NeedSignalStale | NeedSignalDismissed | NeedSignalClosed
)


class Stage(StrEnum):
    RECEIVED = "received"
    VERIFIED = "verified"
    DISMISSED = "dismissed"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class NeedSignal:
    """Whom it is about, as far as known, and whether somebody acted in time."""

    signal_id: SignalId = SignalId("")
    area: AreaCode | None = None
    urgency: Urgency = Urgency.YELLOW
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None
    stage: Stage = Stage.RECEIVED
    due_at: datetime = datetime.max.replace(tzinfo=UTC)
    is_stale: bool = False

    @property
    def place(self) -> AreaCode:
        """The area of a signal that was received."""
        return self.area or AreaCode("")

    @property
    def is_matched(self) -> bool:
        return self.person_id is not None or self.household_id is not None

    def require(self, *stages: Stage) -> None:
        """Raises: Refused("wrong_stage", stage) in any other stage."""
        require(self.stage in stages, "wrong_stage", stage=self.stage)


def evolve(signal: NeedSignal, event: NeedSignalEvent) -> NeedSignal:
    match event:
        case NeedSignalReceived():
            return NeedSignal(
                signal_id=event.signal_id,
                area=event.area,
                urgency=event.urgency,
                person_id=event.person_id,
                household_id=event.household_id,
                due_at=event.due_at,
            )
        case NeedSignalMatchedToPerson(person_id=person, household_id=home):
            return replace(signal, person_id=person or signal.person_id, household_id=home or signal.household_id)
        case NeedSignalVerified(late=late):
            return replace(signal, stage=Stage.VERIFIED, is_stale=late)
        case NeedSignalStale():
            return replace(signal, is_stale=True)
        case NeedSignalDismissed(late=late):
            return replace(signal, stage=Stage.DISMISSED, is_stale=late)
        case NeedSignalClosed():
            return replace(signal, stage=Stage.CLOSED)
        case _:
            assert_never(event)


def index(event: NeedSignalEvent) -> Iterable[IndexChange]:
    """An open signal is found from whom it is about; until somebody acts a clock runs."""
    match event:
        case NeedSignalReceived(due_at=due):
            return [*_links(event.person_id, event.household_id), SetTimer("go-stale", due)]
        case NeedSignalMatchedToPerson():
            return _links(event.person_id, event.household_id)
        case NeedSignalVerified() | NeedSignalStale():
            return [SetTimer("go-stale", None)]
        case NeedSignalDismissed() | NeedSignalClosed():
            return [ReleaseAll()]
        case _:
            assert_never(event)


def _links(person_id: PersonId | None, household_id: HouseholdId | None) -> list[IndexChange]:
    persons = [Link(person_subject(person_id))] if person_id else []
    return [*persons, *([Link(household_subject(household_id))] if household_id else [])]
