"""Facts about the loan of a shared wheelchair (扫码取用): open, returned, overdue, lost (section 3.2)."""

from __future__ import annotations

from datetime import datetime

from contracts.envelope import Event, event
from contracts.ids import AreaCode, AssetId, HouseholdId, LoanId, PersonId, SiteCode
from contracts.terms import CheckInMethod


@event("eldercare.loan.unlocked", version=1, stream="loan_id")
class AssetUnlocked(Event):
    """A person took the unit by scanning it; to be back by `due_at`. `area`: where it stood. Source: E13, E19."""

    loan_id: LoanId
    asset_id: AssetId
    person_id: PersonId
    area: AreaCode
    due_at: datetime
    method: CheckInMethod
    household_id: HouseholdId | None = None


@event("eldercare.loan.overdue", version=1, stream="loan_id")
class AssetOverdue(Event):
    """The unit was not back in time. Source: E13."""

    loan_id: LoanId
    asset_id: AssetId
    area: AreaCode
    since: datetime
    household_id: HouseholdId | None = None


@event("eldercare.loan.returned", version=1, stream="loan_id")
class AssetReturned(Event):
    """The unit is back, at a site of an area. `in_time`: it was there by the due instant, however late that was told. Source: E13."""

    loan_id: LoanId
    asset_id: AssetId
    area: AreaCode
    site: SiteCode
    in_time: bool
    household_id: HouseholdId | None = None


@event("eldercare.loan.lost", version=1, stream="loan_id")
class AssetLost(Event):
    """The unit cannot be found; should it turn up it is returned. Source: section 3.2."""

    loan_id: LoanId
    asset_id: AssetId
    area: AreaCode
    household_id: HouseholdId | None = None


@event("eldercare.loan.collection-asked", version=1, stream="loan_id")
class CollectionAsked(Event):
    """The borrower died: somebody has to fetch the unit. The loan stays open until it is back. Source: SG-04."""

    loan_id: LoanId
    asset_id: AssetId
    area: AreaCode
    household_id: HouseholdId | None = None


@event("eldercare.loan.collection-withdrawn", version=1, stream="loan_id")
class CollectionWithdrawn(Event):
    """The death was an error: the borrower keeps the unit until it is due. Source: ruling 22."""

    loan_id: LoanId
    asset_id: AssetId
    area: AreaCode
    household_id: HouseholdId | None = None
