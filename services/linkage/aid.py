"""All aid that households got between two days, by scheme, layer and channel, from the givers' own rows (B13).

Money counts on the day it was paid, and what came back on the day it came back. Goods and kitchen meals stand at list value beside the
money (ruling 12). Grants to organisations and aid outside the district reach no household of it and are no part of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from contracts.terms import Layer, Scheme
from services.linkage.matrix import Channel, Covered, Schemes
from services.linkage.rows import Rows
from services.linkage.views.allocation import allocation
from services.linkage.views.entitlement import entitlement
from services.linkage.views.facts import Move, MoveKind
from services.linkage.views.kitchen_meal import KitchenMealRow, kitchen_meal
from services.linkage.views.meal import meal_month
from services.linkage.views.special_aid import special_aid
from services.linkage.views.temp_aid import temp_aid
from services.linkage.views.voucher import voucher

GIVING = (entitlement, special_aid, temp_aid, allocation, voucher, kitchen_meal, meal_month)
"""The views whose rows tell what a giver gave."""
_SIGN = {MoveKind.DELIVERED: 1, MoveKind.FAILED: -1, MoveKind.RETURNED: -1}


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """Something a household got on a day: money, or goods at list value; less than nothing: it came back."""

    scheme: Scheme
    on: date
    fen: int = 0
    list_value_fen: int = 0


@dataclass(kw_only=True)
class AidTotal:
    """What was given: three ways to divide the same."""

    schemes: dict[Scheme, Covered] = field(default_factory=dict)
    layers: dict[Layer, Covered] = field(default_factory=lambda: {layer: Covered() for layer in Layer})
    channels: dict[Channel, Covered] = field(default_factory=lambda: {channel: Covered() for channel in Channel})
    whole: Covered = field(default_factory=Covered)

    @property
    def adds_up(self) -> bool:
        """Total aid by scheme, by layer and by channel equals total aid (B13)."""
        return all(_sum(parts.values()) == self.whole for parts in (self.schemes, self.layers, self.channels))


def aid_total(given: Iterable[Given], schemes: Schemes, first: date, last: date) -> AidTotal:
    """The total of what was given between two days, both included."""
    total = AidTotal()
    for one in given:
        if first <= one.on <= last:
            money = Covered(delivered=one.fen, list_value_fen=one.list_value_fen)
            layer = Layer(schemes.layer_of(one.scheme))
            total.whole.add(money)
            total.schemes.setdefault(one.scheme, Covered()).add(money)
            total.layers[layer].add(money)
            total.channels[Channel(schemes.channel_of(layer, one.scheme))].add(money)
    return total


def given_by(rows: Rows) -> Iterator[Given]:
    """Everything that the givers' rows tell, whenever it was."""
    for row in rows.of(entitlement):
        yield from _moved(row.scheme, [payment.move for payment in row.payments])
    for case in rows.of(special_aid):
        yield from _moved(case.scheme, [line.move for line in case.moves])
    for emergency in rows.of(temp_aid):
        yield from _moved(Scheme.TEMPORARY_AID, emergency.moves)
    for gift in rows.of(allocation):
        yield from _moved(Scheme.CHARITY, gift.moves)
    for points in rows.of(voucher):
        for taken in points.redemptions:
            yield Given(scheme=Scheme.SHOP_POINTS, on=taken.fact.on, list_value_fen=taken.value_fen)
    for meals in rows.of(kitchen_meal):
        yield _cooked(meals)
    for month in rows.of(meal_month):
        for meal in month.meals:
            yield Given(scheme=Scheme.MEAL_SUBSIDY, on=meal.served_on, fen=meal.subsidy_fen)


def _moved(scheme: Scheme, moves: Sequence[Move]) -> Iterator[Given]:
    for move in moves:
        if move.kind in _SIGN:
            yield Given(scheme=scheme, on=move.fact.on, fen=_SIGN[move.kind] * move.amount)


def _cooked(row: KitchenMealRow) -> Given:
    """A correction says the line anew."""
    return Given(scheme=Scheme.CHARITY, on=row.served_on, list_value_fen=row.said[-1].value_fen)


def _sum(parts: Iterable[Covered]) -> Covered:
    total = Covered()
    for part in parts:
        total.add(part)
    return total
