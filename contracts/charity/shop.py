"""Facts about a charity supermarket (慈善超市)."""

from __future__ import annotations

from contracts.envelope import Event, event
from contracts.ids import AreaCode, ShopId


@event("charity.shop.opened", version=1, stream="shop_id")
class ShopOpened(Event):
    """A charity supermarket opened in an area. Source: C01."""

    shop_id: ShopId
    area: AreaCode
