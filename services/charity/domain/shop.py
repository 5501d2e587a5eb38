"""A charity supermarket (慈善超市): a place in an area; its goods are stock lots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from contracts.charity.shop import ShopOpened
from contracts.ids import AreaCode, ShopId
from kit.aggregate import Aggregate, command
from kit.command import Command, Context
from kit.identity import Role

ShopEvent = ShopOpened


@dataclass(frozen=True, kw_only=True)
class Shop:
    """Where the shop is."""

    area: AreaCode | None = None


def evolve(_shop: Shop, event: ShopEvent) -> Shop:
    match event:
        case ShopOpened(area=area):
            return Shop(area=area)
        case _:
            assert_never(event)


class OpenShop(Command):
    """A charity supermarket opens in an area."""

    shop_id: ShopId
    area: AreaCode


def open_shop(command: OpenShop, _shop: Shop, _context: Context) -> list[ShopOpened]:
    """The shop can receive goods. Source: C01."""
    return [ShopOpened(shop_id=command.shop_id, area=command.area)]


shop = Aggregate(
    "shop",
    id="shop_id",
    state=Shop,
    evolve=evolve,
    area="area",
    commands=[
        command(
            open_shop,
            stream="new",
            roles={Role.CHARITY_OFFICER},
            example=OpenShop(shop_id=ShopId("zhongyi-home"), area=AreaCode("440308003")),
        ),
    ],
)
