"""Aid that names no need: goods and kitchen meals at list value, and subsidised meals (rulings 5 and 12)."""

from __future__ import annotations

from datetime import date

from contracts.ids import Month
from contracts.terms import Measure, Scheme
from kit.clock import month_of
from services.linkage.chain.model import OutsideLine
from services.linkage.giving import Giver, GiverKind
from services.linkage.rows import HouseholdRows
from services.linkage.views.kitchen_meal import KitchenMealRow
from services.linkage.views.meal import MealMonthRow
from services.linkage.views.voucher import VoucherRow


def outside_of(rows: HouseholdRows, as_of: date) -> list[OutsideLine]:
    """Every redemption, every line of the kitchen, and each month's subsidised lunches."""
    goods = [line for row in rows.vouchers for line in _goods(row, as_of)]
    kitchen = [line for row in rows.kitchen_meals if (line := _kitchen(row, as_of))]
    meals = [line for row in rows.meal_months if (line := _meals(row, as_of))]
    return [*goods, *kitchen, *meals]


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


def _kitchen(row: KitchenMealRow, as_of: date) -> OutsideLine | None:
    """What the household got at an activity, as it is said at the end of the day; none once it is corrected to nothing."""
    said = [served for served in row.said if served.fact.on <= as_of]
    if row.served_on > as_of or not said or said[-1].meals == 0:
        return None
    return OutsideLine(
        scheme=Scheme.CHARITY,
        giver=Giver(kind=GiverKind.KITCHEN, id=row.line_id, name=row.organisation_id),
        month=Month(month_of(row.served_on)),
        measure=Measure.MEAL,
        quantity=said[-1].meals,
        delivered_fen=0,
        list_value_fen=said[-1].value_fen,
        facts=[served.fact for served in said],
    )


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
