"""Views of the toy service."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from contracts.envelope import Event, Meta
from kit.view import Row, View
from tests.kit.streams.toy import CounterAdded, CounterClosed, CounterId, CounterOpened


class Total(Row, frozen=True):
    """A counter's total, and who added last."""

    counter_id: CounterId
    total: int = 0
    last_position: int = 0


def counters_of(event: Event) -> Iterable[str]:
    match event:
        case CounterOpened(counter_id=counter) | CounterAdded(counter_id=counter) | CounterClosed(counter_id=counter):
            return [counter]
        case _:
            return []


def evolve(row: Total | None, event: Any, meta: Meta) -> Total | None:
    match event:
        case CounterOpened(counter_id=counter):
            return Total(counter_id=counter)
        case CounterAdded(counter_id=counter, amount=amount):
            return Total(counter_id=counter, total=(row.total if row else 0) + amount, last_position=meta.position)
        case CounterClosed():
            return None
    return row


def totals(**changes: Any) -> View[Total]:
    """The view `totals`; a test may change its version, its fold or that it follows."""
    known: dict[str, Any] = {"name": "totals", "row": Total, "key": counters_of, "evolve": evolve, "index": ["total"]}
    return View(**{**known, **changes})
