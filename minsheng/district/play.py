"""Plays the year through the public HTTP APIs, stretch by stretch, on the simulated clock; interrupted, it goes on where it was.

For each stretch (one window of a day, or several that nothing ties to each other): the deadlines up to its beginning act; the clock stands
at its end while its steps are given, as batches; all services come to rest. What acts in which order does then not depend on how fast
anybody is, so the same seed ends the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http import HTTPStatus
from itertools import groupby
from typing import Any

import httpx
import msgspec
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from kit.identity import LocalIssuer, Role
from kit.simulation import SimulatedClock
from kit.status import Status, advance, settle
from minsheng.district.played import Played
from minsheng.district.seasons import WINDOWS
from minsheng.district.step import Lesson, Place, Step, filled
from minsheng.district.stretches import Window, ids_of, stretch, windows

POLL_SECONDS = 0.02
TOKENS_LAST = timedelta(days=1)
"""They live by the machine's clock."""
PATIENCE_SECONDS = 300.0
READ_SIDE_PATIENCE_SECONDS = 900.0
TRIES = 20


class Open(Exception):
    """A batch that passing trouble left open; given again, it changes nothing twice."""


class Refusal(msgspec.Struct, frozen=True):
    """A line that was answered otherwise than the story says."""

    step: str
    line: int
    status: int
    answer: str


class Unplayable(Exception):
    """Lines of the year were refused: service, line and reason of each."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("\n".join(f"{one.step} (line {one.line}): {one.status} {one.answer}" for one in refusals[:20]))
        self.refusals = refusals


@dataclass(frozen=True)
class Batch:
    """Steps of one person for one service, given together."""

    service: str
    clerk: tuple[str, str, str]
    steps: list[Step] = field(default_factory=list)


def batches(steps: Iterable[Step]) -> Iterator[list[Batch]]:
    """The steps of a window as rounds of batches; a round is given once the one before is answered.

    Within a batch the service keeps the order of lines that share an id. What shares an id with an earlier step of another person, and
    what belongs to a later turn, goes into a later round.
    """
    for _, turn in groupby(sorted(steps, key=lambda step: step.turn), key=lambda step: step.turn):
        yield from _rounds(turn)


def _rounds(steps: Iterable[Step]) -> Iterator[list[Batch]]:
    rounds: list[dict[Place, Batch]] = []
    last: dict[str, tuple[int, Place]] = {}
    for step in steps:
        place = step.place
        ids = ids_of(step)
        number = max((found[0] + (found[1] != place) for one in ids if (found := last.get(one))), default=0)
        while len(rounds) <= number:
            rounds.append({})
        rounds[number].setdefault(place, Batch(step.service, (step.actor, step.role, step.area))).steps.append(step)
        last.update(dict.fromkeys(ids, (number, place)))
    for one in rounds:
        yield list(one.values())


class YearPlayer:
    """Gives the steps of a year. services, ops: base URLs by name.  played: what is done already, kept over a stop."""

    def __init__(
        self,
        days: Sequence[Sequence[Step]],
        clock: SimulatedClock,
        services: Mapping[str, str],
        ops: Mapping[str, str],
        issuer: LocalIssuer,
        played: Played,
        told: Callable[[int, date], None] = lambda _steps, _day: None,
    ) -> None:
        self._windows = windows(days)
        self._clock, self._services, self._ops, self._issuer, self._played, self._told = clock, services, ops, issuer, played, told
        self._tokens: dict[tuple[str, str, str], str] = {}
        self._http = httpx.AsyncClient(trust_env=False, timeout=PATIENCE_SECONDS)
        self._next = 0
        self._rest: Sequence[Status] = ()

    async def close(self) -> None:
        await self._http.aclose()

    async def play_until(self, until: datetime) -> None:
        """Every window that ends by then is played. Raises: Unplayable."""
        while waiting := [window for window in self._windows[self._next : self._next + len(WINDOWS)] if window.ends <= until]:
            together = waiting[:1]
            if together[0].ends > self._played.until:
                together = await self._play(waiting)
            self._told(sum(len(window.steps) for window in together), together[0].day)
            self._next += len(together)

    async def finish(self, at: datetime) -> None:
        """The clock stands at an instant and every deadline up to then has acted."""
        await self._deadlines_act(at)
        await self._settle()

    async def rest(self) -> None:
        """All services are at rest, the read side too."""
        await settle(self._ask_all, timeout_seconds=READ_SIDE_PATIENCE_SECONDS)

    async def deadlines_act_until(self, at: datetime) -> None:
        """The clock goes on to an instant; nothing happens but the deadlines on the way, one after the other."""
        if at > self._clock.now():
            await advance(self._clock, at, self._ask, timeout_seconds=PATIENCE_SECONDS)
            await self.rest()

    async def _play(self, waiting: Sequence[Window]) -> list[Window]:
        """The next stretch is played. Returns its windows."""
        due = await self._deadlines_act(waiting[0].begins)
        together = stretch(waiting, due)
        ends = together[-1].ends
        if ends > self._clock.now():
            self._clock.move(ends, self._clock.deadlines())
        for batches_of_round in batches(step for window in together for step in window.steps):
            await self._give(batches_of_round)
        await self._settle()
        self._played.save(ends)
        return together

    async def _deadlines_act(self, until: datetime) -> datetime | None:
        """Deadlines that were due by then have acted, and what followed is done. Returns the next one."""
        while until > self._clock.deadlines():
            due = await self._next_due()
            self._clock.move(max(until, self._clock.now()), until)
            if due is not None and due <= until:
                await self._settle()
        return await self._next_due()

    async def _next_due(self) -> datetime | None:
        if not self._rest:
            await self._settle()
        return min((status.next_due for status in self._rest if status.next_due is not None), default=None)

    async def _settle(self) -> None:
        self._rest = await settle(self._ask, timeout_seconds=PATIENCE_SECONDS, poll_seconds=POLL_SECONDS)

    async def _ask(self) -> list[Status]:
        """Where the command services stand; the read side follows at its own pace and is asked at the end."""
        return await self._asked(url for name, url in self._ops.items() if name != "linkage")

    async def _ask_all(self) -> list[Status]:
        return await self._asked(self._ops.values())

    async def _asked(self, urls: Iterable[str]) -> list[Status]:
        answers = await asyncio.gather(*(self._http.get(f"{url}/status") for url in urls))
        return [msgspec.json.decode(answer.content, type=Status) for answer in answers]

    async def _give(self, together: Sequence[Batch]) -> None:
        """One round, side by side: no two of its batches share an id."""
        refusals = await asyncio.gather(*(self._send(batch) for batch in together))
        if found := [refusal for some in refusals for refusal in some]:
            raise Unplayable(found)

    async def _send(self, batch: Batch) -> list[Refusal]:
        """What was answered otherwise than told. Services that restart are waited for."""
        trouble = retry_if_exception_type((httpx.TransportError, Open))
        async for attempt in AsyncRetrying(retry=trouble, stop=stop_after_attempt(TRIES), wait=wait_exponential(0.1, max=3), reraise=True):
            with attempt:
                answers = await self._answers(batch)
        return [refusal for step, line in zip(batch.steps, answers, strict=True) if (refusal := self._read(step, line))]

    async def _answers(self, batch: Batch) -> list[dict[str, Any]]:
        """Each line's answer. Raises: Open, httpx.TransportError."""
        lines = b"\n".join(msgspec.json.encode(self._line(step)) for step in batch.steps)
        headers = {"Authorization": f"Bearer {self._token(batch.clerk)}", "Content-Type": "application/x-ndjson"}
        answer = await self._http.post(f"{self._services[batch.service]}/batch", content=lines, headers=headers)
        told: list[dict[str, Any]] = [msgspec.json.decode(line) for line in answer.content.splitlines() if line]
        passing = answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        if passing or len(told) != len(batch.steps) or any(line["status"] == HTTPStatus.SERVICE_UNAVAILABLE for line in told):
            raise Open(f"{batch.service} answered {len(told)} of {len(batch.steps)} lines")
        answer.raise_for_status()
        return told

    def _line(self, step: Step) -> dict[str, Any]:
        names = self._played.names
        line = {"aggregate": step.aggregate, "id": filled(step.id, names), "command": step.command, "key": step.key}
        return {**line, "body": step.line_body(names), **({} if step.if_match is None else {"if_match": step.if_match})}

    def _read(self, step: Step, line: Mapping[str, Any]) -> Refusal | None:
        """What is wrong with the answer; None when it is as the story says. Lessons are learned."""
        problem = line.get("problem")
        if problem is None and not step.refused:
            for lesson in step.learn:
                self._learn(lesson, line["answer"]["events"])
            return None
        if problem is not None and step.refused and problem.get("code") == step.refused:
            return None
        text = msgspec.json.encode(problem).decode() if problem else f"accepted, though {step.refused} was expected"
        return Refusal(f"{step.service}/{step.aggregate}/{step.id}/{step.command} of {step.story}", line["line"], line["status"], text)

    def _learn(self, lesson: Lesson, events: Sequence[Mapping[str, Any]]) -> None:
        for event in events:
            if event["type"] == lesson.event and all(event["data"].get(name) == value for name, value in lesson.where.items()):
                self._played.learn(lesson.name, event["data"][lesson.take])
                return
        raise KeyError(f"{lesson.name}: no {lesson.event} in the answer")

    def _token(self, clerk: tuple[str, str, str]) -> str:
        if clerk not in self._tokens:
            actor, role, area = clerk
            self._tokens[clerk] = self._issuer.issue(actor, [Role(role)], area, TOKENS_LAST)
        return self._tokens[clerk]
