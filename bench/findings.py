"""How long the exception board takes to look: fills a journal with a year of households, looks at all of them, then at each again.

python -m bench.findings --households 2000
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from contracts.eldercare.meal_account import MealAccountOpened, MealCheckedIn, SubsidyGround
from contracts.envelope import Event, Meta, Recorded, encode, stream_of, type_of
from contracts.ids import (
    ActorId,
    AreaCode,
    CheckInId,
    EntitlementId,
    HouseholdId,
    LineId,
    MealAccountId,
    MealPointId,
    Month,
    NeedId,
    PersonId,
    UnitId,
)
from contracts.relief.entitlement import EntitlementGranted, EntitlementProposed, EntitlementVersioned, PaymentLinePaid
from contracts.relief.household import HouseholdOpened, MemberJoined, StatusRecognised
from contracts.relief.need import CoverageCommitted, CoverageDelivered, NeedRegistered
from contracts.terms import CheckInMethod, Dimension, Layer, Measure, NeedCategory, Period, Scheme, Status
from kit.clock import SHANGHAI, Clock
from kit.journal import entries, sets
from kit.journal.intake import mark_dirty
from kit.journal.reading import Views
from kit.migrate import migrate
from kit.streams.chain import Fact
from kit.streams.topics import partition_of
from minsheng.local import LocalInstallation
from policy import Calendar, Packs
from services.linkage.findings import FindingsRunner
from services.linkage.service import linkage

NOW = datetime(2022, 12, 31, tzinfo=UTC)
CARD: dict[str, Any] = {"method": CheckInMethod.CARD, "price_fen": 1_800, "pays_fen": 300, "ground": SubsidyGround.KEY_GROUP}


class LastDay(Clock):
    """The last day of the year, whatever the machine says."""

    def now(self) -> datetime:
        return NOW


def ident(kind: int, number: int) -> str:
    return str(UUID(int=kind * 10**12 + number))


def year(number: int) -> Iterator[tuple[date, Event]]:
    """The facts of one dibao household: opened, granted, paid each month, a bill that two givers cover, now and then lunch."""
    home, person = HouseholdId(ident(1, number)), PersonId(ident(2, number))
    need, bill, aid = NeedId(ident(3, number)), NeedId(ident(4, number)), EntitlementId(ident(5, number))
    account, day = MealAccountId(ident(6, number)), date(2022, 1, 4) + timedelta(days=number % 20)
    first, last = Month("2022-02"), Month("2023-01")
    basic: dict[str, Any] = {"household_id": home, "measure": Measure.FEN, "dimension": Dimension.MATERIAL}
    yield day, HouseholdOpened(household_id=home, area=AreaCode("440308003"), hukou=True, opened_on=day)
    yield day, MemberJoined(household_id=home, person_id=person, joined_on=day)
    yield (
        day,
        NeedRegistered(
            need_id=need, category=NeedCategory.LIVING, period=Period.MONTH, gross=100_000, first_month=first, last_month=last, **basic
        ),
    )
    yield (
        day,
        EntitlementProposed(
            entitlement_id=aid,
            household_id=home,
            unit_id=UnitId(ident(7, number)),
            need_id=need,
            scheme=Scheme.DIBAO,
            person_ids=(person,),
            counted_income_fen=0,
            proposed_by=ActorId("worker-1"),
        ),
    )
    granted = day + timedelta(days=5)
    line = LineId(aid)
    yield granted, StatusRecognised(household_id=home, status=Status.DIBAO, from_month=first)
    yield (
        granted,
        EntitlementGranted(
            entitlement_id=aid,
            household_id=home,
            person_ids=(person,),
            approved_by=ActorId("approver-2"),
            first_month=first,
            review_month=last,
        ),
    )
    yield (
        granted,
        EntitlementVersioned(
            entitlement_id=aid,
            household_id=home,
            scheme=Scheme.DIBAO,
            version=1,
            first_month=first,
            last_month=last,
            amount_fen=100_000,
            members=1,
            standard_fen=136_500,
            counted_income_fen=36_500,
        ),
    )
    yield (
        granted,
        CoverageCommitted(
            need_id=need,
            household_id=home,
            line_id=line,
            layer=Layer.REGULAR,
            scheme=Scheme.DIBAO,
            offered=100_000,
            amount=100_000,
            first_month=first,
            last_month=last,
        ),
    )
    yield date(2022, 5, 5), NeedRegistered(need_id=bill, category=NeedCategory.MEDICAL, period=Period.EVENT, gross=500_000, **basic)
    for each in range(2):
        gift = LineId(ident(8, number * 2 + each))
        yield (
            date(2022, 6, 1 + each),
            CoverageCommitted(
                need_id=bill, household_id=home, line_id=gift, layer=Layer.CHARITY, scheme=Scheme.CHARITY, offered=250_000, amount=250_000
            ),
        )
        yield date(2022, 6, 9 + each), CoverageDelivered(need_id=bill, household_id=home, line_id=gift, amount=250_000)
    yield day, MealAccountOpened(account_id=account, person_id=person, household_id=home, born=Month("1948-01"), hukou=True)
    for month in range(2, 13):
        name, on = Month(f"2022-{month:02}"), date(2022, month, 10)
        yield on, PaymentLinePaid(entitlement_id=aid, household_id=home, line_id=line, month=name, amount_fen=100_000)
        yield on, CoverageDelivered(need_id=need, household_id=home, line_id=line, amount=100_000, month=name)
        if number % 4 == 0:
            yield (
                date(2022, month, 12),
                MealCheckedIn(
                    account_id=account,
                    household_id=home,
                    check_in_id=CheckInId(ident(9, number * 12 + month)),
                    meal_point_id=MealPointId("canteen-1"),
                    served_on=date(2022, month, 12),
                    **CARD,
                ),
            )


def recorded(households: int) -> list[Fact]:
    """All facts in the order of their recording."""
    told = sorted(((on, number, event) for number in range(1, households + 1) for on, event in year(number)), key=lambda one: one[:2])
    positions: dict[str, int] = {}
    facts = []
    for at, (on, _, event) in enumerate(told, 1):
        kind, key = type_of(event), event.household_id  # type: ignore[attr-defined]
        positions[kind.service] = positions.get(kind.service, 0) + 1
        instant = datetime.combine(on, clock_time(10), SHANGHAI).astimezone(UTC) + timedelta(milliseconds=at % 1000)
        meta = Meta(
            id=str(UUID(int=at)), source=f"/minsheng/bench/{kind.service}", position=positions[kind.service], partition=partition_of(key, 4),
            stream=stream_of(event), version=at, type=kind.name, schema_version=kind.version, key=key, recorded_at=instant, occurred_at=instant,
            effective_from=None, actor="bench", authority="caseworker", correlation_id="bench", causation_id=None,
        )  # fmt: skip
        facts.append(Fact(Recorded(meta=meta, data=encode(event)), event))
    return facts


async def measure(dsn: str, households: int) -> None:
    """Prints what a first look and a second look, in which nothing changed, cost."""
    await migrate(dsn, ["reader"])
    facts = recorded(households)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=8) as pool, Views(pool, dsn, "bench") as views:
        await linkage.prepare(pool)
        await sets.prepare(pool, linkage.views)
        async with pool.acquire() as connection, connection.transaction():
            await entries.write(connection, facts)
        await pool.execute("analyze journal")
        runner = FindingsRunner(dsn=dsn, pool=pool, reader=views, packs=Packs.load(), calendar=Calendar.load(), clock=LastDay())
        print(f"{len(facts):,} events of {households:,} households")
        for what in ("first look", "look again"):
            await mark_dirty(pool, {fact.recorded.meta.key for fact in facts})
            began, computed = time.perf_counter(), time.process_time()
            while await runner.look():
                pass
            seconds, busy = time.perf_counter() - began, time.process_time() - computed
            kept = await pool.fetchval("select count(*) from finding")
            print(
                f"{what}: {seconds:.1f} s, {seconds / households * 1000:.2f} ms a household, of it {busy / households * 1000:.2f} here; {kept:,} findings"
            )


async def _on(dsn: str, households: int) -> None:
    admin = await asyncpg.connect(dsn)
    await admin.execute("create database bench")
    await admin.close()
    await measure(dsn.rsplit("/", 1)[0] + "/bench", households)


def main() -> None:
    """Runs on an installation of its own, which is removed afterwards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--households", type=int, default=2_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, LocalInstallation(Path(folder) / "home", throwaway=True) as installation:
        asyncio.run(_on(installation.postgres_dsn(), arguments.households))


if __name__ == "__main__":
    main()
