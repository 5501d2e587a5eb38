"""What must be true after a run, of every system alike: what is stored, what its clients were told, and what readers saw.

Only the standard library. Each function returns sentences about what is wrong; none: all is well. A figure whose run has one is void.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from bench.workload import Kind

MOST_TOLD = 5
PROMISES = frozenset({"versions", "order", "once", "repeats"})
"""versions: checked by the append. order: the order of positions is the order of commits. once: what was acknowledged is stored once.
repeats: a repeated command gets its first answer. A system is only held to what it promises; the table says what it does not."""


class Stored(NamedTuple):
    """One event as the system keeps it, in the order in which the system gives them to readers."""

    position: int
    stream: str
    version: int
    id: str


@dataclass
class ClientLog:
    """The clients' own record. acknowledged: ids of the events by command key; repeated: what a repeat of the key was answered.

    accepted_stale: commands with an old version that were stored.  seen: positions as a reader who followed the log saw them.
    """

    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    repeated: list[tuple[str, list[str]]] = field(default_factory=list)
    accepted_stale: list[str] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Row:
    """What the plain fold knows of a case."""

    events: int = 0
    paid_fen: int = 0
    closed: bool = False


def check_store(stored: Sequence[Stored], log: ClientLog, promises: Iterable[str] = PROMISES) -> list[str]:
    """The log of events is whole and holds what clients were told."""
    held = set(promises)
    wrong = list(_once(stored, log)) if "once" in held else []
    if "versions" in held:
        wrong += [*_versions(stored), *(f"{key}: an old version was accepted" for key in log.accepted_stale)]
    if "order" in held:
        wrong += _order(stored, log.seen)
    if "repeats" in held:
        wrong += _repeats(log)
    return _few(wrong)


def _versions(stored: Sequence[Stored]) -> Iterator[str]:
    """Each stream counts from 1 without a hole, in the order of positions."""
    heads: dict[str, int] = defaultdict(int)
    for event in stored:
        heads[event.stream] += 1
        if event.version != heads[event.stream]:
            yield f"{event.stream}: version {event.version} at position {event.position}, expected {heads[event.stream]}"


def _order(stored: Sequence[Stored], seen: Sequence[int]) -> Iterator[str]:
    """Positions grow, and a reader who always asked for what comes after its last position missed none."""
    if any(after.position <= before.position for before, after in pairwise(stored)):
        yield "positions do not grow"
    if seen:
        missed = {event.position for event in stored if seen[0] <= event.position <= seen[-1]} - set(seen)
        if missed:
            yield f"a reader who followed the log never saw {len(missed)} events, the first at position {min(missed)}"


def _once(stored: Sequence[Stored], log: ClientLog) -> Iterator[str]:
    found = Counter(event.id for event in stored)
    yield from (f"event {one} is stored {count} times" for one, count in found.items() if count > 1)
    told = Counter(one for ids in log.acknowledged.values() for one in ids)
    yield from (f"event {one} was acknowledged to {count} commands" for one, count in told.items() if count > 1)
    for key, ids in log.acknowledged.items():
        missing = [one for one in ids if one not in found]
        if missing:
            yield f"{key}: {len(missing)} of its {len(ids)} acknowledged events are not stored"


def _repeats(log: ClientLog) -> Iterator[str]:
    for key, ids in log.repeated:
        if key in log.acknowledged and ids != log.acknowledged[key]:
            yield f"{key}: its repeat was answered with other events"


def check_topic(messages: Iterable[tuple[str, int, str]], stored: Mapping[str, Sequence[str]]) -> list[str]:
    """messages: (Kafka key, position, event id) in the topic's order by partition.  stored: the ids of each key in order.

    Per key every event is there in order; repeats of what came before are allowed, as the relay promises.
    """
    found: dict[str, list[str]] = defaultdict(list)
    last: dict[str, int] = defaultdict(int)
    for key, position, one in messages:
        if position > last[key]:
            last[key] = position
            found[key].append(one)
    return _few(
        f"{key}: the topic has other events or another order" for key in stored.keys() | found.keys() if found[key] != list(stored[key])
    )


def plain_fold(events: Iterable[tuple[str, Kind, int]]) -> dict[str, Row]:
    """The rows of (case, kind, amount in fen), one after the other."""
    rows: dict[str, Row] = {}
    for case, kind, fen in events:
        row = rows.setdefault(case, Row())
        row.events += 1
        row.paid_fen += fen if kind == "pay" else 0
        row.closed = row.closed or kind == "close"
    return rows


def check_rows(rows: Mapping[str, Row], expected: Mapping[str, Row]) -> list[str]:
    """The rows are those of the plain fold."""
    return _few(
        f"row {case}: {rows.get(case)}, the plain fold gives {expected.get(case)}"
        for case in rows.keys() | expected.keys()
        if rows.get(case) != expected.get(case)
    )


def _few(wrong: Iterable[str]) -> list[str]:
    told = list(wrong)
    return told if len(told) <= MOST_TOLD else [*told[:MOST_TOLD], f"and {len(told) - MOST_TOLD} more"]
