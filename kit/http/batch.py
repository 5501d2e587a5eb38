"""`POST /batch`: many commands as NDJSON, answered line by line and in order.

A line: `{"aggregate": …, "id": …, "command": …, "key": …, "if_match": …, "body": {…}}`. Lines that share an id run in their order;
others run side by side and share commits. A repeated batch changes nothing: each line's key is known. Behind a line that trouble
left open, lines that share an id with it are answered 503 too: the repeat of the batch takes them in their order.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from kit.commands import CommandPath
from kit.errors import Retry
from kit.http.auth import Authenticate, bearer_scheme
from kit.http.body import parsed
from kit.http.commands import Submission
from kit.http.problems import EXPECTED, Problem, document
from kit.identity import Actor

log = logging.getLogger(__name__)
AT_ONCE = 64
REMEMBERED = 4_096  # ids of lines; those of lines that are done are forgotten
NDJSON = "application/x-ndjson"


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """One command of a batch."""

    aggregate: str
    id: str
    command: str
    key: str
    body: dict[str, Any] = {}
    if_match: int | None = None

    def ids(self) -> set[str]:
        """Every id the line names: lines that share one keep their order."""
        return {self.id, *_texts(self.body)}


def _texts(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value} if len(value) == 36 else set()
    if isinstance(value, list):
        return set().union(*(_texts(item) for item in value))
    if isinstance(value, dict):
        return set().union(*(_texts(item) for item in value.values()))
    return set()


class BothWays(StreamingResponse):
    """Answers while the request is still being read: Starlette's own would listen for a disconnect and so eat the body."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await self.stream_response(send)


def batch_route(path: CommandPath, authenticate: Authenticate) -> APIRouter:
    """The batch endpoint of a service."""
    router = APIRouter(dependencies=[bearer_scheme])
    example = '{"aggregate": "need", "id": "…", "command": "close", "key": "line-1", "body": {"code": "MET"}}'

    @router.post(
        "/batch",
        tags=["batch"],
        response_class=StreamingResponse,
        openapi_extra={"requestBody": {"required": True, "content": {NDJSON: {"schema": {"type": "string"}, "example": example}}}},
    )
    async def batch(request: Request, actor: Annotated[Actor, Depends(authenticate)]) -> BothWays:
        """Many commands, one a line; the answers come in the order of the lines, each with its line number and status."""
        if request.headers.get("content-type", NDJSON).split(";")[0].strip().lower() != NDJSON:
            raise Problem(415, "wrong_media_type", accepted=NDJSON)
        return BothWays(_answers(path, actor, request), media_type=NDJSON)

    return router


async def _answers(path: CommandPath, actor: Actor, request: Request) -> AsyncIterator[bytes]:
    """Answers in order; at most `AT_ONCE` lines are under way. What has more lines is an import: of those, one of a service at a time."""
    under_way: deque[asyncio.Task[dict[str, Any]]] = deque()
    last: dict[str, asyncio.Task[dict[str, Any]]] = {}
    number = 0
    async with AsyncExitStack() as turn:
        async for raw in _lines(request):
            number += 1
            if number == AT_ONCE + 1:
                await turn.enter_async_context(path.store.bulk_turn())
            under_way.append(_started(path, actor, number, raw, last))
            if len(under_way) >= AT_ONCE:
                yield await _next(under_way)
            if len(last) > REMEMBERED:
                last = {one: task for one, task in last.items() if _is_open(task)}
        while under_way:
            yield await _next(under_way)


async def _next(under_way: deque[asyncio.Task[dict[str, Any]]]) -> bytes:
    """The next answer, and those behind it that are there already: what shared a commit is sent in one piece."""
    answers = [_encoded(await under_way.popleft())]
    while under_way and under_way[0].done():
        answers.append(_encoded(under_way.popleft().result()))
    return b"".join(answers)


def _encoded(answer: dict[str, Any]) -> bytes:
    return msgspec.json.encode(answer, enc_hook=str) + b"\n"


async def _lines(request: Request) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in request.stream():
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            if line.strip():
                yield line
    if rest.strip():
        yield rest


def _started(
    path: CommandPath, actor: Actor, number: int, raw: bytes, last: dict[str, asyncio.Task[dict[str, Any]]]
) -> asyncio.Task[dict[str, Any]]:
    """The line is under way; it waits for earlier lines that name one of its ids."""
    try:
        line = msgspec.convert(parsed(raw), Line)
    except (Problem, msgspec.ValidationError) as error:
        problem = error if isinstance(error, Problem) else Problem(422, "invalid_fields", detail=str(error))
        return asyncio.create_task(_refused(number, problem))
    before = {last[one] for one in line.ids() if one in last and _is_open(last[one])}
    task = asyncio.create_task(_run(path, actor, number, line, before))
    last.update(dict.fromkeys(line.ids(), task))
    return task


def _is_open(line: asyncio.Task[dict[str, Any]]) -> bool:
    """It is under way, or trouble left it undecided: whoever comes behind it must not overtake it."""
    return not line.done() or line.result()["status"] >= HTTPStatus.INTERNAL_SERVER_ERROR


async def _refused(number: int, error: Exception) -> dict[str, Any]:
    status, problem = document(error)
    return {"line": number, "status": status, "problem": problem}


async def _run(path: CommandPath, actor: Actor, number: int, line: Line, before: set[asyncio.Task[dict[str, Any]]]) -> dict[str, Any]:
    if before:
        await asyncio.wait(before)
    if any(_is_open(one) for one in before):
        return await _refused(number, Retry("an earlier line of the same id is open"))
    try:
        answer = await _submission(path, line).run(path, actor)
    except EXPECTED as error:
        return await _refused(number, error)
    except Exception as error:
        log.exception("line %d of a batch failed", number)  # as a single command: 500 for this line, the others go on
        return await _refused(number, error)
    return {"line": number, "status": 201 if answer.events else 200, "answer": answer}


def _submission(path: CommandPath, line: Line) -> Submission:
    aggregate = path.service.by_name.get(line.aggregate)
    spec = next((s for s in aggregate.commands if s.name == line.command and s.is_public), None) if aggregate else None
    if aggregate is None or spec is None:
        raise Problem(404, "not_found", params={"command": "no such command"})
    return Submission(aggregate, spec, line.id, line.body, line.key, None if line.if_match is None else str(line.if_match))
