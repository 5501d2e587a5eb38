"""Shared wheelchairs and stair climbers, as eldercare's own stream of each tells it: where it stands and whether one can take it (E13).

Who has it stands with the loan, under another key: the map shows units, not people.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec.structs import replace

from contracts.eldercare.mobility_asset import (
    AssetCameBack,
    AssetDeployed,
    AssetFaultReported,
    AssetKind,
    AssetLent,
    AssetMissing,
    AssetRepaired,
    AssetRetired,
    FaultKind,
)
from contracts.envelope import Event, Meta
from contracts.ids import AreaCode, AssetId, SiteCode
from kit.view import Row, View


class UnitState(StrEnum):
    """What the map shows of a unit."""

    FREE = "free"  # 可借
    ON_LOAN = "on_loan"  # 借出
    OVERDUE = "overdue"  # 逾期未还
    MISSING = "missing"  # 遗失
    FAULTY = "faulty"  # 故障


class MobilityUnitRow(Row, frozen=True):
    """A unit in use; a retired one has no row. `area`, `site`: where it stands, or stood when it was taken."""

    asset_id: AssetId
    kind: AssetKind
    area: AreaCode
    site: SiteCode
    fault: FaultKind | None = None
    due_at: datetime | None = None
    missing: bool = False

    def state_at(self, instant: datetime) -> UnitState:
        """A limit in hours includes its last instant (ruling 16)."""
        if self.missing:
            return UnitState.MISSING
        if self.due_at is not None:
            return UnitState.OVERDUE if instant > self.due_at else UnitState.ON_LOAN
        return UnitState.FREE if self.fault is None else UnitState.FAULTY


AssetFact = AssetDeployed | AssetFaultReported | AssetRepaired | AssetLent | AssetCameBack | AssetMissing | AssetRetired


def asset_of(event: Event) -> Iterable[str]:
    return (event.asset_id,) if isinstance(event, AssetFact) else ()


def evolve(row: MobilityUnitRow | None, event: Event, _meta: Meta) -> MobilityUnitRow | None:
    match event:
        case AssetDeployed():
            return MobilityUnitRow(asset_id=event.asset_id, kind=event.kind, area=event.area, site=event.site)
        case AssetRetired():
            return None
        case _:
            return row and _changed(row, event)


def _changed(row: MobilityUnitRow, event: Event) -> MobilityUnitRow:
    match event:
        case AssetFaultReported(fault=fault):
            return replace(row, fault=fault)
        case AssetRepaired():
            return replace(row, fault=None)
        case AssetLent(due_at=due_at):
            return replace(row, due_at=due_at)
        case AssetCameBack(area=area, site=site):
            return replace(row, area=area, site=site, due_at=None, missing=False)
        case AssetMissing():
            return replace(row, missing=True)
        case _:
            return row


mobility_unit = View("mobility_unit", row=MobilityUnitRow, key=asset_of, evolve=evolve, index=("area",))
