"""`GET /mobility/units`: the map list of shared wheelchairs and stair climbers, with those that are overdue (E13)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from kit.http.auth import bearer_scheme
from kit.identity import Actor, Role
from services.linkage.api.access import CHAIN_READERS, readable_areas
from services.linkage.api.answers import Answer, FreshnessAnswer
from services.linkage.api.examples import FRESH
from services.linkage.api.parts import Parts, Token
from services.linkage.labels import zh
from services.linkage.views.mobility_unit import MobilityUnitRow, UnitState, mobility_unit

UNIT_READERS = CHAIN_READERS | {Role.CARE_WORKER}
UNITS: dict[str, Any] = {
    "items": [
        {
            "asset_id": "wheelchair-017",
            "kind": "wheelchair_fixed",
            "kind_zh": "固定轮椅",
            "area": "440308003-qiaodong",
            "site": "qiaodong-station",
            "state": "overdue",
            "state_zh": "逾期未还",
            "due_at": "2022-03-02T02:00:00Z",
        }
    ],
    "freshness": FRESH,
}


class UnitAnswer(Answer):
    """A unit where it stands, or stood when it was taken; nobody who has it is named."""

    asset_id: str
    kind: str
    kind_zh: str
    area: str
    site: str
    state: UnitState
    state_zh: str
    due_at: datetime | None


class UnitsAnswer(Answer):
    """The units of the places the caller may see, by their codes."""

    items: list[UnitAnswer]
    freshness: FreshnessAnswer


def mobility_routes(parts: Parts) -> APIRouter:
    """The route of the map list."""
    router = APIRouter(tags=["mobility"], dependencies=[bearer_scheme])

    @router.get("/mobility/units", responses={200: {"content": {"application/json": {"example": UNITS}}}})
    async def units(
        actor: Annotated[Actor, Depends(parts.authenticate)],
        state: Annotated[UnitState | None, Query(description="free, on_loan, overdue, missing or faulty; default: all")] = None,
        area: Annotated[str | None, Query(description="a district, street or community; default: the own area", max_length=63)] = None,
        token: Token = None,
    ) -> UnitsAnswer:
        """Wheelchairs and stair climbers with their state now; an overdue one is so from its due instant on, whoever has told it."""
        await parts.seen(token)
        areas = readable_areas(actor, parts.areas, area, UNIT_READERS)
        now = parts.clock.now()
        async with parts.reader.snapshot() as moment:
            rows = [row for code in areas or parts.areas.by_code for row in await moment.rows(mobility_unit, area=code)]
        shown = [row for row in rows if state is None or row.state_at(now) is state]
        items = [_unit(row, now) for row in sorted(shown, key=lambda row: row.asset_id)]
        return UnitsAnswer(items=items, freshness=await parts.fresh())

    return router


def _unit(row: MobilityUnitRow, now: datetime) -> UnitAnswer:
    state = row.state_at(now)
    return UnitAnswer(
        asset_id=row.asset_id,
        kind=row.kind,
        kind_zh=zh(row.kind),
        area=row.area,
        site=row.site,
        state=state,
        state_zh=zh(state),
        due_at=row.due_at,
    )
