"""What is watched after help has ended or was refused: ends, new warnings, and who looked again. All of it is relief's word."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from contracts.envelope import Event, Meta, stream_of
from contracts.relief.entitlement import EntitlementProposed, EntitlementStopped
from contracts.relief.household import HouseholdAssessed, StatusExpired, StatusRecognised
from contracts.relief.need_signal import NeedSignalDismissed, NeedSignalReceived, NeedSignalVerified
from contracts.relief.special_aid import SpecialAidRefused
from contracts.relief.temp_aid import TempAidGranted, TempAidRefused, TempAidRequested
from contracts.relief.visit import VisitCompleted
from kit.view import Row, View
from services.linkage.views.facts import Fact, Value, fact_of

Ended = StatusExpired | EntitlementStopped | TempAidRefused | SpecialAidRefused
"""After this a household that holds no status is on watch: it went out, or was refused (R-MON-05)."""
Warned = TempAidRequested | NeedSignalReceived
"""Somebody says that it is in need again."""
Decided = TempAidGranted | TempAidRefused | NeedSignalVerified | NeedSignalDismissed
"""Somebody looked at this one warning."""
Checked = HouseholdAssessed | StatusRecognised | EntitlementProposed | VisitCompleted
"""Somebody looked at the whole household."""


class Alert(Value):
    """One warning by its stream. after: what had ended before it (None: nothing).  checked: when somebody looked."""

    subject: str
    fact: Fact
    after: Fact | None
    checked: Fact | None = None


class WatchRow(Row, frozen=True):
    """A household's last end and its warnings. Folded from the household's own key, so it needs no id."""

    ended: Fact | None = None
    alerts: tuple[Alert, ...] = ()


def key_of(event: Event) -> Iterable[str]:
    return ("watch",) if isinstance(event, Ended | Warned | Decided | Checked) else ()


def evolve(row: WatchRow | None, event: Event, meta: Meta) -> WatchRow:
    row, fact = row or WatchRow(), fact_of(meta)
    if isinstance(event, Decided | Checked):
        row = _checked(row, fact, stream_of(event) if isinstance(event, Decided) else None)
    if isinstance(event, Ended):
        row = replace(row, ended=fact)
    if isinstance(event, Warned):
        row = replace(row, alerts=(*row.alerts, Alert(subject=stream_of(event), fact=fact, after=row.ended)))
    return row


def _checked(row: WatchRow, fact: Fact, subject: str | None) -> WatchRow:
    """The warning of this stream, or (None) all there are, have been looked at."""
    return replace(row, alerts=tuple(replace(one, checked=fact) if _waits(one, subject) else one for one in row.alerts))


def _waits(alert: Alert, subject: str | None) -> bool:
    return alert.checked is None and subject in {None, alert.subject}


watch = View("watch", row=WatchRow, key=key_of, evolve=evolve)
