"""What all routes share: the parts they are built from, the questions of time and freshness, tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import Header, Query, Request, Response
from pydantic import AwareDatetime

from contracts.ids import AreaCode
from kit.clock import Clock, shanghai_date
from kit.errors import NotFound
from kit.http.auth import Authenticate
from kit.http.problems import Problem
from kit.journal.reading import NoToken
from policy import Areas, Calendar, Pack, Packs
from services.linkage.api.answers import FreshnessAnswer
from services.linkage.board import Board
from services.linkage.detections.all import SCOPES
from services.linkage.detections.finding import HOUSEHOLD, Finding
from services.linkage.detections.timeline import findings
from services.linkage.reading import Place, Reader, journal_of, known, live
from services.linkage.rows import HouseholdRows

POSITION_WAIT_S = 5.0
"""How long a read that carries a position token waits before it answers 503."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the routes are built from."""

    reader: Reader
    board: Board
    authenticate: Authenticate
    areas: Areas
    packs: Packs
    calendar: Calendar
    clock: Clock

    def pack(self, day: date, area: AreaCode) -> Pack:
        """The pack in force in an area on a day."""
        return self.packs.at(day, area)

    async def seen(self, token: str | None) -> None:
        """Return once the views hold what the token names. Raises Retry; Problem for a text that is no token."""
        if not token:
            return
        try:
            await self.reader.wait_for(token, POSITION_WAIT_S)
        except NoToken:
            raise Problem(HTTPStatus.BAD_REQUEST, "bad_position_token") from None

    async def household(self, household_id: str, known_at: datetime | None) -> HouseholdRows:
        """The household's rows, live or as they were known. Raises NotFound."""
        rows = await (known(self.reader, household_id, known_at) if known_at else live(self.reader, household_id))
        if rows is None:
            raise NotFound("not_found", household_id=household_id)
        return rows

    async def alerts(self, household_id: str, known_at: datetime | None) -> list[Finding]:
        """The household's open findings, now or as they would have been found at an instant (property 7)."""
        if known_at is None:
            found = await self.board.of(household_id)
        else:
            journal = await journal_of(self.reader, household_id, known_at)
            found = list(findings(SCOPES.by_name[HOUSEHOLD], household_id, journal, known_at, self.packs, self.calendar).found)
        return [one for one in found if one.until is None]

    async def fresh(self, keys: Sequence[str] = (), known_at: datetime | None = None) -> FreshnessAnswer:
        """How fresh an answer is that rests on these Kafka keys."""
        found = await self.reader.freshness(keys)
        behind = known_at is not None and any(not _holds(place, known_at) for place in found.places)
        return FreshnessAnswer.of(found, self.clock, behind=behind)

    def day(self, as_of: date | None) -> date:
        """The day asked for, else today in Shanghai."""
        return as_of or shanghai_date(self.clock.now())


def _holds(place: Place, known_at: datetime) -> bool:
    """Whether all that was recorded by then is read: something later was, or nothing was left when somebody looked later (ruling 8)."""
    later = place.recorded_at is not None and place.recorded_at > known_at
    return later or (place.lag == 0 and place.seen_at >= known_at)


AsOf = Annotated[date | None, Query(description="effective at the end of this Shanghai day; default: today (ruling 8)")]
KnownAt = Annotated[AwareDatetime | None, Query(description="only what was recorded up to this instant; default: all that is known")]
Token = Annotated[
    str | None,
    Header(
        alias="Position-Token", description="token of a command's answer: the read waits until it is seen, or answers 503", max_length=500
    ),
]
Format = Annotated[Literal["json", "csv"] | None, Query(description="also by `Accept: text/csv`")]


def shown_as(example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """What the API page shows of an answer: JSON with an example, or a table."""
    return {200: {"content": {"application/json": {"example": example}, "text/csv": {}}}}


def wants_csv(request: Request, form: str | None) -> bool:
    """The query decides, else the Accept header."""
    return form == "csv" or (form is None and "text/csv" in request.headers.get("accept", ""))


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A table as CSV in UTF-8 with a byte order mark, so that spreadsheets show Chinese. A cell never begins as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "@", "\t"} else text
