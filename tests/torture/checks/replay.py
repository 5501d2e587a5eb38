"""A plain, single-threaded replay of the log: the states and claims at every position, and each command decided once more on them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import msgspec

from contracts.envelope import Event, decode
from kit.aggregate import Aggregate, CommandSpec, check_stream
from kit.command import Command, Context
from kit.errors import NotFound, Refused
from kit.store.model import Release, ReleaseAll, Take
from kit.testing import policy
from tests.faults.checker import Contents, Row
from tests.faults.load import CALLER
from tests.torture.checks.histories import Asked, Histories
from tests.torture.script import Job
from tests.torture.service import tortured

NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_packs, _calendar = policy()
_CONTEXT = Context(actor=CALLER, now=NEVER, occurred_at=NEVER, seed="", packs=_packs, calendar=_calendar, area=str(CALLER.area))


@dataclass(slots=True)
class Course:
    """How something changed: positions in order and what was so from each on."""

    positions: list[int]
    values: list[Any]

    def at(self, position: int) -> Any:
        count = bisect_right(self.positions, position)
        return self.values[count - 1] if count else None

    def changes(self, after: int, upto: int) -> list[int]:
        return self.positions[bisect_right(self.positions, after) : bisect_right(self.positions, upto)]


class Replay:
    """States by stream as (version, state), holders by claim; filled event by event."""

    def __init__(self) -> None:
        self.streams: dict[str, Course] = defaultdict(lambda: Course([], []))
        self.claims: dict[tuple[str, str], Course] = defaultdict(lambda: Course([], []))
        self._held: dict[str, set[tuple[str, str]]] = defaultdict(set)

    def take(self, row: Row, event: Event) -> None:
        stream, position = row["stream"], row["position"]
        aggregate = tortured.aggregate_of_stream(stream)
        version, state = self.streams[stream].values[-1] if self.streams[stream].values else (0, aggregate.initial())
        self._put(self.streams[stream], position, (version + 1, aggregate.evolve(state, event)))
        for change in aggregate.index(event):
            match change:
                case Take(kind, key):
                    self._put(self.claims[kind, key], position, stream)
                    self._held[stream].add((kind, key))
                case Release(kind, key):
                    self._put(self.claims[kind, key], position, None)
                    self._held[stream].discard((kind, key))
                case ReleaseAll():
                    for place in self._held.pop(stream, set()):
                        self._put(self.claims[place], position, None)

    def _put(self, course: Course, position: int, value: Any) -> None:
        course.positions.append(position)
        course.values.append(value)

    def stream_at(self, stream: str, position: int) -> tuple[int, Any]:
        """(version, state)"""
        found = self.streams[stream].at(position) if stream in self.streams else None
        return found or (0, tortured.aggregate_of_stream(stream).initial())

    def decided(self, job: Job, position: int) -> list[Event] | str:
        """The events of the command on what was so at the position, or the code of its refusal. Times it would set are `NEVER`'s."""
        aggregate, spec, command = understood(job)
        stream = aggregate.stream(job.id)
        version, state = self.stream_at(stream, position)
        try:
            check_stream(spec, stream, exists=version > 0)
            others = [self._other(also, command, state, position) for also in spec.also]
            events = [event for event in spec.decide(command, state, _CONTEXT, *others) if isinstance(event, Event)]
        except Refused as refusal:
            return refusal.code
        return "claimed" if self._claimed(events, position) else events

    def _other(self, also: Any, command: Command, state: Any, position: int) -> Any:
        (stream,) = also.streams(command, state)
        version, found = self.stream_at(stream, position)
        if not also.missing_ok and not version:
            raise NotFound("not_found", stream=stream)
        return found

    def _claimed(self, events: list[Event], position: int) -> bool:
        for event in events:
            aggregate = tortured.aggregate_of(event)
            stream = aggregate.stream(getattr(event, aggregate.id))
            for change in aggregate.index(event):
                if isinstance(change, Take | Release):
                    holder = self.claims[change.kind, change.key].at(position) if (change.kind, change.key) in self.claims else None
                    if holder != stream and (isinstance(change, Release) or holder is not None):
                        return True
        return False

    def touched(self, job: Job, after: int, upto: int) -> list[int]:
        """`after`, and each later position up to `upto` at which something changed that the command depends on."""
        aggregate, spec, command = understood(job)
        own = aggregate.stream(job.id)
        found = {after, *self.streams[own].changes(after, upto)} if own in self.streams else {after}
        for position in list(found):
            state = self.stream_at(own, position)[1]
            for also in spec.also:
                for stream in also.streams(command, state):
                    found.update(self.streams[stream].changes(after, upto) if stream in self.streams else ())
        for kind in ("chair", "nickname"):
            place = (kind, str(getattr(command, kind, "")))
            found.update(self.claims[place].changes(after, upto) if place in self.claims else ())
        return sorted(found)


def understood(job: Job) -> tuple[Aggregate[Any], CommandSpec, Command]:
    aggregate = tortured.by_name[job.aggregate]
    spec = next(spec for spec in aggregate.commands if spec.name == job.command)
    return aggregate, spec, spec.model.model_validate({**job.body, aggregate.id: job.id})


def fact_of(row: Row) -> Event:
    return decode(row["type"], row["schema_version"], row["data"].encode())


def timeless(event: Event) -> Event:
    """Without the time that the command's clock gave it."""
    return msgspec.structs.replace(event, due_at=NEVER) if hasattr(event, "due_at") else event


def replayed(contents: Contents, histories: Histories, wrong: list[str]) -> Replay:
    """The log replayed. wrong: gets a line for each stored command that would have been decided otherwise at its position."""
    replay = Replay()
    for key, rows in groupby(contents.events, key=lambda row: row["meta"].get("command_key")):
        group = [(row, fact_of(row)) for row in rows]
        first = group[0][0]["position"]
        asked = histories.asked.get(key or "")
        if asked is None:
            wrong.append(f"position {first}: nobody asked for {group[0][0]['type']} of {group[0][0]['stream']}")
        else:
            wrong += _otherwise(replay, asked, first, [event for _, event in group])
        for row, event in group:
            try:
                replay.take(row, event)
            except Exception as error:  # noqa: BLE001 - a state that no rule allows: it is told, and the replay goes on
                wrong.append(f"position {row['position']}: {row['type']} does not fit its stream ({type(error).__name__})")
    return replay


def _otherwise(replay: Replay, asked: Asked, first: int, stored: list[Event]) -> Iterator[str]:
    decided = replay.decided(asked.job, first - 1)
    if isinstance(decided, str):
        yield f"position {first}: {asked.job.command} should have been refused: {decided}"
    elif [timeless(event) for event in decided] != [timeless(event) for event in stored]:
        yield f"position {first}: {asked.job.command} gives {decided}, stored is {stored}"
