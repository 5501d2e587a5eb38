"""A stock lot: equal donated goods in one shop, in pieces, under the donation's restriction. On hand is never below zero (C01)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from pydantic import Field

from contracts.charity.donation import DonationAllocated
from contracts.charity.stock_lot import LossReason, StockCounted, StockIssued, StockReceived, StockWrittenOff
from contracts.ids import DonationId, GoodsCode, HouseholdId, LotId, ShopId, VoucherId
from kit.aggregate import Aggregate, command, require
from kit.command import Command, Context, Count, PositiveFen
from kit.identity import Role
from services.charity.domain.donation import Donation, allocated_to_lot, donation
from services.charity.domain.shop import Shop, shop

StockLotEvent = StockReceived | StockIssued | StockCounted | StockWrittenOff


@dataclass(frozen=True, kw_only=True)
class StockLot:
    """What it is, its list price, and how many pieces are on hand."""

    lot_id: LotId = LotId("")
    shop_id: ShopId | None = None
    goods: GoodsCode = GoodsCode("")
    list_price_fen: int = 0
    on_hand: int = 0

    @property
    def place(self) -> ShopId:
        assert self.shop_id is not None  # noqa: S101 - every received lot has one
        return self.shop_id


def evolve(lot: StockLot, event: StockLotEvent) -> StockLot:
    match event:
        case StockReceived():
            return StockLot(
                lot_id=event.lot_id,
                shop_id=event.shop_id,
                goods=event.goods,
                list_price_fen=event.list_price_fen,
                on_hand=event.quantity,
            )
        case StockIssued(quantity=quantity) | StockWrittenOff(quantity=quantity):
            return replace(lot, on_hand=lot.on_hand - quantity)
        case StockCounted(found=found):
            return replace(lot, on_hand=found)
        case _:
            assert_never(event)


class ReceiveStock(Command):
    """Donated goods come into a shop as one lot."""

    lot_id: LotId
    shop_id: ShopId
    donation_id: DonationId
    goods: GoodsCode
    quantity: Count
    list_price_fen: PositiveFen = Field(description="list price of a piece, in fen")


class CountStock(Command):
    """Somebody counted the pieces of the lot."""

    lot_id: LotId
    found: int = Field(strict=True, ge=0, le=1_000_000)


class WriteOffStock(Command):
    """Pieces are no longer fit to be given out, or gone."""

    lot_id: LotId
    quantity: Count
    reason: LossReason


def receive(
    command: ReceiveStock, _lot: StockLot, _context: Context, _shop: Shop, gift: Donation
) -> list[StockReceived | DonationAllocated]:
    """The pieces are on hand, and the donation is allocated by their list value.

    Raises: Refused("not_received" | "not_goods"); Refused("above_donation", left_fen).  Source: R-SHP-01, C01, C09.
    """
    received = StockReceived(**command.model_dump(exclude={"occurred_at"}), purpose=gift.purpose)
    return [received, allocated_to_lot(gift, command.lot_id, command.quantity * command.list_price_fen)]


def count(command: CountStock, lot: StockLot, _context: Context) -> list[StockCounted]:
    """The books say what was found; the difference is on record. Source: R-SHP-04."""
    return [StockCounted(lot_id=lot.lot_id, shop_id=lot.place, found=command.found, missing=lot.on_hand - command.found)]


def write_off(command: WriteOffStock, lot: StockLot, _context: Context) -> list[StockWrittenOff]:
    """The pieces left the books.

    Raises: Refused("above_on_hand", on_hand).  Source: C01.
    """
    require(command.quantity <= lot.on_hand, "above_on_hand", on_hand=lot.on_hand)
    return [StockWrittenOff(lot_id=lot.lot_id, shop_id=lot.place, quantity=command.quantity, reason=command.reason)]


def issued(lot: StockLot, voucher_id: VoucherId, household_id: HouseholdId, quantity: int) -> StockIssued:
    """The pieces left the shop for a voucher.

    Raises: Refused("above_on_hand", on_hand).  Source: C01.
    """
    require(quantity <= lot.on_hand, "above_on_hand", on_hand=lot.on_hand)
    return StockIssued(lot_id=lot.lot_id, shop_id=lot.place, voucher_id=voucher_id, household_id=household_id, quantity=quantity)


_ID = "0190a000-0000-8000-8000-0000000000"
_LOT, _GIFT = LotId(f"{_ID}e1"), DonationId(f"{_ID}d1")

stock_lot = Aggregate(
    "stock-lot",
    id="lot_id",
    state=StockLot,
    evolve=evolve,
    area=shop.by("shop_id"),
    commands=[
        command(
            receive,
            stream="new",
            also=[shop.by("shop_id"), donation.by("donation_id")],
            roles={Role.CHARITY_OFFICER, Role.SHOP_CLERK},
            example=ReceiveStock(
                lot_id=_LOT,
                shop_id=ShopId("zhongyi-home"),
                donation_id=_GIFT,
                goods=GoodsCode("rice-5kg"),
                quantity=200,
                list_price_fen=4_200,
            ),
        ),
        command(count, roles={Role.CHARITY_OFFICER, Role.SHOP_CLERK}, example=CountStock(lot_id=_LOT, found=197)),
        command(
            write_off,
            roles={Role.CHARITY_OFFICER},
            example=WriteOffStock(lot_id=_LOT, quantity=3, reason=LossReason.DAMAGED),
        ),
    ],
)
