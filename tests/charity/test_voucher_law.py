"""Vouchers of two families at one shelf, over histories that nobody planned: repeats, late days, timers that come early, late and twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from contracts.charity.stock_lot import StockIssued
from contracts.charity.voucher import VoucherCancelled, VoucherExpired, VoucherIssued, VoucherRedeemed
from contracts.envelope import Event, stream_of
from contracts.ids import HouseholdId, VoucherId
from kit.command import Command
from kit.errors import Refused
from kit.testing import given
from services.charity.domain.known_household import known_household
from services.charity.domain.stock_lot import stock_lot
from services.charity.domain.voucher import CancelVoucher, ExpireVoucher, RedeemVoucher, voucher
from tests.charity.facts import uuid
from tests.charity.test_voucher import LOT, QUARTER_END, issued, rice

OURS, THEIRS = VoucherId(uuid(0xF1)), VoucherId(uuid(0xF2))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["redeem", "redeem", "redeem", "expire", "cancel"]),
        st.sampled_from([OURS, THEIRS]),
        st.integers(1, 4),
        st.integers(1, 9),
        st.integers(-5, 3),
        st.booleans(),
    ),
    max_size=20,
)
"""What happens, with which voucher, how many pieces, which counter, how many days after the quarter's end, and whether it is told twice."""


class Shelf:
    """One lot and two vouchers; each command is decided from what was said before."""

    def __init__(self, points: int, pieces: int, price_fen: int) -> None:
        other = VoucherIssued(
            voucher_id=THEIRS, household_id=HouseholdId(uuid(0x77)), month=issued(points).month, status=issued(points).status,
            persons=1, points=points + 7, valid_to=QUARTER_END,
        )  # fmt: skip
        self.told: list[Event] = [issued(points), other, rice(price_fen, pieces)]

    def of(self, stream: str) -> Sequence[Event]:
        return [event for event in self.told if stream_of(event) == stream]

    def give(self, command: Command, which: VoucherId, day: date) -> None:
        """Nothing is said when it is refused."""
        here = given(voucher, *self.of(f"voucher/{which}")).also(stock_lot, *self.of(f"stock-lot/{LOT}")).also(known_household)
        try:
            self.told += [one for one in here.when(command, on=day).events if isinstance(one, Event)]
        except Refused:
            return


def command(kind: str, which: VoucherId, quantity: int, counter: int) -> Command:
    match kind:
        case "redeem":
            return RedeemVoucher(voucher_id=which, lot_id=LOT, quantity=quantity, counter=counter)
        case "expire":
            return ExpireVoucher(voucher_id=which)
        case _:
            return CancelVoucher(voucher_id=which)


@settings(max_examples=200)
@for_all(st.integers(1, 60), st.integers(1, 12), st.integers(1, 1_500), STEPS)
def test_points_given_are_used_or_lapse_and_goods_follow(
    points: int, pieces: int, price_fen: int, steps: list[tuple[str, VoucherId, int, int, int, bool]]
) -> None:
    """Property 12, R-SHP-03, R-SHP-05: redeemed never above issued, in points and in value; used and lapsed are what was issued, once."""
    shelf = Shelf(points, pieces, price_fen)
    for kind, which, quantity, counter, days, twice in steps:
        for _ in range(1 + twice):
            shelf.give(command(kind, which, quantity, counter), which, QUARTER_END + timedelta(days=days))
    for which in (OURS, THEIRS):
        history = shelf.of(f"voucher/{which}")
        given_points = sum(one.points for one in history if isinstance(one, VoucherIssued))
        used = [one for one in history if isinstance(one, VoucherRedeemed)]
        ends = [one for one in history if isinstance(one, VoucherExpired | VoucherCancelled)]
        assert sum(one.points for one in used) <= given_points
        assert sum(one.value_fen for one in used) <= given_points * 100
        assert [one.counter for one in used] == sorted({one.counter for one in used})
        assert [given_points - sum(one.points for one in used)] == [one.points for one in ends] or not ends
        assert not ends or history[-1] is ends[0], "nothing is used after the end"
    handed_out = sum(one.quantity for one in shelf.told if isinstance(one, StockIssued))
    assert handed_out == sum(one.quantity for one in shelf.told if isinstance(one, VoucherRedeemed)) <= pieces
