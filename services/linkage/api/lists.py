"""`GET /lists/…`: policies and services in force, and the open needs with what answers each, or that nothing does (A08)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from kit.http.auth import bearer_scheme
from kit.identity import Actor
from services.linkage.api.access import CHAIN_READERS, readable_areas
from services.linkage.api.answers import Answer, FactAnswer, FreshnessAnswer
from services.linkage.api.list_examples import NEEDS, POLICIES, SERVICES
from services.linkage.api.parts import Format, Parts, Token, csv_response, shown_as, wants_csv
from services.linkage.labels import zh
from services.linkage.offers import NeedItem, Offer, OfferKind, need_items, offers
from services.linkage.views.household import household
from services.linkage.views.need import need

MAX_PAGE = 1_000


class OfferAnswer(Answer):
    """A policy or service in force. open_needs: how many open needs of the caller's places it answers; groups empty: for everybody."""

    id: str
    title: str
    title_zh: str
    valid_from: date
    valid_to: date | None
    groups: list[str]
    groups_zh: list[str]
    hukou: bool
    needs: list[str]
    needs_zh: list[str]
    dimensions: list[str]
    dimensions_zh: list[str]
    layer: str
    layer_zh: str
    giver: str
    giver_zh: str
    next_step: str
    next_step_zh: str
    open_needs: int


class OffersAnswer(Answer):
    """One of the two lists on a day."""

    on: date
    items: list[OfferAnswer]
    freshness: FreshnessAnswer


class MatchAnswer(Answer):
    """A policy or service that answers a need."""

    id: str
    kind: str
    kind_zh: str
    title: str
    title_zh: str
    layer: str
    layer_zh: str
    giver_zh: str
    next_step: str
    next_step_zh: str


class NeedAnswer(Answer):
    """An open need: either something answers it, or `no_match`. status null: the household has none."""

    need_id: str
    household_id: str
    area: str | None
    status: str | None
    status_zh: str
    category: str
    category_zh: str
    dimension: str
    dimension_zh: str
    measure: str
    measure_zh: str
    urgency: str
    urgency_zh: str
    matches: list[MatchAnswer]
    no_match: bool
    registered: FactAnswer


class CountsAnswer(Answer):
    """Of all open needs of the place, whatever is filtered: with and without a match are together all that are open."""

    open: int
    with_match: int
    without_match: int


class NeedsAnswer(Answer):
    """A page of the need list, oldest first; `next` is the cursor of the page after it."""

    on: date
    counts: CountsAnswer
    items: list[NeedAnswer]
    next: str | None
    freshness: FreshnessAnswer


OFFERS = (
    "id", "title", "title_zh", "valid_from", "valid_to", "groups_zh", "hukou", "needs_zh", "dimensions_zh", "layer", "layer_zh", "giver_zh",
    "next_step_zh", "open_needs",
)  # fmt: skip
NEED = (
    "need_id", "household_id", "area", "status", "status_zh", "category", "category_zh", "dimension_zh", "measure", "urgency_zh", "no_match",
    "matches", "matches_zh", "registered_on", "event_id",
)  # fmt: skip

On = Annotated[date | None, Query(description="at the end of this Shanghai day, as known now; default: today")]
Area = Annotated[str | None, Query(description="a district, street or community; default: the own area", max_length=63)]


def list_routes(parts: Parts) -> APIRouter:
    """The three lists."""
    router = APIRouter(prefix="/lists", tags=["lists"], dependencies=[bearer_scheme])
    for add in (_add_policies, _add_services, _add_needs):
        add(router, parts)
    return router


def _add_policies(router: APIRouter, parts: Parts) -> None:
    @router.get("/policies", response_model=OffersAnswer, responses=shown_as(POLICIES))
    async def policies(
        request: Request,
        actor: Annotated[Actor, Depends(parts.authenticate)],
        on: On = None,
        area: Area = None,
        format: Format = None,  # noqa: A002 - the name of the query parameter
        token: Token = None,
    ) -> OffersAnswer | Response:
        """The policy list: what is in force, for whom, and how many open needs it answers."""
        await parts.seen(token)
        answer = await _offers(parts, OfferKind.POLICY, await _needs(parts, actor, parts.day(on), area), parts.day(on))
        return csv_response(f"policies-{answer.on}", OFFERS, offers_table(answer)) if wants_csv(request, format) else answer


def _add_services(router: APIRouter, parts: Parts) -> None:
    @router.get("/services", response_model=OffersAnswer, responses=shown_as(SERVICES))
    async def services(
        request: Request,
        actor: Annotated[Actor, Depends(parts.authenticate)],
        on: On = None,
        area: Area = None,
        format: Format = None,  # noqa: A002 - the name of the query parameter
        token: Token = None,
    ) -> OffersAnswer | Response:
        """The service list: what is offered, by whom, and how many open needs it answers."""
        await parts.seen(token)
        answer = await _offers(parts, OfferKind.SERVICE, await _needs(parts, actor, parts.day(on), area), parts.day(on))
        return csv_response(f"services-{answer.on}", OFFERS, offers_table(answer)) if wants_csv(request, format) else answer


def _add_needs(router: APIRouter, parts: Parts) -> None:
    @router.get("/needs", response_model=NeedsAnswer, responses=shown_as(NEEDS))
    async def needs(
        request: Request,
        actor: Annotated[Actor, Depends(parts.authenticate)],
        on: On = None,
        area: Area = None,
        match: Annotated[Literal["any", "none"] | None, Query(description="any: with a match; none: without; default: all")] = None,
        cursor: Annotated[str, Query(pattern=r"^(\d{4}-\d{2}-\d{2}/[0-9a-f-]{36})?$")] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
        format: Format = None,  # noqa: A002 - the name of the query parameter
        token: Token = None,
    ) -> NeedsAnswer | Response:
        """The need list: every open need with the policies and services that answer it, or with `no_match`; as CSV all of them."""
        await parts.seen(token)
        day = parts.day(on)
        found = await _needs(parts, actor, day, area)
        wanted = [item for item in found if match is None or item.no_match is (match == "none")]
        if wants_csv(request, format):
            return csv_response(f"needs-{day}", NEED, needs_table(wanted))
        after = [item for item in wanted if _place(item) > cursor]
        shown = after[:limit]
        return NeedsAnswer(
            on=day,
            counts=_counts(found),
            items=[need_answer(item) for item in shown],
            next=_place(shown[-1]) if len(after) > limit else None,
            freshness=await parts.fresh(),
        )


async def _needs(parts: Parts, actor: Actor, day: date, area: str | None) -> list[NeedItem]:
    """The open needs of the places the caller may see. Those of today are found by index, those of a past day among all."""
    areas = readable_areas(actor, parts.areas, area, CHAIN_READERS)
    async with parts.reader.snapshot() as now:
        rows = await (now.rows(need, open=True) if day >= parts.day(None) else now.rows(need))
        homes = {row.household_id: row for row in await now.rows(household, household_id={row.household_id for row in rows})}
    found = need_items(rows, homes, offers(), day)
    return [item for item in found if areas is None or item.area in areas]


def _place(item: NeedItem) -> str:
    on, need_id = item.place
    return f"{on}/{need_id}"


def _counts(found: Sequence[NeedItem]) -> CountsAnswer:
    without = sum(item.no_match for item in found)
    return CountsAnswer(open=len(found), with_match=len(found) - without, without_match=without)


async def _offers(parts: Parts, kind: OfferKind, found: Sequence[NeedItem], day: date) -> OffersAnswer:
    answered = Counter(one.id for item in found for one in item.items)
    return OffersAnswer(
        on=day, items=[offer_answer(one, answered[one.id]) for one in offers().on(day, kind)], freshness=await parts.fresh()
    )


def offer_answer(one: Offer, open_needs: int) -> OfferAnswer:
    groups, needs, dimensions = sorted(one.groups), sorted(one.needs), sorted(one.dimensions)
    return OfferAnswer(
        id=one.id,
        title=one.title,
        title_zh=one.title_zh,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        groups=list(groups),
        groups_zh=[zh(group) for group in groups],
        hukou=one.hukou,
        needs=list(needs),
        needs_zh=[zh(category) for category in needs],
        dimensions=list(dimensions),
        dimensions_zh=[zh(dimension) for dimension in dimensions],
        layer=one.layer,
        layer_zh=zh(one.layer),
        giver=one.giver,
        giver_zh=zh(one.giver),
        next_step=one.next_step,
        next_step_zh=zh(one.next_step),
        open_needs=open_needs,
    )


def match_answer(one: Offer) -> MatchAnswer:
    return MatchAnswer(
        id=one.id,
        kind=one.kind,
        kind_zh=zh(one.kind),
        title=one.title,
        title_zh=one.title_zh,
        layer=one.layer,
        layer_zh=zh(one.layer),
        giver_zh=zh(one.giver),
        next_step=one.next_step,
        next_step_zh=zh(one.next_step),
    )


def need_answer(item: NeedItem) -> NeedAnswer:
    row = item.need
    return NeedAnswer(
        need_id=row.need_id,
        household_id=row.household_id,
        area=item.area,
        status=item.status,
        status_zh=zh(item.group),
        category=row.category,
        category_zh=zh(row.category),
        dimension=row.dimension,
        dimension_zh=zh(row.dimension),
        measure=row.measure,
        measure_zh=zh(row.measure),
        urgency=row.urgency,
        urgency_zh=zh(row.urgency),
        matches=[match_answer(one) for one in item.items],
        no_match=item.no_match,
        registered=FactAnswer.of(row.registered),
    )


def offers_table(answer: OffersAnswer) -> Iterable[tuple[object, ...]]:
    for one in answer.items:
        yield (
            one.id, one.title, one.title_zh, one.valid_from, one.valid_to, " ".join(one.groups_zh), one.hukou, " ".join(one.needs_zh),
            " ".join(one.dimensions_zh), one.layer, one.layer_zh, one.giver_zh, one.next_step_zh, one.open_needs,
        )  # fmt: skip


def needs_table(found: Iterable[NeedItem]) -> Iterable[tuple[object, ...]]:
    for item in found:
        row = item.need
        yield (
            row.need_id, row.household_id, item.area, item.status, zh(item.group), row.category, zh(row.category), zh(row.dimension), row.measure,
            zh(row.urgency), item.no_match, " ".join(one.id for one in item.items), " ".join(one.title_zh for one in item.items),
            row.registered.on, row.registered.event_id,
        )  # fmt: skip
