"""`GET /lists/campaigns/{campaign_id}/households`: whom a campaign means, those visited and those not yet, with who is to go (A05)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from kit.errors import NotFound
from kit.http.auth import bearer_scheme
from kit.identity import Actor
from services.linkage.api.access import CHAIN_READERS, readable_areas
from services.linkage.api.answers import Answer, FactAnswer, FreshnessAnswer
from services.linkage.api.list_examples import TARGETS
from services.linkage.api.lists import MAX_PAGE, Area, On
from services.linkage.api.parts import Format, Parts, Token, csv_response, shown_as, wants_csv
from services.linkage.campaigns import TargetItem, target_items
from services.linkage.labels import zh
from services.linkage.views.campaign import CampaignRow, campaign, campaign_pair, campaign_targets, campaign_visit
from services.linkage.views.household import household


class CampaignAnswer(Answer):
    """The campaign whose list it is."""

    campaign_id: str
    kind: str
    kind_zh: str
    area: str
    groups: list[str]
    groups_zh: list[str]
    opened_on: date
    closed_on: date | None


class TargetAnswer(Answer):
    """A household that the campaign means. missed_reason: why the last visit planned was not made; cadre: who stands by it."""

    household_id: str
    area: str | None
    status: str | None
    status_zh: str
    open: bool
    added_on: date
    cadre: str | None
    visited: bool
    visited_zh: str
    visited_on: date | None
    planned_on: date | None
    missed_reason: str | None
    missed_reason_zh: str | None
    source: FactAnswer


class TargetCounts(Answer):
    """Of all that the campaign means in the places asked for, whatever is filtered: visited and not yet are together all."""

    targets: int
    visited: int
    not_visited: int


class TargetsAnswer(Answer):
    """A page of the list, who was named first comes first; `next` is the cursor of the page after it."""

    on: date
    campaign: CampaignAnswer
    counts: TargetCounts
    items: list[TargetAnswer]
    next: str | None
    freshness: FreshnessAnswer


COLUMNS = (
    "household_id", "area", "status", "status_zh", "open", "added_on", "cadre", "visited", "visited_zh", "visited_on", "planned_on",
    "missed_reason", "missed_reason_zh", "event_id",
)  # fmt: skip
_VISITED_ZH = {True: "已走访", False: "未走访"}


def campaign_routes(parts: Parts) -> APIRouter:
    """The list of a campaign."""
    router = APIRouter(prefix="/lists", tags=["lists"], dependencies=[bearer_scheme])

    @router.get("/campaigns/{campaign_id}/households", response_model=TargetsAnswer, responses=shown_as(TARGETS))
    async def households(
        request: Request,
        campaign_id: Annotated[str, Path(max_length=63)],
        actor: Annotated[Actor, Depends(parts.authenticate)],
        on: On = None,
        area: Area = None,
        visited: Annotated[Literal["yes", "no"] | None, Query(description="yes: visited by the day; no: not yet; default: all")] = None,
        cursor: Annotated[str, Query(pattern=r"^(\d{4}-\d{2}-\d{2}/[0-9a-f-]{36})?$")] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
        format: Format = None,  # noqa: A002 - the name of the query parameter
        token: Token = None,
    ) -> TargetsAnswer | Response:
        """The households that the campaign means, by what became of them until the end of a day; as CSV all of them."""
        areas = readable_areas(actor, parts.areas, area, CHAIN_READERS)
        await parts.seen(token)
        day = parts.day(on)
        occasion, items = await _items(parts, campaign_id, day)
        found = [item for item in items if areas is None or item.area in areas]
        wanted = [item for item in found if visited is None or item.visited is (visited == "yes")]
        if wants_csv(request, format):
            return csv_response(f"{campaign_id}-{day}", COLUMNS, targets_table(wanted))
        after = [item for item in wanted if _place(item) > cursor]
        shown = after[:limit]
        return TargetsAnswer(
            on=day,
            campaign=campaign_answer(occasion),
            counts=_counts(found),
            items=[target_answer(item) for item in shown],
            next=_place(shown[-1]) if len(after) > limit else None,
            freshness=await parts.fresh(),
        )

    return router


async def _items(parts: Parts, campaign_id: str, day: date) -> tuple[CampaignRow, list[TargetItem]]:
    """The campaign and all that it means. Raises NotFound for one that nobody opened."""
    async with parts.reader.snapshot() as now:
        occasion = await now.get(campaign, campaign_id)
        if occasion is None:
            raise NotFound("not_found", campaign_id=campaign_id)
        targets = await now.rows(campaign_targets, campaign_id=campaign_id)
        visits = await now.rows(campaign_visit, campaign_id=campaign_id)
        pairs = await now.rows(campaign_pair, campaign_id=campaign_id)
        named = {home for row in targets for home in row.household_ids}
        homes = {row.household_id: row for row in await now.rows(household, household_id=named)}
    return occasion, target_items(targets, visits, pairs, homes, day)


def _place(item: TargetItem) -> str:
    on, household_id = item.place
    return f"{on}/{household_id}"


def _counts(found: Sequence[TargetItem]) -> TargetCounts:
    visited = sum(item.visited for item in found)
    return TargetCounts(targets=len(found), visited=visited, not_visited=len(found) - visited)


def campaign_answer(row: CampaignRow) -> CampaignAnswer:
    return CampaignAnswer(
        campaign_id=row.campaign_id,
        kind=row.kind,
        kind_zh=zh(row.kind),
        area=row.area,
        groups=list(row.groups),
        groups_zh=[zh(group) for group in row.groups],
        opened_on=row.opened_on,
        closed_on=row.closed_on,
    )


def target_answer(item: TargetItem) -> TargetAnswer:
    return TargetAnswer(
        household_id=item.household_id,
        area=item.area,
        status=item.status,
        status_zh=zh(item.group),
        open=item.open,
        added_on=item.added_on,
        cadre=item.cadre,
        visited=item.visited,
        visited_zh=_VISITED_ZH[item.visited],
        visited_on=item.visited_on,
        planned_on=item.planned_on,
        missed_reason=item.missed,
        missed_reason_zh=zh(item.missed) if item.missed else None,
        source=FactAnswer.of(item.fact),
    )


def targets_table(found: Iterable[TargetItem]) -> Iterable[tuple[object, ...]]:
    for item in found:
        yield (
            item.household_id, item.area, item.status, zh(item.group), item.open, item.added_on, item.cadre, item.visited,
            _VISITED_ZH[item.visited], item.visited_on, item.planned_on, item.missed, zh(item.missed) if item.missed else None,
            item.fact.event_id,
        )  # fmt: skip
