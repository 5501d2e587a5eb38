"""`GET /reports/aid`: all aid between two days by layer and channel, charity after government, and the four measures with their lists."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from kit.errors import NotFound, Refused
from kit.http.auth import bearer_scheme
from kit.identity import Actor, may
from policy import NoPolicy
from services.linkage.aid import GIVING, AidTotal, aid_total, given_by
from services.linkage.api.aid_examples import AID, MEASURE
from services.linkage.api.answers import Amount, Answer, FreshnessAnswer
from services.linkage.api.coverage import CharityAnswer
from services.linkage.api.parts import Format, Parts, Token, csv_response, shown_as, wants_csv
from services.linkage.api.reports import LIST_READERS, MAX_PAGE, MAX_YEARS, REPORT_READERS, THINGS, ThingAnswer, thing_answer, things_table
from services.linkage.chain import chain
from services.linkage.kpis import KpiFigure, KpiTerm, figure_of, kpis
from services.linkage.labels import zh
from services.linkage.matrix import AfterGovernment, Covered, Schemes, after_government
from services.linkage.reading import Snapshot, rows_read
from services.linkage.rows import HouseholdRows
from services.linkage.views.accepted import accepted
from services.linkage.views.allocation import AllocationRow, allocation
from services.linkage.views.counted import CountedRow, Counts, counted
from services.linkage.views.household import household
from services.linkage.views.need import need


class PartAnswer(Answer):
    """One layer, channel or scheme: money, and goods at list value beside it (ruling 12)."""

    id: str
    title_zh: str
    money: Amount
    list_value: Amount


class MeasureAnswer(Answer):
    """One of the four measures: its formula, both numbers, the share in thousandths, and where its list is."""

    id: str
    title: str
    title_zh: str
    term_zh: str
    formula: str
    part: int
    whole: int
    share_permille: int | None
    list: str


class AidAnswer(Answer):
    """All aid between two days. `adds_up`: by layer, by channel and by scheme it is the same total (B13)."""

    first: date
    last: date
    total: PartAnswer
    layers: list[PartAnswer]
    channels: list[PartAnswer]
    schemes: list[PartAnswer]
    adds_up: bool
    charity_after_government: CharityAnswer
    measures: list[MeasureAnswer]
    freshness: FreshnessAnswer


class MeasuredAnswer(ThingAnswer):
    """One thing behind a measure. counts: it is of the part, not only of the whole."""

    counts: bool


class MeasureListAnswer(Answer):
    """A page of the list behind a measure, by day; `next` is where the next page begins."""

    measure: MeasureAnswer
    items: list[MeasuredAnswer]
    next: int | None
    freshness: FreshnessAnswer


AID_TABLE = ("part", "id", "title_zh", "money_fen", "list_value_fen", "formula", "counted", "of", "share_permille")
First = Annotated[date, Query(alias="from")]
Last = Annotated[date, Query(alias="to")]


def aid_routes(parts: Parts) -> APIRouter:
    """The routes of the report on aid."""
    router = APIRouter(prefix="/reports", tags=["reports"], dependencies=[bearer_scheme])

    @router.get("/aid", response_model=AidAnswer, responses=shown_as(AID))
    async def aid(
        request: Request,
        actor: Annotated[Actor, Depends(parts.authenticate)],
        first: First,
        last: Last,
        format: Format = None,  # noqa: A002 - the name of the query parameter
        token: Token = None,
    ) -> AidAnswer | Response:
        """What households got between two days, both included; layers and channels are those of the pack in force on the last."""
        may(actor, REPORT_READERS, None, parts.areas)
        period(first, last)
        await parts.seen(token)
        async with parts.reader.snapshot() as now:
            givers = await rows_read(now, GIVING)
            total = aid_total(given_by(givers), _schemes(parts, last), first, last)
            after = await _after_government(now, givers.of(allocation), first, last)
            counts = await _counted(now, [operand.kind for operand in kpis().operands.values()], first, last)
        answer = aid_answer(total, after, counts.values(), first, last, await parts.fresh())
        return csv_response(f"aid-{first}-{last}", AID_TABLE, aid_table(answer)) if wants_csv(request, format) else answer

    @router.get("/aid/{measure}/list", response_model=MeasureListAnswer, responses=shown_as(MEASURE))
    async def measure_list(
        request: Request,
        measure: Annotated[KpiTerm, Path()],
        actor: Annotated[Actor, Depends(parts.authenticate)],
        first: First,
        last: Last,
        after: Annotated[int, Query(ge=0, description="how many to step over")] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
        format: Format = None,  # noqa: A002 - the name of the query parameter
        token: Token = None,
    ) -> MeasureListAnswer | Response:
        """All that a measure is a share of, each thing with whether it counts; as CSV all of them."""
        may(actor, LIST_READERS, None, parts.areas)
        period(first, last)
        await parts.seen(token)
        kpi = kpis().of(measure)
        kinds = {kpis().operands_of(kpi)[1].kind, Counts.HOUSEHOLD}  # a thing without a place lies where its household does
        async with parts.reader.snapshot() as now:
            rows = await _counted(now, sorted(kinds), first, last)
        found = figure_of(kpi, kpis(), rows.values())
        if wants_csv(request, format):
            lines = zip(things_table(found.whole, rows), found.whole, strict=True)
            return csv_response(f"{measure}-{first}-{last}", (*THINGS, "counts"), [(*line, row.key in found.part) for line, row in lines])
        shown = found.whole[after : after + limit]
        return MeasureListAnswer(
            measure=measure_answer(found, first, last),
            items=[measured(row, rows, counts=row.key in found.part) for row in shown],
            next=after + limit if after + limit < len(found.whole) else None,
            freshness=await parts.fresh(),
        )

    return router


def period(first: date, last: date) -> None:
    """Return for two days that are a period. Raises Refused."""
    if first > last or last.year - first.year > MAX_YEARS:
        raise Refused("bad_period", longest_years=MAX_YEARS)


def _schemes(parts: Parts, day: date) -> Schemes:
    """What the district's pack says of schemes on a day. Raises NotFound."""
    (district, *_) = (code for code, area in parts.areas.by_code.items() if len(area.path) == 1)
    try:
        return parts.packs.at(day, district)
    except NoPolicy:
        raise NotFound("no_policy_then") from None


async def _counted(now: Snapshot, kinds: Iterable[Counts], first: date, last: date) -> dict[str, CountedRow]:
    """What was counted of some kinds between two days, by key."""
    found = await now.rows(counted, kind=list(kinds), year=list(range(first.year, last.year + 1)))
    return {row.key: row for row in found if first <= row.on <= last}


async def _after_government(now: Snapshot, gifts: Iterable[AllocationRow], first: date, last: date) -> AfterGovernment:
    """Charity that the needs took between two days, household by household as on its coverage page (C07)."""
    ids = sorted({row.household_id for row in gifts})
    needs, lines = defaultdict(list), defaultdict(list)
    for row in await now.rows(need, household_id=ids):
        needs[row.household_id].append(row)
    for line in await now.rows(accepted, household_id=ids):
        lines[line.household_id].append(line)
    homes = [
        HouseholdRows(household=home, needs=needs[home.household_id], accepted=lines[home.household_id])
        for home in await now.rows(household, household_id=ids)
    ]
    found = [after_government(chain(home, last), first) for home in homes]
    return AfterGovernment(given=sum(one.given for one in found), after=sum(one.after for one in found))


def aid_answer(
    total: AidTotal, after: AfterGovernment, rows: Iterable[CountedRow], first: date, last: date, fresh: FreshnessAnswer
) -> AidAnswer:
    listed = list(rows)
    return AidAnswer(
        first=first,
        last=last,
        total=_part("total", "合计", total.whole),
        layers=[_part(layer, zh(layer), covered) for layer, covered in total.layers.items()],
        channels=[_part(channel, zh(channel), covered) for channel, covered in total.channels.items()],
        schemes=[_part(scheme, zh(scheme), total.schemes[scheme]) for scheme in sorted(total.schemes)],
        adds_up=total.adds_up,
        charity_after_government=CharityAnswer(
            given=Amount.of(after.given), after_decision=Amount.of(after.after), share_permille=after.share_permille
        ),
        measures=[measure_answer(figure_of(kpi, kpis(), listed), first, last) for kpi in kpis().kpis],
        freshness=fresh,
    )


def _part(name: str, title_zh: str, covered: Covered) -> PartAnswer:
    return PartAnswer(id=name, title_zh=title_zh, money=Amount.of(covered.delivered), list_value=Amount.of(covered.list_value_fen))


def measure_answer(found: KpiFigure, first: date, last: date) -> MeasureAnswer:
    return MeasureAnswer(
        id=found.kpi.term,
        title=found.kpi.title,
        title_zh=found.kpi.title_zh,
        term_zh=zh(found.kpi.term),
        formula=found.kpi.text,
        part=len(found.part),
        whole=len(found.whole),
        share_permille=found.share_permille,
        list=f"/reports/aid/{found.kpi.term}/list?from={first}&to={last}",
    )


def measured(row: CountedRow, rows: Mapping[str, CountedRow], *, counts: bool) -> MeasuredAnswer:
    return MeasuredAnswer(**dict(thing_answer(row, dict(rows))), counts=counts)


def aid_table(answer: AidAnswer) -> Iterable[tuple[object, ...]]:
    """The total, then each layer, channel and scheme, charity after government, and the measures."""
    for name, some in (("total", [answer.total]), ("layer", answer.layers), ("channel", answer.channels), ("scheme", answer.schemes)):
        for one in some:
            yield (name, one.id, one.title_zh, one.money.amount, one.list_value.amount, None, None, None, None)
    after = answer.charity_after_government
    yield (
        "charity", "after_government", "政府救助后的慈善救助", after.after_decision.amount, None, None, after.after_decision.amount,
        after.given.amount, after.share_permille,
    )  # fmt: skip
    for kpi in answer.measures:
        yield ("measure", kpi.id, kpi.title_zh, None, None, kpi.formula, kpi.part, kpi.whole, kpi.share_permille)
