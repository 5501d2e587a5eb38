"""Short words for the facts of shared wheelchairs and stair climbers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from contracts.eldercare.assist import AssistBooked, PartOfDay
from contracts.eldercare.loan import AssetLost, AssetOverdue, AssetReturned, AssetUnlocked, CollectionAsked, CollectionWithdrawn
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
from contracts.eldercare.operator_training import OperatorTrained, OperatorTrainingWithdrawn
from contracts.ids import ActorId, AreaCode, AssetId, AssistId, LoanId, SiteCode
from contracts.terms import CheckInMethod
from tests.eldercare.facts import ELDER, HOME, ID

CHAIR, CLIMBER = AssetId("wheelchair-017"), AssetId("stair-climber-1")
QIAODONG, HAISHAN = AreaCode("440308003-qiaodong"), AreaCode("440308004-haitao")
STATION, PARK = SiteCode("qiaodong-station"), SiteCode("haitao-park")
OPERATOR = ActorId("care-worker-7")
TAKEN = datetime(2022, 3, 1, 2, tzinfo=UTC)
DUE = TAKEN + timedelta(hours=24)
SECOND = timedelta(seconds=1)


def loan_id(number: int = 1) -> LoanId:
    return LoanId(f"{ID}a{number}")


LOAN = loan_id()
ASSIST = AssistId(f"{ID}f1")


def deployed(asset: AssetId = CHAIR, kind: AssetKind = AssetKind.WHEELCHAIR_FIXED) -> AssetDeployed:
    return AssetDeployed(asset_id=asset, kind=kind, area=QIAODONG, site=STATION)


def climber() -> AssetDeployed:
    return deployed(CLIMBER, AssetKind.STAIR_CLIMBER)


def faulty(asset: AssetId = CHAIR) -> AssetFaultReported:
    return AssetFaultReported(asset_id=asset, fault=FaultKind.BRAKE)


def repaired() -> AssetRepaired:
    return AssetRepaired(asset_id=CHAIR)


def retired(reason: AssetRetirement = AssetRetirement.WORN_OUT) -> AssetRetired:
    return AssetRetired(asset_id=CHAIR, reason=reason)


def unlocked(due: datetime = DUE) -> AssetUnlocked:
    return AssetUnlocked(
        loan_id=LOAN, asset_id=CHAIR, person_id=ELDER, household_id=HOME, area=QIAODONG, due_at=due, method=CheckInMethod.CODE
    )


def lent(due: datetime = DUE) -> AssetLent:
    return AssetLent(asset_id=CHAIR, loan_id=LOAN, due_at=due)


def overdue() -> AssetOverdue:
    return AssetOverdue(loan_id=LOAN, asset_id=CHAIR, household_id=HOME, area=QIAODONG, since=DUE)


def returned(*, in_time: bool = True) -> AssetReturned:
    return AssetReturned(loan_id=LOAN, asset_id=CHAIR, household_id=HOME, area=HAISHAN, site=PARK, in_time=in_time)


def came_back() -> AssetCameBack:
    return AssetCameBack(asset_id=CHAIR, loan_id=LOAN, area=HAISHAN, site=PARK)


def lost() -> AssetLost:
    return AssetLost(loan_id=LOAN, asset_id=CHAIR, household_id=HOME, area=QIAODONG)


def missing() -> AssetMissing:
    return AssetMissing(asset_id=CHAIR, loan_id=LOAN)


def collection_asked() -> CollectionAsked:
    return CollectionAsked(loan_id=LOAN, asset_id=CHAIR, household_id=HOME, area=QIAODONG)


def collection_withdrawn() -> CollectionWithdrawn:
    return CollectionWithdrawn(loan_id=LOAN, asset_id=CHAIR, household_id=HOME, area=QIAODONG)


def trained(valid_to: date = date(2024, 3, 1)) -> OperatorTrained:
    return OperatorTrained(operator_id=OPERATOR, valid_to=valid_to)


def training_withdrawn() -> OperatorTrainingWithdrawn:
    return OperatorTrainingWithdrawn(operator_id=OPERATOR)


def booked(day: date = date(2022, 3, 2)) -> AssistBooked:
    return AssistBooked(
        assist_id=ASSIST,
        asset_id=CLIMBER,
        person_id=ELDER,
        operator_id=OPERATOR,
        area=QIAODONG,
        day=day,
        part=PartOfDay.MORNING,
        household_id=HOME,
    )
