"""Clients of the tortured service: `python -m tests.torture.client NAME WORLD FIRST SINGLES`. What they asked and heard is in a log of their own.

Some callers give single commands, one gives batches. An open outcome is asked about again with the same key, mostly; one in five is left
open for ever, as clients that die leave it. Until SIGTERM, and then until nothing is under way.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import IO

import httpx
import msgspec

from kit.commands import Answer
from kit.identity import LocalIssuer
from kit.serving import stop_on_signals
from tests.faults.load import CALLER
from tests.torture.points import note
from tests.torture.script import Job, Script
from tests.torture.world import APIS, World

TIMEOUT_S = 30.0
GIVE_UP = 0.2
REPEAT = 0.02
BATCH = (40, 200)
FINAL = {200, 201, 404, 409}


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of a client's log. what: invoke, again (asked once more), ok, repeat (ok once more), fail, unknown (this try's outcome), gone (left open).

    at: seconds of the machine's steady clock, which all processes share.
    """

    what: str
    key: str
    at: float
    job: Job | None = None
    answer: Answer | None = None
    code: str = ""


class Told(msgspec.Struct):
    """What an answer says, single or of a batch."""

    status: int
    answer: Answer | None = None
    code: str = ""


class Problem(msgspec.Struct):
    code: str = ""


class Line(msgspec.Struct):
    line: int
    status: int
    answer: Answer | None = None
    problem: Problem | None = None


_answer = msgspec.json.Decoder(Answer)
_line = msgspec.json.Decoder(Line)
_problem = msgspec.json.Decoder(Problem)
_encode = msgspec.json.Encoder().encode


@dataclass
class Client:
    """The callers of one process. open: keys whose last try may have been stored."""

    world: World
    log: IO[bytes]
    dice: random.Random
    stop: asyncio.Event
    apis: list[httpx.AsyncClient] = field(default_factory=list)

    def write(self, what: str, key: str, job: Job | None = None, answer: Answer | None = None, code: str = "") -> None:
        self.log.write(_encode(Entry(what, key, time.monotonic(), job, answer, code)) + b"\n")

    async def single(self, script: Script) -> None:
        for job in script.jobs():
            if self.stop.is_set():
                return
            stored = await self.through(job)
            if stored and self.dice.random() < REPEAT:
                await self.through(job, what="repeat")

    async def through(self, job: Job, what: str = "ok", *, known: bool = False) -> bool:
        """Given until its outcome is known or it is given up. known: it was asked before. Returns whether it was answered with events."""
        first = not known
        while True:
            self.write("invoke" if first and what == "ok" else "again", job.key, job if first and what == "ok" else None)
            first = False
            told = await self._ask(job)
            if self._settled(job, told, what):
                return bool(told.answer and told.answer.events)
            if self.dice.random() < GIVE_UP:
                self.write("gone", job.key)
                return False
            await asyncio.sleep(self.dice.uniform(0.01, 0.2))

    def _settled(self, job: Job, told: Told, what: str) -> bool:
        if told.status in {200, 201}:
            self.write(what, job.key, None, told.answer)
        elif told.status in FINAL:
            self.write("fail", job.key, code=told.code)
        else:
            self.write("unknown", job.key, code=told.code or str(told.status))
        return told.status in FINAL

    async def _ask(self, job: Job) -> Told:
        api = self.apis[self.dice.randrange(2) if job.api is None else job.api]
        try:
            response = await api.post(f"/{job.aggregate}/{job.id}/{job.command}", json=job.body, headers={"Idempotency-Key": job.key})
        except httpx.HTTPError as broken:
            return Told(0, code=type(broken).__name__)
        if response.status_code in {200, 201}:
            return Told(response.status_code, _answer.decode(response.content))
        return Told(response.status_code, code=_problem.decode(response.content).code)

    async def batches(self, script: Script) -> None:
        jobs = script.jobs()
        while not self.stop.is_set():
            await self._batch(list(islice(jobs, self.dice.randint(*BATCH))))

    async def _batch(self, jobs: list[Job]) -> None:
        for job in jobs:
            self.write("invoke", job.key, job)
        left = dict(enumerate(jobs, 1))
        try:
            async for line in self._lines(jobs):
                job = left.pop(line.line)
                told = Told(line.status, line.answer, line.problem.code if line.problem else "")
                if not self._settled(job, told, "ok"):
                    left[line.line] = job
        except httpx.HTTPError as broken:
            for job in left.values():
                self.write("unknown", job.key, code=type(broken).__name__)
        for job in left.values():
            if self.dice.random() < GIVE_UP:
                self.write("gone", job.key)
            else:
                await self.through(job, known=True)

    async def _lines(self, jobs: list[Job]) -> AsyncIterator[Line]:
        content = b"\n".join(job.line() for job in jobs)
        headers = {"Content-Type": "application/x-ndjson"}
        async with self.dice.choice(self.apis).stream("POST", "/batch", content=content, headers=headers) as response:
            response.raise_for_status()
            async for text in response.aiter_lines():
                if text.strip():
                    yield _line.decode(text)


async def main(name: str, world_file: str, first: str, singles: str) -> None:
    world = World.load(world_file)
    stop = stop_on_signals()
    note(world, name, "up")
    token = LocalIssuer(world.keys).issue(CALLER.id, CALLER.roles, str(CALLER.area))
    apis = [
        httpx.AsyncClient(base_url=world.url(api), headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=TIMEOUT_S)
        for api in APIS
    ]
    with world.inside("clients", name).open("wb") as log:
        client = Client(world, log, random.Random(f"{world.seed}/{name}"), stop, apis)
        async with asyncio.TaskGroup() as callers:
            for number in range(int(singles)):
                callers.create_task(client.single(Script(world.seed, int(first) + number)))
            callers.create_task(client.batches(Script(world.seed, int(first) + int(singles))))
    for api in apis:
        await api.aclose()


def entries(world: World) -> Iterator[Entry]:
    """All clients' logs, one after the other."""
    decoder = msgspec.json.Decoder(Entry)
    for path in sorted(world.inside("clients", "any").parent.iterdir()):
        with path.open("rb") as lines:
            for line in lines:
                yield decoder.decode(line)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
