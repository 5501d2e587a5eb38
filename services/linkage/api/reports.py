"""`GET /reports/…`: the annual report counted from the log, the list behind each figure, and what each street did."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from kit.errors import NotFound, Refused
from kit.http.auth import bearer_scheme
from kit.identity import Actor, Role, may
from services.linkage.api.answers import Answer, FactAnswer, FreshnessAnswer
from services.linkage.api.parts import Format, Parts, Token, csv_response, shown_as, wants_csv
from services.linkage.api.report_examples import ANNUAL, LIST
from services.linkage.api.report_examples import STREETS as STREETS_EXAMPLE
from services.linkage.labels import zh
from services.linkage.programmes.catalogue import Catalogue, FigureSpec, Unit, catalogues
from services.linkage.programmes.figures import Figure, figure_of, place_of, tiles
from services.linkage.programmes.streets import StreetLine, streets
from services.linkage.reading import Snapshot
from services.linkage.views.counted import CountedRow, Counts, counted

REPORT_READERS = frozenset({Role.DISTRICT_OFFICER, Role.CHARITY_OFFICER, Role.APPROVER, Role.CASEWORKER, Role.AUDITOR, Role.READER})
LIST_READERS = frozenset({Role.DISTRICT_OFFICER, Role.AUDITOR})
"""Who opens the list behind a figure: it names persons and households by their ids."""
MAX_PAGE = 1_000
MAX_YEARS = 5

Year = Annotated[int, Path(ge=2000, le=2100)]


class FigureAnswer(Answer):
    """A figure of the report beside what the log says. Money in fen with a text in yuan."""

    id: str
    title: str
    title_zh: str
    item: str
    comparator: str
    reported: int
    counted: int
    unit: str
    unit_zh: str
    reported_text: str
    counted_text: str
    verdict: str
    verdict_zh: str
    query: str
    list: str


class ProgrammeAnswer(Answer):
    """A programme, its place in the frame, how many things of the year belong to it, and its figures."""

    id: str
    title: str
    title_zh: str
    have: str
    have_zh: str
    line: str
    line_zh: str
    things: int
    figures: list[FigureAnswer]


class TileAnswer(Answer):
    """One of the six areas and how many things of the year belong to it."""

    have: str
    have_zh: str
    things: int


class AnnualAnswer(Answer):
    """The report of a year. `things`: all that was counted; the six tiles add up to it."""

    year: int
    things: int
    tiles: list[TileAnswer]
    programmes: list[ProgrammeAnswer]
    freshness: FreshnessAnswer


class ThingAnswer(Answer):
    """One thing behind a figure, with the event that says so."""

    thing: str
    on: date
    area: str | None
    person_id: str | None
    household_id: str | None
    organisation_id: str | None
    code: str | None
    people: list[str]
    times: int
    fen: int
    minutes: int
    source: FactAnswer


class ListAnswer(Answer):
    """A page of the list behind a figure, by day; `next` is where the next page begins."""

    figure: FigureAnswer
    items: list[ThingAnswer]
    next: int | None
    freshness: FreshnessAnswer


class StreetAnswer(Answer):
    """What one street did of one kind of thing between two days. area null: what belongs to no street alone."""

    area: str | None
    area_zh: str
    kind: str
    kind_zh: str
    things: int
    times: int
    persons: int
    households: int
    fen: int
    hours: int


class StreetsAnswer(Answer):
    """All streets and kinds between two days, both included."""

    first: date
    last: date
    rows: list[StreetAnswer]
    freshness: FreshnessAnswer


FIGURES = (
    "programme", "programme_zh", "have", "line", "figure", "figure_zh", "item", "comparator", "reported", "counted", "unit", "verdict",
    "query", "list",
)  # fmt: skip
THINGS = ("thing", "on", "area", "person_id", "household_id", "organisation_id", "code", "people", "times", "fen", "minutes", "event_id")
STREETS = ("area", "area_zh", "kind", "kind_zh", "things", "times", "persons", "households", "fen", "hours")


def report_routes(parts: Parts) -> APIRouter:
    """The routes of the reports."""
    router = APIRouter(tags=["reports"], dependencies=[bearer_scheme])
    for add in (_add_annual, _add_figure, _add_streets):
        add(router, parts)
    return router


def _add_annual(router: APIRouter, parts: Parts) -> None:
    @router.get("/reports/annual/{year}", response_model=AnnualAnswer, responses=shown_as(ANNUAL))
    async def annual(
        request: Request,
        year: Year,
        actor: Annotated[Actor, Depends(parts.authenticate)],
        format: Format = None,  # noqa: A002 - the name of the query parameter
        token: Token = None,
    ) -> AnnualAnswer | Response:
        """Each programme's figures: what the report said, what the log says, and the query that lists it."""
        may(actor, REPORT_READERS, None, parts.areas)
        catalogue = catalogue_of(year)
        await parts.seen(token)
        async with parts.reader.snapshot() as now:
            things = {Counts(kind): number for kind, number in (await now.counts(counted, "kind", year=year)).items()}
            rows = await rows_behind(now, catalogue.figures, year)
        answer = annual_answer(catalogue, things, rows, await parts.fresh())
        return csv_response(f"annual-{year}", FIGURES, figures_table(answer)) if wants_csv(request, format) else answer


def _add_figure(router: APIRouter, parts: Parts) -> None:
    @router.get("/reports/annual/{year}/{figure}/list", response_model=ListAnswer, responses=shown_as(LIST))
    async def figure_list(
        request: Request,
        year: Year,
        figure: Annotated[str, Path(max_length=60)],
        actor: Annotated[Actor, Depends(parts.authenticate)],
        after: Annotated[int, Query(ge=0, description="how many to step over")] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
        format: Format = None,  # noqa: A002 - the name of the query parameter
        token: Token = None,
    ) -> ListAnswer | Response:
        """The things that a figure counts, each with its event; as CSV all of them."""
        may(actor, LIST_READERS, None, parts.areas)
        catalogue = catalogue_of(year)
        spec = catalogue.figure(figure)
        if spec is None:
            raise NotFound("no_such_figure", figures=[one.id for one in catalogue.figures])
        await parts.seen(token)
        async with parts.reader.snapshot() as now:
            rows = await rows_behind(now, [spec], year)
        found = figure_of(spec, rows, catalogue.tolerance_percent)
        if wants_csv(request, format):
            return csv_response(f"{figure}-{year}", THINGS, things_table(found.rows, rows))
        shown = found.rows[after : after + limit]
        return ListAnswer(
            figure=figure_answer(found, year),
            items=[thing_answer(row, rows) for row in shown],
            next=after + limit if after + limit < len(found.rows) else None,
            freshness=await parts.fresh(),
        )


def _add_streets(router: APIRouter, parts: Parts) -> None:
    @router.get("/reports/streets", response_model=StreetsAnswer, responses=shown_as(STREETS_EXAMPLE))
    async def by_street(
        request: Request,
        actor: Annotated[Actor, Depends(parts.authenticate)],
        first: Annotated[date, Query(alias="from")],
        last: Annotated[date, Query(alias="to")],
        format: Format = None,  # noqa: A002 - the name of the query parameter
        token: Token = None,
    ) -> StreetsAnswer | Response:
        """What each street did between two days, both included."""
        may(actor, REPORT_READERS, None, parts.areas)
        if first > last or last.year - first.year > MAX_YEARS:
            raise Refused("bad_period", longest_years=MAX_YEARS)
        await parts.seen(token)
        rows: dict[str, CountedRow] = {}
        for year in range(first.year, last.year + 1):
            rows.update(await rows_of(parts, year))
        answer = StreetsAnswer(
            first=first,
            last=last,
            rows=[street_answer(parts, line) for line in streets(rows, parts.areas, first, last)],
            freshness=await parts.fresh(),
        )
        return csv_response(f"streets-{first}-{last}", STREETS, streets_table(answer)) if wants_csv(request, format) else answer


def catalogue_of(year: int) -> Catalogue:
    """The year's catalogue. Raises NotFound: nobody has written what was reported of the year."""
    found = catalogues().get(year)
    if found is None:
        raise NotFound("no_catalogue", years=sorted(catalogues()))
    return found


async def rows_of(parts: Parts, year: int) -> dict[str, CountedRow]:
    """All that counts in a year, by key."""
    return {row.key: row for row in await parts.reader.rows(counted, year=year)}


async def rows_behind(now: Snapshot, figures: Iterable[FigureSpec], year: int) -> dict[str, CountedRow]:
    """What figures count in a year, and what that is part of, by key: of most kinds nothing but their number is asked for."""
    rows: dict[str, CountedRow] = {}
    wanted, read = {figure.kind for figure in figures}, set[Counts]()
    while wanted:
        found = await now.rows(counted, kind=sorted(wanted), year=year)
        rows.update((row.key, row) for row in found)
        read |= wanted
        wanted = {whole for row in found if (whole := row.whole_kind)} - read
    return rows


def annual_answer(catalogue: Catalogue, kinds: dict[Counts, int], rows: dict[str, CountedRow], fresh: FreshnessAnswer) -> AnnualAnswer:
    by_have = tiles(catalogue, kinds)
    return AnnualAnswer(
        year=catalogue.year,
        things=sum(kinds.values()),
        tiles=[TileAnswer(have=have, have_zh=zh(have), things=number) for have, number in by_have.items()],
        programmes=[
            ProgrammeAnswer(
                id=programme.id,
                title=programme.title,
                title_zh=programme.title_zh,
                have=programme.have,
                have_zh=zh(programme.have),
                line=programme.line,
                line_zh=zh(programme.line),
                things=sum(kinds.get(kind, 0) for kind in programme.counts),
                figures=[figure_answer(figure_of(spec, rows, catalogue.tolerance_percent), catalogue.year) for spec in programme.figures],
            )
            for programme in catalogue.programmes
        ],
        freshness=fresh,
    )


def figure_answer(figure: Figure, year: int) -> FigureAnswer:
    spec = figure.spec
    return FigureAnswer(
        id=spec.id,
        title=spec.title,
        title_zh=spec.title_zh,
        item=spec.item,
        comparator=spec.comparator.sign,
        reported=spec.reported,
        counted=figure.counted,
        unit=spec.unit,
        unit_zh=zh(spec.unit),
        reported_text=_text(spec, spec.reported),
        counted_text=_text(spec, figure.counted),
        verdict=figure.verdict,
        verdict_zh=zh(figure.verdict),
        query=spec.query,
        list=f"/reports/annual/{year}/{spec.id}/list",
    )


def _text(spec: FigureSpec, number: int) -> str:
    return f"{number / 100:,.2f}" if spec.unit is Unit.FEN else f"{number:,}"


def thing_answer(row: CountedRow, rows: dict[str, CountedRow]) -> ThingAnswer:
    return ThingAnswer(
        thing=row.key,
        on=row.on,
        area=place_of(row, rows),
        person_id=row.person_id,
        household_id=row.household_id,
        organisation_id=row.organisation_id,
        code=row.code,
        people=list(row.people),
        times=row.times,
        fen=row.fen,
        minutes=row.minutes,
        source=FactAnswer.of(row.fact),
    )


def street_answer(parts: Parts, line: StreetLine) -> StreetAnswer:
    area = parts.areas.by_code.get(line.area or "")
    return StreetAnswer(
        area=line.area,
        area_zh=area.title_zh if area else "全区",
        kind=line.kind,
        kind_zh=zh(line.kind),
        things=line.things,
        times=line.times,
        persons=line.persons,
        households=line.households,
        fen=line.fen,
        hours=line.minutes // 60,
    )


def figures_table(answer: AnnualAnswer) -> Iterable[tuple[object, ...]]:
    for programme in answer.programmes:
        for one in programme.figures:
            yield (
                programme.id, programme.title_zh, programme.have_zh, programme.line_zh, one.id, one.title_zh, one.item, one.comparator,
                one.reported, one.counted, one.unit, one.verdict, one.query, one.list,
            )  # fmt: skip


def things_table(found: Iterable[CountedRow], rows: dict[str, CountedRow]) -> Iterable[tuple[object, ...]]:
    for row in found:
        yield (
            row.key, row.on, place_of(row, rows), row.person_id, row.household_id, row.organisation_id, row.code, " ".join(row.people),
            row.times, row.fen, row.minutes, row.fact.event_id,
        )  # fmt: skip


def streets_table(answer: StreetsAnswer) -> Iterable[tuple[object, ...]]:
    for row in answer.rows:
        yield tuple(getattr(row, name) for name in STREETS)
