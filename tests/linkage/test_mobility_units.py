"""The map list of shared wheelchairs: free, out, overdue, missing, faulty; it names units, not people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.eldercare.loan import AssetUnlocked
from contracts.eldercare.mobility_asset import (
    AssetCameBack,
    AssetDeployed,
    AssetFaultReported,
    AssetKind,
    AssetLent,
    AssetMissing,
    AssetRepaired,
    AssetRetired,
    AssetRetirement,
    FaultKind,
)
from contracts.envelope import Event
from contracts.ids import AreaCode, AssetId, LoanId, PersonId, SiteCode
from contracts.terms import CheckInMethod
from services.linkage.views.mobility_unit import MobilityUnitRow, UnitState, mobility_unit
from tests.linkage.memory import MemoryReader
from tests.linkage.story import Story, an_id, at
from tests.linkage.test_api import app_of, client_of

LOAN, DUE, INSTANT = LoanId(an_id(70)), at("2022-03-02"), timedelta(microseconds=1)
QIAODONG, HAITAO = AreaCode("440308003-qiaodong"), AreaCode("440308004-haitao")


def deployed(asset: str, area: AreaCode = QIAODONG) -> AssetDeployed:
    return AssetDeployed(asset_id=AssetId(asset), kind=AssetKind.WHEELCHAIR_FIXED, area=area, site=SiteCode("station"))


def lent(asset: str) -> AssetLent:
    return AssetLent(asset_id=AssetId(asset), loan_id=LOAN, due_at=DUE)


def rows(*facts: Event) -> dict[str, MobilityUnitRow]:
    told: dict[str, MobilityUnitRow] = {}
    mobility_unit.fold(Story().tell(*facts, on="2022-03-01").told, told)
    return told


def test_a_unit_is_overdue_from_its_due_instant_on() -> None:
    """E13, ruling 16: the instant itself is in time; brought back it stands where it was left."""
    out = rows(deployed("w-1"), lent("w-1"))["w-1"]
    assert [out.state_at(DUE), out.state_at(DUE + INSTANT)] == [UnitState.ON_LOAN, UnitState.OVERDUE]
    back = AssetCameBack(asset_id=AssetId("w-1"), loan_id=LOAN, area=HAITAO, site=SiteCode("park"))
    home = rows(deployed("w-1"), lent("w-1"), AssetMissing(asset_id=AssetId("w-1"), loan_id=LOAN), back)["w-1"]
    assert (home.state_at(DUE), home.area, home.site) == (UnitState.FREE, HAITAO, "park")


def test_faulty_missing_and_retired_units() -> None:
    """E13: a retired unit is on no map."""
    one = AssetId("w-1")
    fault = AssetFaultReported(asset_id=one, fault=FaultKind.BRAKE)
    assert rows(deployed("w-1"), fault)["w-1"].state_at(DUE) is UnitState.FAULTY
    assert rows(deployed("w-1"), fault, AssetRepaired(asset_id=one))["w-1"].state_at(DUE) is UnitState.FREE
    assert rows(deployed("w-1"), lent("w-1"), AssetMissing(asset_id=one, loan_id=LOAN))["w-1"].state_at(DUE) is UnitState.MISSING
    assert rows(deployed("w-1"), AssetRetired(asset_id=one, reason=AssetRetirement.WORN_OUT)) == {}


def units() -> Story:
    """One wheelchair free, one out for long, one elsewhere; all before the end of the year at which the client asks."""
    story = Story().tell(deployed("w-1"), deployed("w-2"), deployed("w-3", HAITAO), on="2022-02-01")
    borrowed = AssetUnlocked(
        loan_id=LOAN, asset_id=AssetId("w-2"), person_id=PersonId(an_id(71)), area=QIAODONG, due_at=DUE, method=CheckInMethod.CODE
    )
    return story.tell(borrowed, lent("w-2"), on="2022-03-01")


@pytest.mark.parametrize(
    ("role", "area", "query", "expected"),
    [
        ("care_worker", "440308003", "", {"w-1": "free", "w-2": "overdue"}),
        ("care_worker", "440308003", "?state=overdue", {"w-2": "overdue"}),
        ("caseworker", "440308", "?area=440308004", {"w-3": "free"}),
        ("auditor", "440308", "", {"w-1": "free", "w-2": "overdue", "w-3": "free"}),
    ],
)
async def test_an_overdue_unit_is_on_the_map_list_of_its_area(role: str, area: str, query: str, expected: dict[str, str]) -> None:
    """E13: with its Chinese word, and nobody who has it."""
    async with client_of(app_of(MemoryReader(units()))) as client:
        answer = await client.get(f"/mobility/units{query}", headers={"x-role": role, "x-area": area})
    told = answer.raise_for_status().json()
    assert {item["asset_id"]: item["state"] for item in told["items"]} == expected
    assert {item["state_zh"] for item in told["items"]} <= {"可借", "逾期未还"}
    assert an_id(71) not in answer.text


async def test_the_map_list_is_not_for_everybody() -> None:
    """Ruling 26 of the design: own area, own task."""
    async with client_of(app_of(MemoryReader(units()))) as client:
        for headers in ({"x-role": "shop_clerk"}, {"x-role": "care_worker", "x-area": "440308003"}):
            answer = await client.get("/mobility/units?area=440308004", headers=headers)
            assert answer.status_code == 403
