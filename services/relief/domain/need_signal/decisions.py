"""What may happen to a signal: received, matched, verified, dismissed, closed, or stale when nobody acted (A07, B01, R-MON-07)."""

from __future__ import annotations

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
from kit.aggregate import require
from kit.command import Command, Context
from services.relief.domain.household import Household
from services.relief.domain.need import Need
from services.relief.domain.need_signal.state import NeedSignal, Stage


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
