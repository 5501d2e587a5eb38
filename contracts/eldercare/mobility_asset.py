"""Facts about a shared wheelchair or stair climber (长者助行): where it stands, whether it works, whether it is out. It names no person."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import AreaCode, AssetId, LoanId, SiteCode


class AssetKind(StrEnum):
    WHEELCHAIR_FIXED = "wheelchair_fixed"  # 固定轮椅
    WHEELCHAIR_POWERED = "wheelchair_powered"  # 机动轮椅
    STAIR_CLIMBER = "stair_climber"  # 爬楼机


class FaultKind(StrEnum):
    LOCK = "lock"
    BATTERY = "battery"
    WHEEL = "wheel"
    BRAKE = "brake"
    FRAME = "frame"
    OTHER = "other"


class AssetRetirement(StrEnum):
    WORN_OUT = "worn_out"
    DAMAGED = "damaged"
    LOST = "lost"
    REPLACED = "replaced"


@event("eldercare.mobility-asset.deployed", version=1, stream="asset_id")
class AssetDeployed(Event):
    """A unit stands at a site of an area and can be used. Source: E13, E14."""

    asset_id: AssetId
    kind: AssetKind
    area: AreaCode
    site: SiteCode


@event("eldercare.mobility-asset.fault-reported", version=1, stream="asset_id")
class AssetFaultReported(Event):
    """The unit does not work and is not lent until it is repaired. Source: E13."""

    asset_id: AssetId
    fault: FaultKind


@event("eldercare.mobility-asset.repaired", version=1, stream="asset_id")
class AssetRepaired(Event):
    """The unit works again. Source: E13."""

    asset_id: AssetId


@event("eldercare.mobility-asset.lent", version=1, stream="asset_id")
class AssetLent(Event):
    """The unit is out under a loan; after `due_at` it is overdue. Source: E13, E19."""

    asset_id: AssetId
    loan_id: LoanId
    due_at: datetime


@event("eldercare.mobility-asset.came-back", version=1, stream="asset_id")
class AssetCameBack(Event):
    """The unit stands at a site again, perhaps of another area. Source: E13."""

    asset_id: AssetId
    loan_id: LoanId
    area: AreaCode
    site: SiteCode


@event("eldercare.mobility-asset.missing", version=1, stream="asset_id")
class AssetMissing(Event):
    """Nobody knows where the unit is; its loan is lost. Source: E13, section 3.2."""

    asset_id: AssetId
    loan_id: LoanId


@event("eldercare.mobility-asset.retired", version=1, stream="asset_id")
class AssetRetired(Event):
    """The unit is used no more. Source: E13."""

    asset_id: AssetId
    reason: AssetRetirement
