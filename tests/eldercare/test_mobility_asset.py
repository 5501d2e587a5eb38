"""Shared wheelchairs and stair climbers are deployed, break, are repaired and retired."""

from __future__ import annotations

from contracts.eldercare.mobility_asset import AssetKind, AssetRetirement, FaultKind
from contracts.envelope import Event
from kit.testing import Given, given
from services.eldercare.domain.mobility_asset import (
    AssetState,
    DeployAsset,
    RepairAsset,
    ReportAssetFault,
    RetireAsset,
    mobility_asset,
)
from tests.eldercare.mobility_facts import (
    CHAIR,
    DUE,
    HAISHAN,
    QIAODONG,
    SECOND,
    STATION,
    TAKEN,
    came_back,
    deployed,
    faulty,
    lent,
    missing,
    repaired,
    retired,
)

DEPLOY = DeployAsset(asset_id=CHAIR, kind=AssetKind.WHEELCHAIR_FIXED, area=QIAODONG, site=STATION)
REPORT = ReportAssetFault(asset_id=CHAIR, fault=FaultKind.BRAKE)
REPAIR = RepairAsset(asset_id=CHAIR)
RETIRE = RetireAsset(asset_id=CHAIR, reason=AssetRetirement.WORN_OUT)


def chair(*facts: Event) -> Given:
    return given(mobility_asset, deployed(), *facts)


def test_a_unit_is_deployed_once_with_its_kind_and_site() -> None:
    """E13: 70 units are 70 such facts."""
    given(mobility_asset).when(DEPLOY).then(deployed())
    chair().when(DEPLOY).refused("already_exists")


def test_a_fault_is_told_once_and_repaired_once() -> None:
    """E13."""
    chair().when(REPORT).then(faulty())
    chair(faulty()).when(REPORT).then()
    chair(faulty()).when(REPAIR).then(repaired())
    chair(faulty(), repaired()).when(REPAIR).refused("no_fault")


def test_a_unit_that_is_out_is_not_retired_and_a_missing_one_is() -> None:
    """E13: it has to come back first, and the refusal says that it is out."""
    chair(lent()).when(RETIRE, at=TAKEN).refused("on_loan", state=AssetState.ON_LOAN, due_at=DUE.isoformat())
    chair().when(RETIRE).then(retired())
    gone = RetireAsset(asset_id=CHAIR, reason=AssetRetirement.LOST)
    chair(lent(), missing()).when(gone).then(retired(AssetRetirement.LOST))


def test_nothing_happens_to_a_retired_unit() -> None:
    """E13."""
    for command in (REPORT, REPAIR, RETIRE):
        chair(retired()).when(command).refused("asset_retired")


def test_a_unit_says_its_state_at_any_instant() -> None:
    """E13, E19: on loan up to the due instant, overdue after it, wherever it was brought back."""
    state = mobility_asset.fold([deployed(), faulty(), lent()])
    assert [state.state_at(DUE), state.state_at(DUE + SECOND)] == [AssetState.ON_LOAN, AssetState.OVERDUE]
    back = mobility_asset.fold([deployed(), lent(), missing(), came_back()])
    assert (back.state_at(DUE), back.area) == (AssetState.FREE, HAISHAN)
