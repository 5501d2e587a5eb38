"""How long the reports of a year and the need list take to answer: fills their rows for a district's year, asks each some times.

python -m bench.reports --rows 60000
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec
from fastapi import Request

from contracts.ids import AreaCode, EventId, HouseholdId, Month, NeedId, OrganisationId, PersonId
from contracts.terms import Dimension, Measure, NeedCategory, Period, Status, Urgency
from kit.clock import SystemClock
from kit.http.app import bare_app
from kit.identity import Actor, Role
from kit.journal import sets
from kit.journal.reading import Views
from kit.migrate import migrate
from kit.view import Row, View
from minsheng.local import LocalInstallation
from policy import Areas, Calendar, Packs
from services.linkage.api.parts import Parts
from services.linkage.api.routers import routers
from services.linkage.finding_table import FindingBoard
from services.linkage.service import linkage
from services.linkage.views.counted import CountedRow, Counts, counted
from services.linkage.views.facts import Fact
from services.linkage.views.household import HouseholdRow, StatusSpan, household
from services.linkage.views.need import GrossValue, NeedRow, need

SHARES: Mapping[Counts, int] = {
    Counts.MEAL: 300, Counts.VISIT: 100, Counts.VOLUNTEER_SHIFT: 85, Counts.LOAN: 42, Counts.SCREENING: 31, Counts.DEVICE: 17, Counts.ALARM: 9,
    Counts.HOUSEHOLD: 5, Counts.NEED: 6, Counts.OPINION: 3, Counts.REGULAR_PAYMENT: 30, Counts.DONATION: 3, Counts.SHOP_GOODS: 10,
}  # fmt: skip
"""Of 641 things of the year, about as the district's report and the plan of its synthetic year have them."""
CODES: Mapping[Counts, str] = {
    Counts.VISIT: "in_person",
    Counts.VOLUNTEER_SHIFT: "epidemic",
    Counts.OPINION: "answered",
    Counts.SCREENING: "phone",
}
REPORTS = (
    "/reports/annual/2022",
    "/reports/annual/2022/visited-persons/list",
    "/reports/streets?from=2022-01-01&to=2022-12-31",
    "/lists/needs",
)


def communities() -> list[AreaCode]:
    return sorted(AreaCode(code) for code, area in Areas.load().by_code.items() if len(area.path) == 3)


def fact_on(on: date, number: int, kind: str) -> Fact:
    at = datetime(on.year, on.month, on.day, 2, tzinfo=UTC)
    return Fact(
        event_id=EventId(str(UUID(int=number))), type=f"bench.{kind}.happened", on=on, occurred_at=at, recorded_at=at, position=number
    )


def things(count: int) -> Iterator[CountedRow]:
    """`count` counted rows of 2022."""
    kinds = cycle(kind for kind, share in SHARES.items() for _ in range(share))
    areas = communities()
    for number, kind in enumerate(islice(kinds, count)):
        on = date(2022, 1, 1) + timedelta(days=number % 365)
        fact = fact_on(on, number, kind)
        yield CountedRow(
            key=f"{kind}/{UUID(int=number)}", kind=kind, year=2022, on=on, fact=fact, area=areas[number % len(areas)],
            person_id=PersonId(str(UUID(int=number % 24_000))), household_id=HouseholdId(str(UUID(int=number % 9_500))),
            organisation_id=OrganisationId(f"51770308mjdem{number % 124:05}"), code=CODES.get(kind), people=(f"cadre-{number % 1_632}",), fen=1_500,
            minutes=240,
        )  # fmt: skip


def homes_and_needs(count: int) -> Iterator[tuple[HouseholdRow, NeedRow]]:
    """`count` households with a status, each with an open need."""
    categories, statuses, areas = list(NeedCategory), list(Status), communities()
    for number in range(count):
        home, fact = HouseholdId(str(UUID(int=number))), fact_on(date(2022, 3, 1), number, "need")
        status = StatusSpan(status=statuses[number % len(statuses)], first_month=Month("2022-01"), last_month=None, fact=fact)
        yield (
            HouseholdRow(household_id=home, area=areas[number % len(areas)], hukou=True, opened=fact, statuses=(status,)),
            NeedRow(
                need_id=NeedId(str(UUID(int=number))), household_id=home, category=categories[number % len(categories)],
                dimension=Dimension.MATERIAL, measure=Measure.FEN, period=Period.EVENT, urgency=Urgency.YELLOW, person_id=None,
                values=(GrossValue(amount=100_000, first_month=None, last_month=None, fact=fact),),
            ),
        )  # fmt: skip


async def fill(pool: asyncpg.Pool, view: View[Any], rows: Iterator[tuple[str, Row]]) -> None:
    """The live table of a view holds the rows."""
    async with pool.acquire() as connection:
        (target,) = await sets.live(connection, [view])
        while chunk := list(islice(rows, 5_000)):
            lines = [[key, "bench", "0", key, *target.index_values(row), msgspec.json.encode(row).decode()] for key, row in chunk]
            await connection.execute(target.upsert, *map(list, zip(*lines, strict=True)))
        await connection.execute(f'analyze "{target.table}"')


async def auditor(_request: Request) -> Actor:
    return Actor(id="bench", roles=frozenset({Role.AUDITOR}), area="440308")


async def measure(dsn: str, count: int, needs: int, times: int) -> None:
    """Prints the fastest and the slowest answer of each report."""
    await migrate(dsn, ["reader"])
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool, Views(pool, dsn, "bench") as views:
        await linkage.prepare(pool)
        await sets.prepare(pool, linkage.views)
        await fill(pool, counted, ((row.key, row) for row in things(count)))
        await fill(pool, household, ((home.household_id, home) for home, _ in homes_and_needs(needs)))
        await fill(pool, need, ((row.need_id, row) for _, row in homes_and_needs(needs)))
        areas = Areas.load()
        parts = Parts(
            reader=views, board=FindingBoard(pool), authenticate=auditor, areas=areas, packs=Packs.load(areas=areas),
            calendar=Calendar.load(), clock=SystemClock(),
        )  # fmt: skip
        transport: Any = httpx.ASGITransport(app=bare_app("linkage", "bench", routers(parts)))
        async with httpx.AsyncClient(transport=transport, base_url="http://linkage") as client:
            print(f"{count:,} counted rows, {needs:,} open needs")
            for path in REPORTS:
                took, busy = [], []
                for _ in range(times):
                    began, computed = time.perf_counter(), time.process_time()
                    (await client.get(path)).raise_for_status()
                    took.append(time.perf_counter() - began)
                    busy.append(time.process_time() - computed)
                print(f"{path:<50} {min(took):6.3f} to {max(took):6.3f} s, computed here {min(busy):.3f} s")


async def _on(dsn: str, count: int, needs: int, times: int) -> None:
    admin = await asyncpg.connect(dsn)
    await admin.execute("create database bench")
    await admin.close()
    await measure(dsn.rsplit("/", 1)[0] + "/bench", count, needs, times)


def main() -> None:
    """Runs on an installation of its own, which is removed afterwards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--needs", type=int, default=5_000)
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, LocalInstallation(Path(folder) / "home", throwaway=True) as installation:
        asyncio.run(_on(installation.postgres_dsn(), arguments.rows, arguments.needs, arguments.times))


if __name__ == "__main__":
    main()
