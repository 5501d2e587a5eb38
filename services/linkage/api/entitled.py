"""`GET /lists/entitled`: of those whom a recognised status entitles to basic living, how many had it on a day, and who had not (B05)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from kit.errors import NotFound
from kit.http.auth import bearer_scheme
from kit.identity import Actor
from policy import NoPolicy
from services.linkage.api.access import CHAIN_READERS, readable_areas
from services.linkage.api.answers import Answer, FactAnswer, FreshnessAnswer
from services.linkage.api.list_examples import ENTITLED
from services.linkage.api.lists import MAX_PAGE, Area, On
from services.linkage.api.parts import Format, Parts, Token, csv_response, shown_as, wants_csv
from services.linkage.entitled import Entitled, entitled, ratio
from services.linkage.labels import zh
from services.linkage.reading import Snapshot
from services.linkage.rows import HouseholdRows
from services.linkage.views.entitlement import entitlement
from services.linkage.views.household import HouseholdRow, household, member
from services.linkage.views.vital import vital


class EntitledAnswer(Answer):
    """A household whose status entitles it. scheme, entitlement_id null: it had no benefit."""

    household_id: str
    area: str
    status: str
    status_zh: str
    has_benefit: bool
    has_benefit_zh: str
    entitlement_id: str | None
    scheme: str | None
    scheme_zh: str | None
    source: FactAnswer


class RatioAnswer(Answer):
    """Of all households entitled in the places asked for, whatever is filtered. share_permille null: nobody is entitled."""

    entitled: int
    with_benefit: int
    without_benefit: int
    share_permille: int | None


class EntitledListAnswer(Answer):
    """The figure and a page of the list behind it; `next` is the cursor of the page after it."""

    on: date
    title: str
    title_zh: str
    ratio: RatioAnswer
    items: list[EntitledAnswer]
    next: str | None
    freshness: FreshnessAnswer


TITLE, TITLE_ZH = "households entitled by their status that have the benefit", "已认定对象中享受基本生活救助的比例"
COLUMNS = (
    "household_id", "area", "status", "status_zh", "has_benefit", "has_benefit_zh", "entitlement_id", "scheme", "scheme_zh", "event_id",
)  # fmt: skip
_HAS_ZH = {True: "已享受", False: "未享受"}


def entitled_routes(parts: Parts) -> APIRouter:
    """The figure with its list."""
    router = APIRouter(prefix="/lists", tags=["lists"], dependencies=[bearer_scheme])

    @router.get("/entitled", response_model=EntitledListAnswer, responses=shown_as(ENTITLED))
    async def entitled_households(
        request: Request,
        actor: Annotated[Actor, Depends(parts.authenticate)],
        on: On = None,
        area: Area = None,
        benefit: Annotated[Literal["with", "without"] | None, Query(description="with or without the benefit; default: all")] = None,
        cursor: Annotated[str, Query(pattern=r"^([0-9a-f-]{36})?$")] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
        format: Format = None,  # noqa: A002 - the name of the query parameter
        token: Token = None,
    ) -> EntitledListAnswer | Response:
        """Who was entitled by status at the end of a day, how many of them had the benefit, and who; as CSV all of them."""
        areas = readable_areas(actor, parts.areas, area, CHAIN_READERS)
        await parts.seen(token)
        day = parts.day(on)
        found = await _found(parts, areas if areas is not None else set(parts.areas.by_code), day)
        wanted = [one for one in found if benefit is None or (one.benefit is not None) is (benefit == "with")]
        if wants_csv(request, format):
            return csv_response(f"entitled-{day}", COLUMNS, entitled_table(wanted))
        after = [one for one in wanted if one.place > cursor]
        shown = after[:limit]
        return EntitledListAnswer(
            on=day,
            title=TITLE,
            title_zh=TITLE_ZH,
            ratio=ratio_answer(found),
            items=[entitled_answer(one) for one in shown],
            next=shown[-1].place if len(after) > limit else None,
            freshness=await parts.fresh(),
        )

    return router


async def _found(parts: Parts, areas: set[str], day: date) -> list[Entitled]:
    """Everybody entitled in some areas, by the pack in force there on the day. Raises NotFound for a day of which no pack knows."""
    async with parts.reader.snapshot() as now:
        homes = [home for home in await now.rows(household, area=areas) if home.span(day) is not None]
        households = await _households(now, homes)
    try:
        schemes = {code: parts.pack(day, code).basic_living_schemes for code in {home.area for home in homes}}
    except NoPolicy:
        raise NotFound("no_policy_then") from None
    found = (entitled(rows, day, schemes[rows.household.area]) for rows in households)
    return sorted((one for one in found if one is not None), key=lambda one: one.place)


async def _households(now: Snapshot, homes: Sequence[HouseholdRow]) -> list[HouseholdRows]:
    """Households with their members' lives and their entitlements."""
    ids = {home.household_id for home in homes}
    members, grants = defaultdict(list), defaultdict(list)
    for row in await now.rows(member, household_id=ids):
        members[row.household_id].append(row)
    for grant in await now.rows(entitlement, household_id=ids):
        grants[grant.household_id].append(grant)
    persons = {row.person_id for rows in members.values() for row in rows}
    lives = {row.person_id: row for row in await now.rows(vital, person_id=persons)}
    return [
        HouseholdRows(household=home, members=members[home.household_id], vitals=lives, entitlements=grants[home.household_id])
        for home in homes
    ]


def ratio_answer(found: Sequence[Entitled]) -> RatioAnswer:
    share = ratio(found)
    return RatioAnswer(
        entitled=share.entitled,
        with_benefit=share.with_benefit,
        without_benefit=share.without_benefit,
        share_permille=share.share_permille,
    )


def entitled_answer(one: Entitled) -> EntitledAnswer:
    return EntitledAnswer(
        household_id=one.household_id,
        area=one.area,
        status=one.status,
        status_zh=zh(one.status),
        has_benefit=one.benefit is not None,
        has_benefit_zh=_HAS_ZH[one.benefit is not None],
        entitlement_id=one.benefit.entitlement_id if one.benefit else None,
        scheme=one.benefit.scheme if one.benefit else None,
        scheme_zh=zh(one.benefit.scheme) if one.benefit else None,
        source=FactAnswer.of(one.fact),
    )


def entitled_table(found: Iterable[Entitled]) -> Iterable[tuple[object, ...]]:
    for one in map(entitled_answer, found):
        yield (*(getattr(one, name) for name in COLUMNS[:-1]), one.source.event_id)
