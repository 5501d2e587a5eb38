"""A shared wheelchair or stair climber (长者助行): where it stands and whether it can be used. Who has it is its loan's business."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

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
from contracts.ids import AreaCode, AssetId, LoanId, SiteCode
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.errors import Refused
from kit.identity import Role

MobilityAssetEvent = AssetDeployed | AssetFaultReported | AssetRepaired | AssetLent | AssetCameBack | AssetMissing | AssetRetired


class AssetState(StrEnum):
    """What whoever scans the unit is told."""

    FREE = "free"
    ON_LOAN = "on_loan"
    OVERDUE = "overdue"
    MISSING = "missing"
    FAULTY = "faulty"
    RETIRED = "retired"


@dataclass(frozen=True, kw_only=True)
class MobilityAsset:
    """`area`: where it stands, or stood when it was taken; it follows the unit to the site where it was given back."""

    kind: AssetKind | None = None
    area: AreaCode | None = None
    fault: FaultKind | None = None
    retired: AssetRetirement | None = None
    missing: bool = False
    loan_id: LoanId | None = None
    due_at: datetime | None = None

    def state_at(self, instant: datetime) -> AssetState:
        """Its state; out on loan comes before faulty, because whoever has it must bring it back."""
        if self.retired is not None:
            return AssetState.RETIRED
        if self.missing:
            return AssetState.MISSING
        if self.due_at is not None:
            return AssetState.OVERDUE if instant > self.due_at else AssetState.ON_LOAN
        return AssetState.FREE if self.fault is None else AssetState.FAULTY


def evolve(asset: MobilityAsset, event: MobilityAssetEvent) -> MobilityAsset:
    match event:
        case AssetDeployed(kind=kind, area=area):
            return MobilityAsset(kind=kind, area=area)
        case AssetFaultReported(fault=fault):
            return replace(asset, fault=fault)
        case AssetRepaired():
            return replace(asset, fault=None)
        case AssetLent(loan_id=loan_id, due_at=due_at):
            return replace(asset, loan_id=loan_id, due_at=due_at)
        case AssetCameBack(area=area):
            return replace(asset, area=area, loan_id=None, due_at=None, missing=False)
        case AssetMissing():
            return replace(asset, missing=True)
        case AssetRetired(reason=reason):
            return replace(asset, retired=reason)
        case _:
            assert_never(event)


class DeployAsset(Command):
    """A wheelchair or stair climber stands at a site from now on."""

    asset_id: AssetId
    kind: AssetKind
    area: AreaCode
    site: SiteCode


class ReportAssetFault(Command):
    """The unit does not work."""

    asset_id: AssetId
    fault: FaultKind


class RepairAsset(Command):
    """The unit works again."""

    asset_id: AssetId


class RetireAsset(Command):
    """The unit is used no more."""

    asset_id: AssetId
    reason: AssetRetirement


def deploy(command: DeployAsset, _asset: MobilityAsset, _context: Context) -> list[AssetDeployed]:
    """The unit can be used. Source: E13, E14."""
    return [AssetDeployed(asset_id=command.asset_id, kind=command.kind, area=command.area, site=command.site)]


def report_fault(command: ReportAssetFault, asset: MobilityAsset, _context: Context) -> list[AssetFaultReported]:
    """The unit is not lent until it is repaired; who has it now still brings it back. Nothing happens when this fault is known.

    Raises: Refused("asset_retired").  Source: E13.
    """
    require(asset.retired is None, "asset_retired", reason=asset.retired)
    return [] if asset.fault is command.fault else [AssetFaultReported(asset_id=command.asset_id, fault=command.fault)]


def repair(command: RepairAsset, asset: MobilityAsset, _context: Context) -> list[AssetRepaired]:
    """The unit can be used again.

    Raises: Refused("asset_retired" | "no_fault").  Source: E13.
    """
    require(asset.retired is None, "asset_retired", reason=asset.retired)
    require(asset.fault is not None, "no_fault")
    return [AssetRepaired(asset_id=command.asset_id)]


def retire(command: RetireAsset, asset: MobilityAsset, context: Context) -> list[AssetRetired]:
    """The unit is used no more. One that is out has to come back or be reported lost first.

    Raises: Refused("asset_retired"); Refused("on_loan", state, due_at).  Source: E13.
    """
    require(asset.retired is None, "asset_retired", reason=asset.retired)
    require(asset.due_at is None or asset.missing, "on_loan", state=asset.state_at(context.occurred_at), due_at=_told(asset.due_at))
    return [AssetRetired(asset_id=command.asset_id, reason=command.reason)]


def require_free(asset: MobilityAsset, instant: datetime) -> None:
    """Refuse what needs the unit now, with the unit's state.

    Raises: Refused("on_loan" | "asset_missing" | "asset_faulty" | "asset_retired", state, due_at).  Source: E13, E19.
    """
    state = asset.state_at(instant)
    match state:
        case AssetState.FREE:
            return
        case AssetState.ON_LOAN | AssetState.OVERDUE:
            raise Refused("on_loan", state=state, due_at=_told(asset.due_at))
        case AssetState.MISSING | AssetState.FAULTY | AssetState.RETIRED:
            raise Refused(f"asset_{state}", state=state)
        case _:
            assert_never(state)


def _told(due_at: datetime | None) -> str | None:
    return due_at.isoformat() if due_at else None


_ASSET = AssetId("wheelchair-017")
_STAFF = {Role.CARE_WORKER, Role.CASEWORKER, Role.DISTRICT_OFFICER}

mobility_asset = Aggregate(
    "mobility-asset",
    id="asset_id",
    state=MobilityAsset,
    evolve=evolve,
    area="area",
    commands=[
        command(
            deploy,
            stream="new",
            roles={Role.DISTRICT_OFFICER},
            example=DeployAsset(
                asset_id=_ASSET, kind=AssetKind.WHEELCHAIR_FIXED, area=AreaCode("440308003-qiaodong"), site=SiteCode("qiaodong-station")
            ),
        ),
        command(report_fault, roles=_STAFF, example=ReportAssetFault(asset_id=_ASSET, fault=FaultKind.BRAKE)),
        command(repair, roles=_STAFF, example=RepairAsset(asset_id=_ASSET)),
        command(retire, roles={Role.DISTRICT_OFFICER}, example=RetireAsset(asset_id=_ASSET, reason=AssetRetirement.WORN_OUT)),
    ],
)
