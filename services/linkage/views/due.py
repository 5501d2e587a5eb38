"""What somebody must do before an instant that the facts name: answer an opinion, act on a signal, publish what charity must."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from contracts.charity.disclosure_task import DisclosureOverdue, DisclosurePublished, DisclosureTaskOpened
from contracts.envelope import Event, Meta, stream_of
from contracts.relief.need_signal import NeedSignalClosed, NeedSignalDismissed, NeedSignalReceived, NeedSignalVerified
from contracts.relief.opinion import OpinionAnswered, OpinionClosed, OpinionCollected, OpinionOverdue, OpinionReopened
from kit.view import Row, View

OpinionFact = OpinionCollected | OpinionOverdue | OpinionAnswered | OpinionClosed | OpinionReopened
SignalFact = NeedSignalReceived | NeedSignalVerified | NeedSignalDismissed | NeedSignalClosed
DisclosureFact = DisclosureTaskOpened | DisclosurePublished | DisclosureOverdue


class DueRow(Row, frozen=True):
    """One stream. due_at: what it was first due by; None: done.  what: a code of the topic, category or kind.  level: who has to act."""

    stream: str
    due_at: datetime | None
    what: str
    level: str


def opinion_of(event: Event) -> Iterable[str]:
    return (stream_of(event),) if isinstance(event, OpinionFact) else ()


def evolve_opinion(row: DueRow | None, event: Event, _meta: Meta) -> DueRow | None:
    match event:
        case OpinionCollected(topic=topic, level=level, due_at=due):
            return DueRow(stream=stream_of(event), due_at=due, what=topic, level=level)
        case OpinionReopened(level=level, due_at=due):
            return row and replace(row, due_at=due, level=level)
        case OpinionOverdue(level=level):
            return row and replace(row, level=level)
        case _:
            return row and replace(row, due_at=None)


def signal_of(event: Event) -> Iterable[str]:
    return (stream_of(event),) if isinstance(event, SignalFact) else ()


def evolve_signal(row: DueRow | None, event: Event, _meta: Meta) -> DueRow | None:
    if isinstance(event, NeedSignalReceived):
        return DueRow(stream=stream_of(event), due_at=event.due_at, what=event.category, level=event.urgency)
    return row and replace(row, due_at=None)


def disclosure_of(event: Event) -> Iterable[str]:
    return (stream_of(event),) if isinstance(event, DisclosureFact) else ()


def evolve_disclosure(row: DueRow | None, event: Event, _meta: Meta) -> DueRow | None:
    match event:
        case DisclosureTaskOpened(kind=kind, due_at=due, fund_id=fund):
            return DueRow(stream=stream_of(event), due_at=due, what=kind, level=fund or "")
        case DisclosurePublished():
            return row and replace(row, due_at=None)
        case _:
            return row


opinion_due = View("opinion_due", row=DueRow, key=opinion_of, evolve=evolve_opinion)
signal_due = View("signal_due", row=DueRow, key=signal_of, evolve=evolve_signal)
disclosure_due = View("disclosure_due", row=DueRow, key=disclosure_of, evolve=evolve_disclosure)
