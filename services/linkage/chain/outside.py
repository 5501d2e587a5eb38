"""Aid that names no need: goods at list value and subsidised meals (rulings 5 and 12)."""

from __future__ import annotations

from datetime import date

from contracts.ids import Month
from contracts.terms import Measure, Scheme
from kit.clock import month_of
from services.linkage.chain.model import OutsideLine
from services.linkage.giving import Giver, GiverKind
from services.linkage.rows import HouseholdRows
from services.linkage.views.meal import MealMonthRow
from services.linkage.views.voucher import VoucherRow


def outside_of(rows: HouseholdRows, as_of: date) -> list[OutsideLine]:
    """Every redemption, and each month's subsidised lunches."""
    goods = [line for row in rows.vouchers for line in _goods(row, as_of)]
    meals = [line for row in rows.meal_months if (line := _meals(row, as_of))]
    return [*goods, *meals]


def _goods(row: VoucherRow, as_of: date) -> list[OutsideLine]:
    return [
        OutsideLine(
            scheme=Scheme.SHOP_POINTS,
            giver=Giver(kind=GiverKind.VOUCHER, id=row.voucher_id, name=taken.shop_id),
            month=Month(month_of(taken.fact.on)),
            measure=Measure.ITEM,
            quantity=taken.quantity,
            delivered_fen=0,
            list_value_fen=taken.value_fen,
            facts=[taken.fact],
        )
        for taken in row.redemptions
        if taken.fact.on <= as_of
    ]


def _meals(row: MealMonthRow, as_of: date) -> OutsideLine | None:
    """The subsidised lunches of a month; the money is what the state added."""
    meals = [(meal.subsidy_fen, meal.subsidy) for meal in row.meals if meal.subsidy and meal.served_on <= as_of]
    if not meals:
        return None
    return OutsideLine(
        scheme=Scheme.MEAL_SUBSIDY,
        giver=Giver(kind=GiverKind.MEAL_ACCOUNT, id=row.account_id),
        month=row.month,
        measure=Measure.MEAL,
        quantity=len(meals),
        delivered_fen=sum(fen for fen, _ in meals),
        list_value_fen=0,
        facts=[fact for _, fact in meals],
    )
