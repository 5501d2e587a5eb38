"""`GET /exceptions`: the exception board. Findings come and go by themselves; their history stays."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from kit.http.auth import bearer_scheme
from kit.http.problems import Problem
from kit.identity import Actor
from policy import end_of
from services.linkage.api.access import readable_areas
from services.linkage.api.answers import Answer, FreshnessAnswer
from services.linkage.api.examples import EXCEPTIONS
from services.linkage.api.findings_answer import FindingAnswer, finding_answer
from services.linkage.api.parts import Parts, Token
from services.linkage.board import Cursor, Question, cursor_of
from services.linkage.detections.finding import Kind

MAX_PAGE = 200
LAST_INSTANT = timedelta(microseconds=1)
"""The end of a day is still that day: what is breached at 00:00 belongs to the next (ruling 16)."""


class ExceptionsAnswer(Answer):
    """A page of findings, oldest first; `next` is the cursor of the page after it."""

    items: list[FindingAnswer]
    next: str | None
    freshness: FreshnessAnswer


def exception_routes(parts: Parts) -> APIRouter:
    """The route of the board."""
    router = APIRouter(tags=["exceptions"], dependencies=[bearer_scheme])

    @router.get("/exceptions", responses={200: {"content": {"application/json": {"example": EXCEPTIONS}}}})
    async def exceptions(
        actor: Annotated[Actor, Depends(parts.authenticate)],
        kind: Annotated[Kind | None, Query(description="gap, overlap, stale or error")] = None,
        detection: Annotated[str | None, Query(pattern=r"^DET-[0-9]{2}$")] = None,
        area: Annotated[str | None, Query(description="a district, street or community; default: the own area", max_length=63)] = None,
        on: Annotated[
            date | None, Query(description="the findings open at the end of this Shanghai day, as known now; `history` then says nothing")
        ] = None,
        history: Annotated[Literal["open", "all"], Query(description="all: also findings that are over")] = "open",
        cursor: Annotated[str | None, Query(max_length=500)] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
        token: Token = None,
    ) -> ExceptionsAnswer:
        """Findings of the places the caller may see: those that stand now, all that ever stood, or those that stood on a past day (B05)."""
        await parts.seen(token)
        now = parts.clock.now()
        then = min(end_of(on) - LAST_INSTANT, now) if on else None
        question = Question(
            kind=kind,
            detection=detection,
            areas=readable_areas(actor, parts.areas, area),
            over=history == "all",
            at=then,
            after=_after(cursor),
            limit=limit + 1,
        )
        found = await parts.board.page(question)
        shown, more = found[:limit], len(found) > limit
        return ExceptionsAnswer(
            items=[finding_answer(one, then or now) for one in shown],
            next=Cursor(since=shown[-1].since, id=shown[-1].id).text() if more else None,
            freshness=await parts.fresh(),
        )

    return router


def _after(cursor: str | None) -> Cursor | None:
    """Where the page begins. Raises Problem for a text that is no cursor."""
    if cursor is None:
        return None
    try:
        return cursor_of(cursor)
    except ValueError:
        raise Problem(HTTPStatus.BAD_REQUEST, "bad_cursor") from None
