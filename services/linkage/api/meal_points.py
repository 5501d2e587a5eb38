"""`GET /reports/meal-points/{month}`: meals served of capacity at each point and of each kind, with the list behind (E04, E05)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from contracts.ids import Month
from kit.errors import NotFound
from kit.http.auth import bearer_scheme
from kit.identity import Actor, may
from policy import BeyondCalendar
from services.linkage.api.answers import Answer, FreshnessAnswer
from services.linkage.api.parts import Format, Parts, Token, csv_response, shown_as, wants_csv
from services.linkage.api.report_examples import MEAL_POINTS, MEALS
from services.linkage.api.reports import LIST_READERS, MAX_PAGE, REPORT_READERS, THINGS, ThingAnswer, thing_answer, things_table
from services.linkage.labels import zh
from services.linkage.meal_use import PointUse, Use, by_kind, days_of, uses
from services.linkage.views.counted import CountedRow, Counts, counted
from services.linkage.views.meal_point import meal_point


class UseAnswer(Answer):
    """Lunches served of those that could be, on working days. rate_permille null: none could be. other_days: meals of days off, beside."""

    capacity: int
    served: int
    rate_permille: int | None
    other_days: int


class PointAnswer(UseAnswer):
    """One point in the month."""

    meal_point_id: str
    area: str
    area_zh: str | None
    kind: str
    kind_zh: str
    capacity_a_day: int
    list: str


class KindAnswer(UseAnswer):
    """All points of one kind together."""

    kind: str
    kind_zh: str
    points: int


class MealPointsAnswer(Answer):
    """A month; of the running one, up to today."""

    month: Month
    until: date | None
    points: list[PointAnswer]
    kinds: list[KindAnswer]
    freshness: FreshnessAnswer


class PointListAnswer(Answer):
    """A page of the meals of one point, by day; `next` is where the next page begins."""

    point: PointAnswer
    items: list[ThingAnswer]
    next: int | None
    freshness: FreshnessAnswer


COLUMNS = (
    "meal_point_id", "area", "area_zh", "kind", "kind_zh", "capacity_a_day", "capacity", "served", "rate_permille", "other_days", "list",
)  # fmt: skip
MonthPath = Annotated[Month, Path(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")]


def meal_point_routes(parts: Parts) -> APIRouter:
    """The figure and the list behind it."""
    router = APIRouter(prefix="/reports", tags=["reports"], dependencies=[bearer_scheme])

    @router.get("/meal-points/{month}", response_model=MealPointsAnswer, responses=shown_as(MEAL_POINTS))
    async def meal_points(
        request: Request,
        month: MonthPath,
        actor: Annotated[Actor, Depends(parts.authenticate)],
        format: Format = None,  # noqa: A002 - the name of the query parameter
        token: Token = None,
    ) -> MealPointsAnswer | Response:
        """How much of what each point could serve in a month was eaten, and canteens beside catering firms."""
        may(actor, REPORT_READERS, None, parts.areas)
        await parts.seen(token)
        days = days_of(month, parts.day(None))
        found, _ = await _found(parts, month, days)
        points = [point_answer(parts, one, month) for one in found]
        if wants_csv(request, format):
            return csv_response(f"meal-points-{month}", COLUMNS, [tuple(getattr(one, name) for name in COLUMNS) for one in points])
        return MealPointsAnswer(
            month=month,
            until=days[-1] if days else None,
            points=points,
            kinds=[KindAnswer(kind=kind, kind_zh=zh(kind), points=use.points, **_use(use)) for kind, use in by_kind(found).items()],
            freshness=await parts.fresh(),
        )

    @router.get("/meal-points/{month}/{meal_point_id}/list", response_model=PointListAnswer, responses=shown_as(MEALS))
    async def meals_of_point(
        request: Request,
        month: MonthPath,
        meal_point_id: Annotated[str, Path(max_length=63)],
        actor: Annotated[Actor, Depends(parts.authenticate)],
        after: Annotated[int, Query(ge=0, description="how many to step over")] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
        format: Format = None,  # noqa: A002 - the name of the query parameter
        token: Token = None,
    ) -> PointListAnswer | Response:
        """The meals of one point in a month, each with its event; as CSV all of them."""
        may(actor, LIST_READERS, None, parts.areas)
        await parts.seen(token)
        found, rows = await _found(parts, month, days_of(month, parts.day(None)))
        one = next((one for one in found if one.point.meal_point_id == meal_point_id), None)
        if one is None:
            raise NotFound("not_found", meal_point_id=meal_point_id)
        if wants_csv(request, format):
            return csv_response(f"{meal_point_id}-{month}", THINGS, things_table(one.meals, rows))
        return PointListAnswer(
            point=point_answer(parts, one, month),
            items=[thing_answer(row, rows) for row in one.meals[after : after + limit]],
            next=after + limit if after + limit < len(one.meals) else None,
            freshness=await parts.fresh(),
        )

    return router


async def _found(parts: Parts, month: str, days: Sequence[date]) -> tuple[list[PointUse], dict[str, CountedRow]]:
    """The points of a month, and all meals of its year by key. Raises NotFound for a year without a calendar."""
    async with parts.reader.snapshot() as now:
        rows = {row.key: row for row in await now.rows(counted, kind=Counts.MEAL, year=int(month[:4]))}
        points = await now.rows(meal_point)
    try:
        return uses(points, rows.values(), days, parts.calendar), rows
    except BeyondCalendar:
        raise NotFound("no_calendar_then") from None


def point_answer(parts: Parts, one: PointUse, month: str) -> PointAnswer:
    point, area = one.point, parts.areas.by_code.get(one.point.area)
    return PointAnswer(
        meal_point_id=point.meal_point_id,
        area=point.area,
        area_zh=area.title_zh if area else None,
        kind=point.kind,
        kind_zh=zh(point.kind),
        capacity_a_day=point.capacity,
        list=f"/reports/meal-points/{month}/{point.meal_point_id}/list",
        **_use(one.use),
    )


def _use(use: Use) -> Mapping[str, int | None]:
    return {"capacity": use.capacity, "served": use.served, "rate_permille": use.rate_permille, "other_days": use.other_days}
