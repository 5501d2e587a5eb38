"""`GET /exceptions`: the exception board. Findings come and go by themselves; their history stays."""

from collections.abc import Iterable
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from kit.http.auth import bearer_scheme
from kit.http.problems import Problem
from kit.identity import Actor, Role
from policy import end_of
from services.linkage.api.access import BOARD_READERS, readable_areas, readable_owners
from services.linkage.api.answers import Answer, FreshnessAnswer
from services.linkage.api.examples import EXCEPTIONS
from services.linkage.api.findings_answer import FindingAnswer, finding_answer
from services.linkage.api.parts import Format, Parts, Token, csv_response, wants_csv
from services.linkage.board import Cursor, Question, cursor_of
from services.linkage.detections.finding import Kind

HEADER = (
    "detection", "title_zh", "kind_zh", "scope", "household_id", "area", "subject", "owner", "owner_zh", "next_step", "next_step_zh",
    "limit_zh", "since", "until", "age_hours",
)  # fmt: skip
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

    @router.get(
        "/exceptions",
        response_model=ExceptionsAnswer,
        responses={200: {"content": {"application/json": {"example": EXCEPTIONS}, "text/csv": {}}}},
    )
    async def exceptions(
        request: Request,
        actor: Annotated[Actor, Depends(parts.authenticate)],
        kind: Annotated[Kind | None, Query(description="gap, overlap, stale or error")] = None,
        detection: Annotated[str | None, Query(pattern=r"^DET-[0-9]{2}$")] = None,
        area: Annotated[str | None, Query(description="a district, street or community; default: the own area", max_length=63)] = None,
        on: Annotated[
            date | None, Query(description="the findings open at the end of this Shanghai day, as known now; `history` then says nothing")
        ] = None,
        history: Annotated[Literal["open", "all"], Query(description="all: also findings that are over")] = "open",
        owner: Annotated[Role | None, Query(description="whose they are from the beginning; default: all that the caller may see")] = None,
        cursor: Annotated[str | None, Query(max_length=500)] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
        format: Format = None,  # noqa: A002 - the name of the query parameter
        token: Token = None,
    ) -> ExceptionsAnswer | Response:
        """Findings of the places the caller may see: those that stand now, all that ever stood, or those that stood on a past day (B05)."""
        await parts.seen(token)
        now = parts.clock.now()
        then = min(end_of(on) - LAST_INSTANT, now) if on else None
        question = Question(
            kind=kind,
            detection=detection,
            areas=readable_areas(actor, parts.areas, area, BOARD_READERS),
            owners=_owners(actor, owner),
            over=history == "all",
            at=then,
            after=_after(cursor),
            limit=limit + 1,
        )
        found = await parts.board.page(question)
        shown, more = found[:limit], len(found) > limit
        answer = ExceptionsAnswer(
            items=[finding_answer(one, then or now) for one in shown],
            next=Cursor(since=shown[-1].since, id=shown[-1].id).text() if more else None,
            freshness=await parts.fresh(),
        )
        return csv_response("exceptions", HEADER, table(answer)) if wants_csv(request, format) else answer

    return router


def table(answer: ExceptionsAnswer) -> Iterable[tuple[object, ...]]:
    """One line for each finding of the page; what concerns no household has an empty cell."""
    for one in answer.items:
        yield (
            one.detection, one.title_zh, one.kind_zh, one.scope, one.household_id, one.area, one.subject, one.owner, one.owner_zh,
            one.next_step, one.next_step_zh, one.limit.text_zh, one.since.isoformat(), one.until and one.until.isoformat(), one.age_hours,
        )  # fmt: skip


def _owners(actor: Actor, wanted: Role | None) -> frozenset[Role] | None:
    """Whose findings are listed: what was asked for, of what the caller may see."""
    allowed = readable_owners(actor)
    if wanted is None:
        return allowed
    return frozenset({wanted}) if allowed is None else allowed & {wanted}


def _after(cursor: str | None) -> Cursor | None:
    """Where the page begins. Raises Problem for a text that is no cursor."""
    if cursor is None:
        return None
    try:
        return cursor_of(cursor)
    except ValueError:
        raise Problem(HTTPStatus.BAD_REQUEST, "bad_cursor") from None
