"""A signal that somebody may be in need (线索): nobody drops it, and nothing follows from it before somebody made sure (A07, B01).

received → verified → closed; dismissed with a reason at any step. `state` folds, `decisions` say what may happen.
"""

from __future__ import annotations

from contracts.ids import AreaCode, HouseholdId, NeedId, PersonId, SignalId
from contracts.relief.need_signal import DismissReason, SignalSource, Verification
from contracts.terms import NeedCategory, Urgency
from kit.aggregate import Aggregate, command
from kit.identity import Role
from services.relief.domain.household import household
from services.relief.domain.need import need
from services.relief.domain.need_signal.decisions import (
    CloseSignal,
    DismissSignal,
    GoStale,
    MatchSignal,
    ReceiveSignal,
    VerifySignal,
    close,
    closed_by,
    dismiss,
    go_stale,
    match_to_person,
    receive,
    require_assessable,
    verify,
)
from services.relief.domain.need_signal.state import NeedSignal, NeedSignalEvent, Stage, evolve, index

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

__all__ = [
    "CloseSignal",
    "DismissSignal",
    "GoStale",
    "MatchSignal",
    "NeedSignal",
    "NeedSignalEvent",
    "ReceiveSignal",
    "Stage",
    "VerifySignal",
    "closed_by",
    "need_signal",
    "require_assessable",
]
