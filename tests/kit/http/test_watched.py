"""Every answer is counted and has a span, also the one that goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter
from opentelemetry.sdk.resources import Resource

from kit.http.app import bare_app
from kit.http.body import MAX_BODY, MAX_TELEMETRY
from kit.telemetry import metrics

router = APIRouter()


@router.post("/thing/{number}")
async def thing(number: int) -> int:
    return 12 // number


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application whose requests are counted from zero."""
    end = metrics.install("toy", "api", Resource.create({}))
    app = bare_app("Toy", "A toy.", [router])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://toy") as client:
        yield client
    end()


def counted() -> dict[tuple[str, str], str]:
    """By route and status, how often it was answered."""
    lines = [line for line in metrics.render().splitlines() if line.startswith("minsheng_http_requests_total{")]
    return {(line.split('route="')[1].split('"')[0], line.split('status="')[1].split('"')[0]): line.split()[-1] for line in lines}


async def test_answers_refusals_and_failures_are_counted_by_route_and_status(http: httpx.AsyncClient) -> None:
    """An unexpected error is counted as the 500 it is answered with; the route is the template, never the path."""
    for number, status in (("1", 200), ("2", 200), ("0", 500), ("x", 422)):
        assert (await http.post(f"/thing/{number}")).status_code == status
    assert (await http.get("/elsewhere")).status_code == 404
    route = "/thing/{number}"
    assert counted() == {(route, "200"): "2", (route, "500"): "1", (route, "422"): "1", ("unknown", "404"): "1"}


async def test_a_body_above_the_limit_is_counted_too(http: httpx.AsyncClient) -> None:
    """It never reaches a route."""
    assert (await http.post("/thing/1", content=b"x" * (MAX_BODY + 1))).status_code == 413
    assert counted() == {("unknown", "413"): "1"}


async def test_what_machines_report_in_batches_may_be_larger_than_a_command(http: httpx.AsyncClient) -> None:
    """E20: 5,000 heartbeats are half a megabyte; there is a limit all the same."""
    assert (await http.post("/telemetry/any", content=b"x" * (MAX_BODY + 1))).status_code == 404
    assert (await http.post("/telemetry/any", content=b"x" * (MAX_TELEMETRY + 1))).status_code == 413
