"""A signal that somebody may be in need (线索): nobody drops it, and nothing follows from it before somebody made sure (A07, B01)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import assert_never

from contracts.ids import AreaCode, AssessmentId, HouseholdId, NeedId, NoteRef, PersonId, SignalId, VisitId
from contracts.relief.need_signal import (
    DismissReason,
    NeedSignalClosed,
    NeedSignalDismissed,
    NeedSignalMatchedToPerson,
    NeedSignalReceived,
    NeedSignalStale,
    NeedSignalVerified,
    SignalSource,
    Verification,
)
from contracts.terms import NeedCategory, Urgency
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from kit.reaction import household_subject, person_subject
from kit.store.model import IndexChange, Link, ReleaseAll, SetTimer
from services.relief.domain.household import Household, household
from services.relief.domain.need import Need, need

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


class ReceiveSignal(Command):
    """Keep that somebody may be in need, also when nobody knows yet who it is."""

    signal_id: SignalId
    source: SignalSource
    category: NeedCategory
    area: AreaCode
    urgency: Urgency = Urgency.YELLOW
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None
    visit_id: VisitId | None = None
    note: NoteRef | None = None


class MatchSignal(Command):
    """Say whom the signal is about: a person, the household, or both."""

    signal_id: SignalId
    person_id: PersonId | None = None
    household_id: HouseholdId | None = None


class VerifySignal(Command):
    """Somebody made sure, on site or remotely, that it is so."""

    signal_id: SignalId
    verification: Verification


class DismissSignal(Command):
    """Nothing follows, for a reason."""

    signal_id: SignalId
    reason: DismissReason


class CloseSignal(Command):
    """The signal led to a need that is registered. A final assessment closes its signal by itself."""

    signal_id: SignalId
    need_id: NeedId


class GoStale(Command):
    """Nobody acted in time."""

    signal_id: SignalId


def receive(command: ReceiveSignal, _signal: NeedSignal, context: Context, home: Household) -> list[NeedSignalReceived]:
    """The signal is kept; somebody acts on it within the limit of its colour.

    Raises: Refused("not_a_member").  Source: B01, R-MON-07.
    """
    _require_lives_there(command.person_id, home)
    due_at = context.calendar.limit_at(context.occurred_at, context.policy.alert_act.of(command.urgency))
    return [NeedSignalReceived(due_at=due_at, **command.model_dump(exclude={"occurred_at"}))]


def _require_lives_there(person_id: PersonId | None, home: Household) -> None:
    known = person_id is None or not home.is_open or person_id in home.members
    require(known, "not_a_member", person_id=person_id)


def match_to_person(command: MatchSignal, signal: NeedSignal, _context: Context, home: Household) -> list[NeedSignalMatchedToPerson]:
    """It is known whom the signal is about; before it is verified this may be corrected. Saying the same again changes nothing.

    Raises: Refused("wrong_stage" | "nobody_named" | "not_a_member").  Source: B01.
    """
    signal.require(Stage.RECEIVED, Stage.VERIFIED)
    require(command.person_id is not None or command.household_id is not None, "nobody_named")
    person = command.person_id or signal.person_id
    _require_lives_there(person, home)
    if (person, command.household_id or signal.household_id) == (signal.person_id, signal.household_id):
        return []
    return [
        NeedSignalMatchedToPerson(
            signal_id=signal.signal_id, area=signal.place, person_id=command.person_id, household_id=command.household_id
        )
    ]


def verify(command: VerifySignal, signal: NeedSignal, context: Context) -> list[NeedSignalStale | NeedSignalVerified]:
    """An assessment may follow. After the limit the signal has been stale, whether or not anybody noticed.

    Raises: Refused("wrong_stage" | "not_matched").  Source: A07, SG-01, R-MON-07.
    """
    signal.require(Stage.RECEIVED)
    require(signal.is_matched, "not_matched")
    late = _is_late(signal, context)
    verified = NeedSignalVerified(signal_id=signal.signal_id, area=signal.place, verification=command.verification, late=late)
    return [*_stale_by_then(signal, late=late), verified]


def dismiss(command: DismissSignal, signal: NeedSignal, context: Context) -> list[NeedSignalStale | NeedSignalDismissed]:
    """Nothing follows. After the limit the signal has been stale, whether or not anybody noticed.

    Raises: Refused("wrong_stage") once it is over.  Source: B01, SG-01.
    """
    signal.require(Stage.RECEIVED, Stage.VERIFIED)
    late = signal.is_stale if signal.stage is Stage.VERIFIED else _is_late(signal, context)
    dismissed = NeedSignalDismissed(signal_id=signal.signal_id, area=signal.place, reason=command.reason, late=late)
    return [*_stale_by_then(signal, late=late), dismissed]


def _is_late(signal: NeedSignal, context: Context) -> bool:
    """A limit in hours includes its last instant; working days end at 24:00, which is the breach (ruling 16)."""
    if context.policy.alert_act.of(signal.urgency).hours is not None:
        return context.occurred_at > signal.due_at
    return context.occurred_at >= signal.due_at


def _stale_by_then(signal: NeedSignal, *, late: bool) -> list[NeedSignalStale]:
    return [_stale(signal)] if late and not signal.is_stale else []


def _stale(signal: NeedSignal) -> NeedSignalStale:
    return NeedSignalStale(signal_id=signal.signal_id, area=signal.place, urgency=signal.urgency, missed_at=signal.due_at)


def go_stale(_command: GoStale, signal: NeedSignal, context: Context) -> list[NeedSignalStale]:
    """The signal stands in the stale list, also one that matches nobody. Nothing happens when somebody acted or it stands there already.

    Raises: Refused("not_due", due_at).  Source: B01, R-MON-07.
    """
    if signal.stage is not Stage.RECEIVED or signal.is_stale:
        return []
    require(context.occurred_at >= signal.due_at, "not_due", due_at=signal.due_at.isoformat())
    return [_stale(signal)]


def close(command: CloseSignal, signal: NeedSignal, _context: Context, need: Need) -> list[NeedSignalClosed]:
    """It led to this need.

    Raises: Refused("wrong_stage") unless it was verified; Refused("other_household").  Source: B01, A07.
    """
    signal.require(Stage.VERIFIED)
    require(signal.household_id in {None, need.household_id}, "other_household", need_id=command.need_id)
    return [NeedSignalClosed(signal_id=signal.signal_id, area=signal.place, need_id=command.need_id)]


def closed_by(assessment_id: AssessmentId, signal: NeedSignal) -> list[NeedSignalClosed]:
    """What a final assessment appends to the signal it came from; nothing for one that is over already. Source: SG-01."""
    if signal.stage is not Stage.VERIFIED:
        return []
    return [NeedSignalClosed(signal_id=signal.signal_id, area=signal.place, assessment_id=assessment_id)]


def require_assessable(signal: NeedSignal, household_id: HouseholdId) -> None:
    """A signal becomes an assessment only after somebody made sure, and of the household it is about.

    Raises: Refused("signal_not_verified", stage); Refused("other_household").  Source: A07.
    """
    require(signal.stage is Stage.VERIFIED, "signal_not_verified", stage=signal.stage)
    require(signal.household_id in {None, household_id}, "other_household", signal_id=signal.signal_id)


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


_ID = "0190a000-0000-8000-8000-0000000000"
_SIGNAL, _HOME, _PERSON, _NEED = SignalId(f"{_ID}71"), HouseholdId(f"{_ID}02"), PersonId(f"{_ID}10"), NeedId(f"{_ID}01")
_FINDERS = {Role.CASEWORKER, Role.DISTRICT_OFFICER}

need_signal = Aggregate(
    "need-signal",
    id="signal_id",
    state=NeedSignal,
    evolve=evolve,
    key="household_id",
    area="area",
    index=index,
    commands=[
        command(
            receive,
            stream="new",
            also=[household.by("household_id")],
            roles=_FINDERS,
            example=ReceiveSignal(
                signal_id=_SIGNAL,
                source=SignalSource.GRID,
                category=NeedCategory.LIVING,
                area=AreaCode("440308003-qiaodong"),
                urgency=Urgency.ORANGE,
            ),
        ),
        command(
            match_to_person,
            also=[household.by("household_id")],
            roles=_FINDERS,
            example=MatchSignal(signal_id=_SIGNAL, person_id=_PERSON, household_id=_HOME),
        ),
        command(verify, roles=_FINDERS, example=VerifySignal(signal_id=_SIGNAL, verification=Verification.ON_SITE)),
        command(dismiss, roles=_FINDERS, example=DismissSignal(signal_id=_SIGNAL, reason=DismissReason.NOT_IN_NEED)),
        command(close, also=[need.by("need_id")], roles=_FINDERS, example=CloseSignal(signal_id=_SIGNAL, need_id=_NEED)),
        command(go_stale, roles={Role.SYSTEM}, example=GoStale(signal_id=_SIGNAL)),
    ],
)
