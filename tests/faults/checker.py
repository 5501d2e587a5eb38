"""What must be true of a store after any fault: `check_store` reads all of it in one snapshot and names everything that is not so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from contracts.envelope import decode, stream_of
from kit.service import Service
from kit.store.model import IndexChange, Link, Release, ReleaseAll, SetTimer, Take, Unlink

Row = Mapping[str, Any]


@dataclass
class Contents:
    """A store's rows. Timers by (stream, name), claims by (kind, key), subjects by (subject, stream) with the position of their link."""

    events: list[Row]
    keys: dict[str, Row]
    claims: dict[tuple[str, str], str] = field(default_factory=dict)
    subjects: dict[tuple[str, str], int] = field(default_factory=dict)
    timers: dict[tuple[str, str], datetime] = field(default_factory=dict)
    touched: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    """Of a replay: by stream the claims, subjects and timers it ever had."""

    def by_key(self) -> dict[str, list[Row]]:
        """The events of each command key, in position order."""
        found: dict[str, list[Row]] = defaultdict(list)
        for event in self.events:
            if key := event["meta"].get("command_key"):
                found[key].append(event)
        return found


async def check_store(dsn: str, service: Service | None = None) -> Contents:
    """The store is whole. With a service also: its index rows are what a replay of the events by `index` functions gives.

    Raises AssertionError that lists what is wrong (at most 20 lines).
    """
    contents = await read_contents(dsn)
    wrong = [line for findings in FINDINGS.values() for line in findings(contents, service)]
    assert not wrong, f"{len(wrong)} faults in the store:\n" + "\n".join(wrong[:20])
    return contents


async def read_contents(dsn: str) -> Contents:
    """Everything the store holds, as of one snapshot."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            events: list[Row] = [
                dict(row) | {"meta": msgspec.json.decode(row["meta"])}
                for row in await connection.fetch("select * from events order by position")
            ]
            keys = {row["key"].hex: row for row in await connection.fetch("select * from command_key")}
            claims = {(row["kind"], row["key"]): row["stream"] for row in await connection.fetch("select * from claim")}
            subjects = {(row["subject"], row["stream"]): row["position"] for row in await connection.fetch("select * from subject")}
            timers = {(row["stream"], row["name"]): row["due"] for row in await connection.fetch("select * from timer")}
    finally:
        await connection.close()
    return Contents(events, keys, claims, subjects, timers)


def _positions(contents: Contents, _service: Service | None) -> Iterator[str]:
    for expected, event in enumerate(contents.events, 1):
        if event["position"] != expected:
            yield f"position {event['position']} stands where {expected} must"
            return


def _versions(contents: Contents, _service: Service | None) -> Iterator[str]:
    """Each stream counts from 1 without a hole and keeps its Kafka key."""
    heads: dict[str, int] = defaultdict(int)
    keys: dict[str, str] = {}
    for event in contents.events:
        stream = event["stream"]
        heads[stream] += 1
        if event["version"] != heads[stream]:
            yield f"{stream}: version {event['version']} at position {event['position']}, expected {heads[stream]}"
        if keys.setdefault(stream, event["key"]) != event["key"]:
            yield f"{stream}: Kafka key changes at position {event['position']}"


def _times(contents: Contents, _service: Service | None) -> Iterator[str]:
    for before, after in zip(contents.events, contents.events[1:], strict=False):
        if after["recorded_at"] < before["recorded_at"]:
            yield f"recorded_at goes back at position {after['position']}"


def _command_keys(contents: Contents, _service: Service | None) -> Iterator[str]:
    """Each key names exactly the events that name it, in one piece, recorded at one instant and with one body."""
    answered = contents.by_key()
    for key in answered.keys() - contents.keys.keys():
        yield f"events of {key} without a row in command_key"
    for key, row in contents.keys.items():
        events = answered.get(key, [])
        positions = [event["position"] for event in events]
        if positions != list(range(row["position"], row["position"] + row["count"])):
            yield f"key {key} names {row['count']} events from {row['position']}; those that name it are at {positions}"
        if len({event["recorded_at"] for event in events}) > 1:
            yield f"events of key {key} were not recorded together"
        body = row["body"].hex if row["body"] else None
        if any(event["meta"].get("body_hash") != body for event in events):
            yield f"events of key {key} have another body than the key"


def _indexes(contents: Contents, service: Service | None) -> Iterator[str]:
    if service is None:
        return
    replayed = Contents(contents.events, contents.keys)
    firsts = {key: events[0]["position"] for key, events in contents.by_key().items()}
    for row in contents.events:
        event = decode(row["type"], row["schema_version"], row["data"].encode())
        if stream_of(event) != row["stream"]:
            yield f"position {row['position']}: an event of {stream_of(event)} lies in {row['stream']}"
        position = firsts.get(row["meta"].get("command_key", ""), int(row["position"]))
        for change in service.aggregate_of(event).index(event):
            yield from _applied(replayed, row["stream"], change, position)
    for name in ("claims", "subjects", "timers"):
        stored, expected = getattr(contents, name), getattr(replayed, name)
        for place in stored.keys() | expected.keys():
            if stored.get(place) != expected.get(place):
                yield f"{name} {place}: stored {stored.get(place)}, a replay gives {expected.get(place)}"


def _applied(rows: Contents, stream: str, change: IndexChange, position: int) -> Iterator[str]:
    """The change made to the rows; what the log shows to be impossible is told."""
    touched = rows.touched[stream]
    match change:
        case Take(kind, key):
            touched.add((kind, key))
            if rows.claims.setdefault((kind, key), stream) != stream:
                yield f"claim {kind}:{key} taken twice: position {position}"
        case Release(kind, key):
            if rows.claims.pop((kind, key), None) != stream:
                yield f"claim {kind}:{key} released by {stream}, which does not hold it: position {position}"
        case Link(subject):
            touched.add((subject, stream))
            rows.subjects.setdefault((subject, stream), position)
        case Unlink(subject):
            rows.subjects.pop((subject, stream), None)
        case SetTimer(name, None):
            rows.timers.pop((stream, name), None)
        case SetTimer(name, due) if due is not None:
            touched.add((stream, name))
            rows.timers[stream, name] = due
        case ReleaseAll():
            _forget(rows, stream)


def _forget(rows: Contents, stream: str) -> None:
    """All that the stream had is gone."""
    for place in rows.touched.pop(stream, set()):
        if rows.claims.get(place) == stream:
            del rows.claims[place]
        if place[1] == stream:
            rows.subjects.pop(place, None)
        if place[0] == stream:
            rows.timers.pop(place, None)


Findings = Callable[[Contents, Service | None], Iterable[str]]
FINDINGS: Mapping[str, Findings] = {
    "positions": _positions,
    "versions": _versions,
    "recorded_at": _times,
    "command keys": _command_keys,
    "claims, subjects, timers": _indexes,
}
"""What is told wrong, by what it is about."""
