"""Everything the views say about one household: read from the live views, or folded in memory from the household's journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from contracts.envelope import Event, Meta
from contracts.ids import PersonId
from kit.view import Row, View
from services.linkage.views.accepted import AcceptedLine, accepted
from services.linkage.views.allocation import AllocationRow, allocation
from services.linkage.views.entitlement import EntitlementRow, entitlement
from services.linkage.views.household import HouseholdRow, MemberRow, household, member
from services.linkage.views.kitchen_meal import KitchenMealRow, kitchen_meal
from services.linkage.views.meal import MealAccountRow, MealMonthRow, meal_account, meal_month
from services.linkage.views.need import NeedRow, need
from services.linkage.views.referral import ReferralRow, referral
from services.linkage.views.special_aid import SpecialAidRow, special_aid
from services.linkage.views.temp_aid import TempAidRow, temp_aid
from services.linkage.views.vital import VitalRow, vital
from services.linkage.views.voucher import VoucherRow, voucher

HOUSEHOLD_VIEWS: tuple[View[Any], ...] = (
    household, member, need, accepted, entitlement, special_aid, temp_aid, allocation, voucher, kitchen_meal, meal_account, meal_month, referral,
)  # fmt: skip
"""Views whose rows name their household; what is said about its members' lives stands in `vital`."""


@dataclass(frozen=True, kw_only=True)
class HouseholdRows:
    """The rows of one household."""

    household: HouseholdRow
    members: list[MemberRow] = field(default_factory=list)
    vitals: Mapping[PersonId, VitalRow] = field(default_factory=dict)
    needs: list[NeedRow] = field(default_factory=list)
    accepted: list[AcceptedLine] = field(default_factory=list)
    entitlements: list[EntitlementRow] = field(default_factory=list)
    special_aid: list[SpecialAidRow] = field(default_factory=list)
    temp_aid: list[TempAidRow] = field(default_factory=list)
    allocations: list[AllocationRow] = field(default_factory=list)
    vouchers: list[VoucherRow] = field(default_factory=list)
    kitchen_meals: list[KitchenMealRow] = field(default_factory=list)
    meal_accounts: list[MealAccountRow] = field(default_factory=list)
    meal_months: list[MealMonthRow] = field(default_factory=list)
    referrals: list[ReferralRow] = field(default_factory=list)


R = TypeVar("R", bound=Row)


class Rows(Protocol):
    """Gives all rows of a view that were asked for."""

    def of(self, view: View[R]) -> list[R]: ...


def household_rows(rows: Rows) -> HouseholdRows | None:
    """Put the rows of the views together; None while nobody opened the household."""
    homes = rows.of(household)
    if not homes:
        return None
    return HouseholdRows(
        household=homes[0],
        members=rows.of(member),
        vitals={row.person_id: row for row in rows.of(vital)},
        needs=rows.of(need),
        accepted=rows.of(accepted),
        entitlements=rows.of(entitlement),
        special_aid=rows.of(special_aid),
        temp_aid=rows.of(temp_aid),
        allocations=rows.of(allocation),
        vouchers=rows.of(voucher),
        kitchen_meals=rows.of(kitchen_meal),
        meal_accounts=rows.of(meal_account),
        meal_months=rows.of(meal_month),
        referrals=rows.of(referral),
    )


class Fold:
    """Views of one Kafka key, folded in memory event by event: the same code as live (design, "Read side")."""

    def __init__(self, more: Iterable[View[Any]] = (), views: Iterable[View[Any]] = (*HOUSEHOLD_VIEWS, vital)) -> None:
        self._views = (*views, *more)
        self.tables: dict[str, dict[str, Any]] = {view.name: {} for view in self._views}

    def add(self, events: Iterable[tuple[Event, Meta]]) -> None:
        """Apply events in order (of each source and Kafka key)."""
        for pair in events:
            for view in self._views:
                view.fold([pair], self.tables[view.name])

    def of(self, view: View[R]) -> list[R]:
        return list(self.tables[view.name].values())

    def rows(self) -> HouseholdRows | None:
        return household_rows(self)


def folded(events: Iterable[tuple[Event, Meta]]) -> HouseholdRows | None:
    """The rows of one household after the events of its journal."""
    fold = Fold()
    fold.add(events)
    return fold.rows()
