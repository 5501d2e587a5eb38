"""The loan of a shared wheelchair (扫码取用): scanned, brought back in time or late, lost. One open loan an asset (E13, E19).

The loan says who has the unit, the asset's own stream says that it is out: both are written by the same append.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from contracts.eldercare.loan import AssetLost, AssetOverdue, AssetReturned, AssetUnlocked, CollectionAsked, CollectionWithdrawn
from contracts.eldercare.mobility_asset import AssetCameBack, AssetKind, AssetLent, AssetMissing
from contracts.ids import AreaCode, AssetId, HouseholdId, LoanId, PersonId, SiteCode
from contracts.terms import CheckInMethod
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context
from kit.identity import Role
from kit.reaction import person_subject
from kit.store.model import IndexChange, Link, ReleaseAll, SetTimer, Take
from services.eldercare.domain.known_person import KnownPerson, known_person
from services.eldercare.domain.mobility_asset import MobilityAsset, mobility_asset, require_free

LoanEvent = AssetUnlocked | AssetOverdue | AssetReturned | AssetLost | CollectionAsked | CollectionWithdrawn


class LoanStage(StrEnum):
    OPEN = "open"
    OVERDUE = "overdue"
    LOST = "lost"
    RETURNED = "returned"


@dataclass(frozen=True, kw_only=True)
class Loan:
    """Who has which unit, and until when. `to_collect`: the borrower died, somebody has to fetch it."""

    loan_id: LoanId = LoanId("")
    asset_id: AssetId = AssetId("")
    person_id: PersonId = PersonId("")
    household_id: HouseholdId | None = None
    area: AreaCode = AreaCode("")
    stage: LoanStage = LoanStage.OPEN
    due_at: datetime | None = None
    to_collect: bool = False

    @property
    def is_out(self) -> bool:
        """The borrower has the unit."""
        return self.stage in {LoanStage.OPEN, LoanStage.OVERDUE}

    def is_late(self, instant: datetime) -> bool:
        """A limit in hours includes its last instant (ruling 16)."""
        return self.due_at is not None and instant > self.due_at


def evolve(loan: Loan, event: LoanEvent) -> Loan:
    match event:
        case AssetUnlocked():
            return Loan(
                loan_id=event.loan_id,
                asset_id=event.asset_id,
                person_id=event.person_id,
                household_id=event.household_id,
                area=event.area,
                due_at=event.due_at,
            )
        case AssetOverdue():
            return replace(loan, stage=LoanStage.OVERDUE)
        case AssetReturned():
            return replace(loan, stage=LoanStage.RETURNED, to_collect=False)
        case AssetLost():
            return replace(loan, stage=LoanStage.LOST)
        case CollectionAsked():
            return replace(loan, to_collect=True)
        case CollectionWithdrawn():
            return replace(loan, to_collect=False)
        case _:
            assert_never(event)


class UnlockAsset(Command):
    """A person scans a wheelchair and takes it. The code is enough; nobody has to show the face (R-ELD-07)."""

    loan_id: LoanId
    asset_id: AssetId
    person_id: PersonId
    household_id: HouseholdId | None = None
    method: CheckInMethod = CheckInMethod.CODE


class GiveBackAsset(Command):
    """The unit stands at a site, perhaps another than the one it was taken from."""

    loan_id: LoanId
    area: AreaCode
    site: SiteCode


class ReportAssetLost(Command):
    """The borrower cannot say where the unit is."""

    loan_id: LoanId


class MarkOverdue(Command):
    """The loan's hours are over."""

    loan_id: LoanId


class AskCollection(Command):
    """The borrower's death was confirmed."""

    loan_id: LoanId


class WithdrawCollection(Command):
    """The borrower's death was an error."""

    loan_id: LoanId


def unlock(
    command: UnlockAsset, _loan: Loan, context: Context, asset: MobilityAsset, person: KnownPerson
) -> list[AssetUnlocked | AssetLent]:
    """The person has the wheelchair for the pack's hours; face, card and code do the same.

    Raises: Refused("on_loan", state, due_at) while somebody has it; Refused("asset_missing" | "asset_faulty" | "asset_retired", state);
    Refused("needs_operator") for a stair climber; Refused("person_dead").  Source: E13, E19, R-ELD-07.
    """
    require(not person.is_dead, "person_dead")
    require(asset.kind is not AssetKind.STAIR_CLIMBER, "needs_operator")
    require_free(asset, context.occurred_at)
    due_at = context.occurred_at + timedelta(hours=context.policy.loan_hours)
    unlocked = AssetUnlocked(
        loan_id=command.loan_id,
        asset_id=command.asset_id,
        person_id=command.person_id,
        household_id=command.household_id,
        area=asset.area or AreaCode(context.area),
        due_at=due_at,
        method=command.method,
    )
    return [unlocked, AssetLent(asset_id=command.asset_id, loan_id=command.loan_id, due_at=due_at)]


def give_back(
    command: GiveBackAsset, loan: Loan, context: Context, _asset: MobilityAsset
) -> list[AssetOverdue | AssetReturned | AssetCameBack]:
    """The unit stands at a site and can be lent again. Also a lost one that turned up.

    One that is late and was not yet known to be is overdue first; one that was there in time is so, however late it is told.
    Raises: Refused("not_on_loan", state).  Source: E13, section 3.2.
    """
    require(loan.stage is not LoanStage.RETURNED, "not_on_loan", state=loan.stage)
    returned = AssetReturned(
        loan_id=loan.loan_id,
        asset_id=loan.asset_id,
        household_id=loan.household_id,
        area=command.area,
        site=command.site,
        in_time=not loan.is_late(context.occurred_at),
    )
    back = AssetCameBack(asset_id=loan.asset_id, loan_id=loan.loan_id, area=command.area, site=command.site)
    return [*_overdue_by(loan, context), returned, back]


def report_lost(
    _command: ReportAssetLost, loan: Loan, context: Context, _asset: MobilityAsset
) -> list[AssetOverdue | AssetLost | AssetMissing]:
    """The unit is missing and no timer waits for it any more.

    Raises: Refused("not_on_loan", state).  Source: section 3.2.
    """
    require(loan.is_out, "not_on_loan", state=loan.stage)
    lost = AssetLost(loan_id=loan.loan_id, asset_id=loan.asset_id, household_id=loan.household_id, area=loan.area)
    return [*_overdue_by(loan, context), lost, AssetMissing(asset_id=loan.asset_id, loan_id=loan.loan_id)]


def overdue(_command: MarkOverdue, loan: Loan, context: Context) -> list[AssetOverdue]:
    """The unit should be back. Nothing happens when it is, when it is known to be overdue or lost, or before it is due. Source: E13."""
    is_due = loan.due_at is not None and context.occurred_at >= loan.due_at
    return [_overdue(loan)] if loan.stage is LoanStage.OPEN and is_due else []


def ask_collection(_command: AskCollection, loan: Loan, _context: Context, person: KnownPerson) -> list[CollectionAsked]:
    """Somebody has to fetch the unit, as long as the death stands. Nothing happens when the borrower does not have it. Source: SG-04."""
    if not loan.is_out or loan.to_collect or not person.is_dead:
        return []
    return [CollectionAsked(loan_id=loan.loan_id, asset_id=loan.asset_id, household_id=loan.household_id, area=loan.area)]


def withdraw_collection(_command: WithdrawCollection, loan: Loan, _context: Context, person: KnownPerson) -> list[CollectionWithdrawn]:
    """The borrower keeps the unit until it is due. Source: ruling 22."""
    if not loan.to_collect or person.is_dead:
        return []
    return [CollectionWithdrawn(loan_id=loan.loan_id, asset_id=loan.asset_id, household_id=loan.household_id, area=loan.area)]


def _overdue_by(loan: Loan, context: Context) -> list[AssetOverdue]:
    """The breach that the timer would have told, had it come before this command."""
    return [_overdue(loan)] if loan.stage is LoanStage.OPEN and loan.is_late(context.occurred_at) else []


def _overdue(loan: Loan) -> AssetOverdue:
    since = loan.due_at
    if since is None:
        raise ValueError(f"{loan.loan_id}: a loan that was never opened is not overdue")
    return AssetOverdue(loan_id=loan.loan_id, asset_id=loan.asset_id, household_id=loan.household_id, area=loan.area, since=since)


def index(event: LoanEvent) -> Iterable[IndexChange]:
    """One open loan an asset (claim), found by the borrower while the unit is out; lost, it still holds the claim."""
    match event:
        case AssetUnlocked(asset_id=asset, person_id=person, due_at=due_at):
            return [Take("asset-loan", asset), Link(person_subject(person)), SetTimer("overdue", due_at)]
        case AssetOverdue() | AssetLost():
            return [SetTimer("overdue", None)]
        case AssetReturned():
            return [ReleaseAll()]
        case CollectionAsked() | CollectionWithdrawn():
            return []
        case _:
            assert_never(event)


_ID = "0190a000-0000-8000-8000-0000000000"
_LOAN, _ELDER, _HOME = LoanId(f"{_ID}a1"), PersonId(f"{_ID}10"), HouseholdId(f"{_ID}02")
_ASSET = mobility_asset.by("asset_id")
_PERSON = known_person.by("person_id", missing_ok=True)

loan = Aggregate(
    "loan",
    id="loan_id",
    state=Loan,
    evolve=evolve,
    key="household_id",
    area=mobility_asset.by("asset_id"),
    index=index,
    commands=[
        command(
            unlock,
            stream="new",
            also=[_ASSET, _PERSON],
            roles={Role.CARE_WORKER, Role.CASEWORKER},
            example=UnlockAsset(loan_id=_LOAN, asset_id=AssetId("wheelchair-017"), person_id=_ELDER, household_id=_HOME),
        ),
        command(
            give_back,
            also=[_ASSET],
            roles={Role.CARE_WORKER, Role.CASEWORKER},
            anywhere=True,
            example=GiveBackAsset(loan_id=_LOAN, area=AreaCode("440308003-qiaodong"), site=SiteCode("qiaodong-station")),
        ),
        command(
            report_lost,
            also=[_ASSET],
            roles={Role.CARE_WORKER, Role.CASEWORKER, Role.DISTRICT_OFFICER},
            example=ReportAssetLost(loan_id=_LOAN),
        ),
        command(overdue, roles={Role.SYSTEM}, example=MarkOverdue(loan_id=_LOAN)),
        command(ask_collection, also=[_PERSON], roles={Role.SYSTEM}, example=AskCollection(loan_id=_LOAN)),
        command(withdraw_collection, also=[_PERSON], roles={Role.SYSTEM}, example=WithdrawCollection(loan_id=_LOAN)),
    ],
)
