"""What the read side consists of: the topics it listens to, the views it folds, the detections it runs, the routes it answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter

from kit.http.auth import Authenticate
from kit.read_service import ReadParts, ReadService, Runner
from kit.view import View
from services.linkage.api.parts import Parts
from services.linkage.api.routers import routers
from services.linkage.finding_table import FindingBoard, prepare
from services.linkage.findings import FindingsRunner, dirty_key, pending
from services.linkage.rows import HOUSEHOLD_VIEWS
from services.linkage.views.campaign import campaign, campaign_pair, campaign_targets, campaign_visit
from services.linkage.views.counted import counted
from services.linkage.views.donation import donation
from services.linkage.views.fund import draw, fund
from services.linkage.views.meal_point import meal_point
from services.linkage.views.mobility_unit import mobility_unit
from services.linkage.views.vital import vital

SOURCES = ("registry", "relief", "charity", "eldercare")
VIEWS: tuple[View[Any], ...] = (
    *HOUSEHOLD_VIEWS, vital, fund, draw, donation, meal_point, mobility_unit, campaign, campaign_targets, campaign_visit, campaign_pair, counted,
)  # fmt: skip


def _routers(parts: ReadParts, authenticate: Authenticate) -> Sequence[APIRouter]:
    return routers(
        Parts(
            reader=parts.views,
            board=FindingBoard(parts.pool),
            authenticate=authenticate,
            areas=parts.packs.areas,
            packs=parts.packs,
            calendar=parts.calendar,
            clock=parts.clock,
        )
    )


def _workers(parts: ReadParts) -> Sequence[Runner]:
    runner = FindingsRunner(
        dsn=parts.dsn, pool=parts.pool, reader=parts.views, packs=parts.packs, calendar=parts.calendar, clock=parts.clock
    )
    return [runner.run]


linkage = ReadService(
    name="linkage",
    sources=SOURCES,
    views=VIEWS,
    dirty=dirty_key,
    prepare=prepare,
    workers=_workers,
    pending=pending,
    routers=_routers,
)
