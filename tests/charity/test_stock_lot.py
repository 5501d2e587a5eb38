"""Stock lots: donated pieces come in, go out and are counted; the books are never below zero."""

from __future__ import annotations

from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from contracts.charity.donation import DonationAllocated, DonationKind, DonationPledged
from contracts.charity.shop import ShopOpened
from contracts.charity.stock_lot import LossReason, StockCounted, StockIssued, StockReceived, StockWrittenOff
from contracts.envelope import Event
from contracts.ids import AreaCode, GoodsCode, LotId, ShopId, VoucherId
from contracts.terms import Purpose
from kit.errors import Refused
from kit.testing import Given, given
from services.charity.domain.donation import donation
from services.charity.domain.shop import shop
from services.charity.domain.stock_lot import CountStock, ReceiveStock, WriteOffStock, issued, stock_lot
from tests.charity.facts import DONOR, GIFT, HOME, received, uuid

LOT, VOUCHER = LotId(uuid(0xE1)), VoucherId(uuid(0xF1))
SHOP, RICE = ShopId("zhongyi-home"), GoodsCode("rice-5kg")
OPENED = ShopOpened(shop_id=SHOP, area=AreaCode("440308003"))
GOODS = received(8_400_00, Purpose.EPIDEMIC, DonationKind.GOODS)


def stocked(quantity: int = 200) -> StockReceived:
    return StockReceived(
        lot_id=LOT, shop_id=SHOP, donation_id=GIFT, goods=RICE, quantity=quantity, list_price_fen=42_00, purpose=Purpose.EPIDEMIC
    )


def into_lot(fen: int) -> DonationAllocated:
    return DonationAllocated(donation_id=GIFT, amount_fen=fen, lot_id=LOT)


def receive(quantity: int) -> ReceiveStock:
    return ReceiveStock(lot_id=LOT, shop_id=SHOP, donation_id=GIFT, goods=RICE, quantity=quantity, list_price_fen=42_00)


def shop_with(*facts: Event) -> Given:
    return given(stock_lot).also(shop, OPENED).also(donation, *facts)


def test_donated_goods_become_a_lot_under_the_donor_s_restriction() -> None:
    """R-SHP-01, C09: 200 bags at 42.00 allocate 8,400.00 of the donation; its purpose is the lot's."""
    shop_with(GOODS).when(receive(200)).then(stocked(200), into_lot(8_400_00))


def test_lots_never_hold_more_than_was_given() -> None:
    """C09: value received = value allocated + in stock + written off."""
    shop_with(GOODS).when(receive(201)).refused("above_donation", left_fen=8_400_00)
    part = DonationAllocated(donation_id=GIFT, amount_fen=4_200_00, lot_id=LotId(uuid(0xE2)))
    shop_with(GOODS, part).when(receive(101)).refused("above_donation", left_fen=4_200_00)
    shop_with(GOODS, part).when(receive(100)).then(stocked(100), into_lot(4_200_00))


def test_only_received_goods_come_into_a_shop_that_exists() -> None:
    """R-SHP-04: money and goods have separate books."""
    shop_with(received(8_400_00)).when(receive(1)).refused("not_goods")
    given(stock_lot).also(shop, OPENED).when(receive(1)).refused("not_found", stream=f"donation/{GIFT}")
    given(stock_lot).also(donation, GOODS).when(receive(1)).refused("not_found", stream="shop/zhongyi-home")
    pledged = DonationPledged(donation_id=GIFT, donor_id=DONOR, kind=DonationKind.GOODS, amount_fen=8_400_00, purpose=Purpose.EPIDEMIC)
    shop_with(pledged).when(receive(1)).refused("not_received", stage="pledged")


def test_a_count_posts_the_difference_apart() -> None:
    """R-SHP-04: the books are reconciled to the stock; a surplus is a difference below zero."""
    lot = given(stock_lot, stocked(200))
    lot.when(CountStock(lot_id=LOT, found=197)).then(StockCounted(lot_id=LOT, shop_id=SHOP, found=197, missing=3))
    lot.when(CountStock(lot_id=LOT, found=201)).then(StockCounted(lot_id=LOT, shop_id=SHOP, found=201, missing=-1))
    assert stock_lot.fold([stocked(200), StockCounted(lot_id=LOT, shop_id=SHOP, found=197, missing=3)]).on_hand == 197


def test_no_more_is_written_off_than_is_on_hand() -> None:
    """C01: goods never leave that are not in stock."""
    lot = given(stock_lot, stocked(10))
    off = StockWrittenOff(lot_id=LOT, shop_id=SHOP, quantity=10, reason=LossReason.EXPIRED)
    lot.when(WriteOffStock(lot_id=LOT, quantity=10, reason=LossReason.EXPIRED)).then(off)
    lot.when(WriteOffStock(lot_id=LOT, quantity=11, reason=LossReason.EXPIRED)).refused("above_on_hand", on_hand=10)


pieces = st.integers(1, 40)
steps = st.lists(st.tuples(st.sampled_from(["issue", "count", "write_off"]), pieces), max_size=20)


@settings(max_examples=80)
@hypothesis_given(pieces, steps)
def test_every_piece_is_on_hand_issued_missing_or_written_off(quantity: int, played: list[tuple[str, int]]) -> None:
    """C01, R-SHP-04: received = on hand + issued + missing + written off after every step, and on hand >= 0."""
    events: list[Event] = [stocked(quantity)]
    for what, number in played:
        events += moved(events, what, number)
        on_hand = stock_lot.fold(events).on_hand
        out = sum(e.quantity for e in events if isinstance(e, StockIssued | StockWrittenOff))
        missing = sum(e.missing for e in events if isinstance(e, StockCounted))
        assert on_hand >= 0
        assert quantity == on_hand + out + missing


def moved(events: list[Event], what: str, number: int) -> list[Event]:
    if what == "issue":
        try:
            return [issued(stock_lot.fold(events), VOUCHER, HOME, number)]
        except Refused:
            return []
    command = (
        CountStock(lot_id=LOT, found=number) if what == "count" else WriteOffStock(lot_id=LOT, quantity=number, reason=LossReason.DAMAGED)
    )
    return given(stock_lot, *events).when(command).events
