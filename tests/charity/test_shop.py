"""The charity supermarket."""

from __future__ import annotations

from contracts.charity.shop import ShopOpened
from contracts.ids import AreaCode, ShopId
from kit.testing import given
from services.charity.domain.shop import OpenShop, shop

OPEN = OpenShop(shop_id=ShopId("zhongyi-home"), area=AreaCode("440308003"))
OPENED = ShopOpened(shop_id=ShopId("zhongyi-home"), area=AreaCode("440308003"))


def test_a_shop_opens_once_in_an_area() -> None:
    """C01, C03."""
    given(shop).when(OPEN).then(OPENED)
    given(shop, OPENED).when(OPEN).refused("already_exists")
    assert shop.fold([OPENED]).area == "440308003"
