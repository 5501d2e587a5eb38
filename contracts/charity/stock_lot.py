"""Facts about a stock lot (批次) of a charity supermarket. List prices are fen a piece (R-SHP-01, R-SHP-04)."""

from __future__ import annotations

from enum import StrEnum

from contracts.envelope import Event, event
from contracts.ids import DonationId, GoodsCode, HouseholdId, LotId, ShopId, VoucherId
from contracts.terms import Purpose


class LossReason(StrEnum):
    EXPIRED = "expired"
    DAMAGED = "damaged"
    MISSING = "missing"


@event("charity.stock-lot.received", version=1, stream="lot_id")
class StockReceived(Event):
    """Donated goods came into a shop as one lot under the donation's restriction. Source: R-SHP-01, C01."""

    lot_id: LotId
    shop_id: ShopId
    donation_id: DonationId
    goods: GoodsCode
    quantity: int
    list_price_fen: int
    purpose: Purpose


@event("charity.stock-lot.issued", version=1, stream="lot_id")
class StockIssued(Event):
    """Pieces left the shop for a voucher. Source: C01."""

    lot_id: LotId
    shop_id: ShopId
    voucher_id: VoucherId
    household_id: HouseholdId
    quantity: int


@event("charity.stock-lot.counted", version=1, stream="lot_id")
class StockCounted(Event):
    """A count found this many pieces; `missing` is the difference to the books, posted apart, below zero for a surplus. Source: R-SHP-04."""

    lot_id: LotId
    shop_id: ShopId
    found: int
    missing: int


@event("charity.stock-lot.written-off", version=1, stream="lot_id")
class StockWrittenOff(Event):
    """Pieces left the books with a reason. Source: C01."""

    lot_id: LotId
    shop_id: ShopId
    quantity: int
    reason: LossReason
