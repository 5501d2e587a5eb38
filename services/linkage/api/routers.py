"""All routes of the read side."""

from __future__ import annotations

from fastapi import APIRouter

from services.linkage.api.aid import aid_routes
from services.linkage.api.campaigns import campaign_routes
from services.linkage.api.chain import chain_routes
from services.linkage.api.coverage import coverage_routes
from services.linkage.api.entitled import entitled_routes
from services.linkage.api.events import event_routes
from services.linkage.api.exceptions import exception_routes
from services.linkage.api.funds import fund_routes
from services.linkage.api.lists import list_routes
from services.linkage.api.meal_points import meal_point_routes
from services.linkage.api.mobility import mobility_routes
from services.linkage.api.parts import Parts
from services.linkage.api.reports import report_routes


def routers(parts: Parts) -> list[APIRouter]:
    """Every route names its readers; nothing is open by default."""
    return [
        chain_routes(parts),
        coverage_routes(parts),
        exception_routes(parts),
        fund_routes(parts),
        report_routes(parts),
        aid_routes(parts),
        list_routes(parts),
        campaign_routes(parts),
        entitled_routes(parts),
        meal_point_routes(parts),
        mobility_routes(parts),
        event_routes(parts),
    ]
