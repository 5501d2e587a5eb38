"""Goods of the charity supermarket (L4, outside a need): points given and goods taken, at list value in fen."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from contracts.charity.voucher import VoucherCancelled, VoucherExpired, VoucherIssued, VoucherRedeemed
from contracts.envelope import Event, Meta
from contracts.ids import GoodsCode, HouseholdId, Month, ShopId, VoucherId
from kit.view import Row, View
from services.linkage.views.facts import Fact, Value, fact_of


class Redemption(Value):
    """Goods taken: pieces and their list value."""

    shop_id: ShopId
    goods: GoodsCode
    quantity: int
    points: int
    value_fen: int
    fact: Fact


class VoucherRow(Row, frozen=True):
    """One household's points of one month."""

    voucher_id: VoucherId
    household_id: HouseholdId
    month: Month
    points: int
    issued: Fact
    redemptions: tuple[Redemption, ...] = ()
    ended: Fact | None = None
    lapsed_points: int = 0


VoucherFact = VoucherIssued | VoucherRedeemed | VoucherExpired | VoucherCancelled


def voucher_of(event: Event) -> Iterable[str]:
    return (event.voucher_id,) if isinstance(event, VoucherFact) else ()


def evolve(row: VoucherRow | None, event: Event, meta: Meta) -> VoucherRow | None:
    fact = fact_of(meta)
    match event:
        case VoucherIssued():
            return VoucherRow(
                voucher_id=event.voucher_id, household_id=event.household_id, month=event.month, points=event.points, issued=fact
            )
        case VoucherRedeemed():
            return row and replace(row, redemptions=(*row.redemptions, _redemption(event, fact)))
        case VoucherExpired(points=points) | VoucherCancelled(points=points):
            return row and replace(row, ended=fact, lapsed_points=points)
        case _:
            return row


def _redemption(event: VoucherRedeemed, fact: Fact) -> Redemption:
    return Redemption(
        shop_id=event.shop_id, goods=event.goods, quantity=event.quantity, points=event.points, value_fen=event.value_fen, fact=fact
    )


voucher = View("voucher", row=VoucherRow, key=voucher_of, evolve=evolve, index=("household_id", "voucher_id"))
