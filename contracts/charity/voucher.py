"""Facts about a voucher of the charity supermarket: points of one household and month; 1 point = 1 yuan of list price (R-SHP-03)."""

from __future__ import annotations

from datetime import date

from contracts.envelope import Event, event
from contracts.ids import GoodsCode, HouseholdId, LotId, Month, PersonId, ShopId, VoucherId
from contracts.terms import Status


@event("charity.voucher.issued", version=1, stream="voucher_id")
class VoucherIssued(Event):
    """Points of a month were given: points a person by the household's status; unused ones lapse at quarter end. Source: R-SHP-03."""

    voucher_id: VoucherId
    household_id: HouseholdId
    month: Month
    status: Status
    persons: int
    points: int
    valid_to: date


@event("charity.voucher.proxy-authorised", version=1, stream="voucher_id")
class ProxyAuthorised(Event):
    """A named person may redeem for the household, from a date to a date. Source: R-SHP-03."""

    voucher_id: VoucherId
    household_id: HouseholdId
    person_id: PersonId
    valid_from: date
    valid_to: date


@event("charity.voucher.redeemed", version=1, stream="voucher_id")
class VoucherRedeemed(Event):
    """Goods were taken online against points; stock fell in the same append. Source: R-SHP-03, R-SHP-05, property 12."""

    voucher_id: VoucherId
    household_id: HouseholdId
    shop_id: ShopId
    lot_id: LotId
    goods: GoodsCode
    quantity: int
    points: int
    value_fen: int
    counter: int
    proxy: PersonId | None = None


@event("charity.voucher.expired", version=1, stream="voucher_id")
class VoucherExpired(Event):
    """The voucher ended at quarter end and the rest of its points, if any, lapsed. Source: R-SHP-03, end of the rulings."""

    voucher_id: VoucherId
    household_id: HouseholdId
    points: int


@event("charity.voucher.cancelled", version=1, stream="voucher_id")
class VoucherCancelled(Event):
    """The voucher was issued in error or its household ended; `points` is the rest that lapsed. Source: section 3.2.

    redeemed_points: used before; only when none were may another voucher of the month be issued.
    """

    voucher_id: VoucherId
    household_id: HouseholdId
    points: int
    redeemed_points: int = 0
