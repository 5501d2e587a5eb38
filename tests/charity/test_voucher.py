"""Vouchers of the charity supermarket: exact points, one a month, until quarter end, never above what was issued."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from contracts.charity.known_household import HouseholdKnownClosed, HouseholdKnownReopened
from contracts.charity.stock_lot import StockIssued, StockReceived
from contracts.charity.voucher import ProxyAuthorised, VoucherCancelled, VoucherExpired, VoucherIssued, VoucherRedeemed
from contracts.envelope import Event
from contracts.ids import GoodsCode, LotId, Month, PersonId, ShopId, VoucherId
from contracts.terms import ClosingCode, Purpose, Status
from kit.store.model import ReleaseAll, SetTimer, Take
from kit.testing import Given, given
from services.charity.domain.known_household import known_household
from services.charity.domain.stock_lot import stock_lot
from services.charity.domain.voucher import (
    AuthoriseProxy,
    CancelVoucher,
    ExpireVoucher,
    IssueVoucher,
    RedeemVoucher,
    voucher,
)
from tests.charity.facts import CHILD, DAY, GIFT, HOME, MOTHER, STRANGER, member, status_known, uuid

VOUCHER, LOT = VoucherId(uuid(0xF1)), LotId(uuid(0xE1))
SHOP, RICE = ShopId("zhongyi-home"), GoodsCode("rice-5kg")
APRIL, QUARTER_END = date(2022, 4, 8), date(2022, 6, 30)
GRANDMOTHER = PersonId(uuid(0x12))


def issue(month: str = "2022-04") -> IssueVoucher:
    return IssueVoucher(voucher_id=VOUCHER, household_id=HOME, month=Month(month))


def issued(
    points: int, persons: int = 3, status: Status = Status.DIBAO, month: str = "2022-04", valid_to: date = QUARTER_END
) -> VoucherIssued:
    return VoucherIssued(
        voucher_id=VOUCHER, household_id=HOME, month=Month(month), status=status, persons=persons, points=points, valid_to=valid_to
    )


def family(status: Status = Status.DIBAO, first: str = "2022-04") -> Given:
    """Mother, child and grandmother, with a status from April on."""
    return given(voucher).also(known_household, *(member(p) for p in (MOTHER, CHILD, GRANDMOTHER)), status_known(status, first))


@pytest.mark.parametrize(("status", "points"), [(Status.DIBAO, 600), (Status.TEKUN, 600), (Status.EDGE, 360)])
def test_points_are_given_by_status_and_person(status: Status, points: int) -> None:
    """R-SHP-03: 200 a person and month for dibao and tekun, 120 for edge; three persons."""
    family(status).when(issue(), on=APRIL).then(issued(points, status=status))


@pytest.mark.parametrize(
    ("month", "on", "valid_to"),
    [
        ("2022-04", APRIL, date(2022, 6, 30)),
        ("2022-06", date(2022, 6, 30), date(2022, 6, 30)),
        ("2022-07", date(2022, 7, 1), date(2022, 9, 30)),
        ("2022-12", date(2022, 12, 31), date(2022, 12, 31)),
    ],
)
def test_points_are_valid_to_the_end_of_their_quarter(month: str, on: date, valid_to: date) -> None:
    """R-SHP-03: unused points lapse at quarter end; the last day still counts."""
    family().when(issue(month), on=on).then(issued(600, month=month, valid_to=valid_to))


def test_a_member_counts_who_lives_there_on_the_first_of_the_month() -> None:
    """R-SHP-03, ruling 4: points are given by person and month, membership is a dated interval."""
    late = given(voucher).also(known_household, member(MOTHER), member(CHILD, date(2022, 4, 2)), status_known())
    late.when(issue("2022-04"), on=APRIL).then(issued(200, persons=1))
    late.when(issue("2022-05"), on=date(2022, 5, 9)).then(issued(400, persons=2, month="2022-05"))


def test_no_points_without_a_status_that_has_them() -> None:
    """R-SHP-03 names dibao, tekun and edge; E02: a status ends at a month boundary."""
    family(first="2022-05").when(issue("2022-04"), on=APRIL).refused("no_status", month="2022-04")
    given(voucher).when(issue(), on=APRIL).refused("no_status")
    family(Status.RIGID).when(issue(), on=APRIL).refused("status_without_points", status=Status.RIGID)
    given(voucher).also(known_household, status_known()).when(issue(), on=APRIL).refused("no_members")


def test_points_are_given_in_their_quarter_and_not_ahead() -> None:
    """R-SHP-03: a voucher that has lapsed already is none; the status of a month to come is not sure."""
    family().when(issue("2022-05"), on=APRIL).refused("month_not_begun")
    family().when(issue("2022-06"), on=date(2022, 7, 1)).refused("quarter_over", valid_to="2022-06-30")


def test_a_household_has_one_voucher_a_month() -> None:
    """R-SHP-03: a claim on household and month; the voucher ends by itself at 00:00 in Shanghai after the quarter."""
    midnight = datetime(2022, 6, 30, 16, tzinfo=UTC)
    assert list(voucher.index(issued(600))) == [Take("voucher-month", f"{HOME}:2022-04"), SetTimer("expire", midnight)]
    given(voucher, issued(600)).when(issue(), on=APRIL).refused("already_exists")


def test_only_an_unused_voucher_that_was_cancelled_makes_room_for_another() -> None:
    """R-SHP-03: otherwise a month could give more than its points."""
    assert list(voucher.index(cancelled(600, 0))) == [ReleaseAll()]
    assert list(voucher.index(cancelled(516, 84))) == [SetTimer("expire", None)]
    assert list(voucher.index(expired(516))) == [SetTimer("expire", None)]


def cancelled(points: int, redeemed_points: int) -> VoucherCancelled:
    return VoucherCancelled(voucher_id=VOUCHER, household_id=HOME, points=points, redeemed_points=redeemed_points)


def expired(points: int) -> VoucherExpired:
    return VoucherExpired(voucher_id=VOUCHER, household_id=HOME, points=points)


def rice(price_fen: int = 42_00, quantity: int = 200) -> StockReceived:
    return StockReceived(
        lot_id=LOT, shop_id=SHOP, donation_id=GIFT, goods=RICE, quantity=quantity, list_price_fen=price_fen, purpose=Purpose.GENERAL
    )


def redeem(quantity: int = 2, counter: int = 1, proxy: PersonId | None = None) -> RedeemVoucher:
    return RedeemVoucher(voucher_id=VOUCHER, lot_id=LOT, quantity=quantity, counter=counter, proxy=proxy)


def redeemed(points: int, value_fen: int, quantity: int = 2, counter: int = 1, proxy: PersonId | None = None) -> VoucherRedeemed:
    return VoucherRedeemed(
        voucher_id=VOUCHER,
        household_id=HOME,
        shop_id=SHOP,
        lot_id=LOT,
        goods=RICE,
        quantity=quantity,
        points=points,
        value_fen=value_fen,
        counter=counter,
        proxy=proxy,
    )


def handed_out(quantity: int = 2) -> StockIssued:
    return StockIssued(lot_id=LOT, shop_id=SHOP, voucher_id=VOUCHER, household_id=HOME, quantity=quantity)


def at_the_till(points: int = 600, price_fen: int = 42_00, quantity: int = 200) -> Given:
    return given(voucher, issued(points)).also(stock_lot, rice(price_fen, quantity))


def test_one_point_is_one_yuan_of_list_price() -> None:
    """R-SHP-03: two bags at 42.00 cost 84 points; the stock falls in the same append."""
    at_the_till().when(redeem(2), on=APRIL).then(redeemed(84, 84_00), handed_out(2))


@pytest.mark.parametrize(("price_fen", "quantity", "points"), [(12_50, 1, 13), (12_50, 2, 25), (99, 1, 1)])
def test_a_broken_point_costs_a_whole_one(price_fen: int, quantity: int, points: int) -> None:
    """Property 12: the value redeemed never exceeds the points used."""
    fen = price_fen * quantity
    at_the_till(price_fen=price_fen).when(redeem(quantity), on=APRIL).then(redeemed(points, fen, quantity), handed_out(quantity))


def test_a_voucher_pays_up_to_its_rest_exactly() -> None:
    """Property 12: redeemed <= issued."""
    used = at_the_till(points=120).facts([redeemed(84, 84_00)])
    used.when(redeem(1, counter=2), on=APRIL).refused("above_rest", points=42, rest=36)
    exact = at_the_till(points=126).facts([redeemed(84, 84_00)])
    exact.when(redeem(1, counter=2), on=APRIL).then(redeemed(42, 42_00, 1, 2), handed_out(1))


@pytest.mark.parametrize("counter", [1, 4, 5])
def test_the_counter_strictly_increases(counter: int) -> None:
    """R-SHP-05, section 3.2: a counter that comes again is a copy of the card."""
    used = at_the_till().facts([redeemed(84, 84_00, counter=5)])
    used.when(redeem(counter=counter), on=APRIL).refused("counter_not_higher", counter=5)
    used.when(redeem(counter=6), on=APRIL).then(redeemed(84, 84_00, counter=6), handed_out())


def test_points_are_worth_nothing_after_their_last_day() -> None:
    """R-SHP-03: whether or not the timer has run."""
    at_the_till().when(redeem(), on=QUARTER_END).then(redeemed(84, 84_00), handed_out())
    at_the_till().when(redeem(), on=date(2022, 7, 1)).refused("voucher_expired", valid_to="2022-06-30")


def test_the_shop_hands_out_only_what_it_has() -> None:
    """C01: goods issued never exceed goods in stock per lot."""
    at_the_till(quantity=1).when(redeem(2), on=APRIL).refused("above_on_hand", on_hand=1)
    given(voucher, issued(600)).when(redeem(), on=APRIL).refused("not_found", stream=f"stock-lot/{LOT}")


def proxy_from(first: date, last: date) -> ProxyAuthorised:
    return ProxyAuthorised(voucher_id=VOUCHER, household_id=HOME, person_id=STRANGER, valid_from=first, valid_to=last)


def test_a_proxy_needs_a_named_and_dated_authorisation() -> None:
    """R-SHP-03: proxies for frail people, by name and date, both days included."""
    command = AuthoriseProxy(voucher_id=VOUCHER, person_id=STRANGER, valid_from=APRIL, valid_to=APRIL)
    given(voucher, issued(600)).when(command).then(proxy_from(APRIL, APRIL))
    till = at_the_till().facts([proxy_from(APRIL, APRIL)])
    till.when(redeem(proxy=STRANGER), on=APRIL).then(redeemed(84, 84_00, proxy=STRANGER), handed_out())
    for person, day in [(STRANGER, date(2022, 4, 7)), (STRANGER, date(2022, 4, 9)), (GRANDMOTHER, APRIL)]:
        till.when(redeem(proxy=person), on=day).refused("proxy_not_authorised", person_id=person)


def test_an_authorisation_runs_forward_and_for_a_living_voucher() -> None:
    """R-SHP-03."""
    backward = AuthoriseProxy(voucher_id=VOUCHER, person_id=STRANGER, valid_from=APRIL, valid_to=DAY)
    given(voucher, issued(600)).when(backward).refused("dates_reversed")
    forward = AuthoriseProxy(voucher_id=VOUCHER, person_id=STRANGER, valid_from=DAY, valid_to=APRIL)
    given(voucher, issued(600), expired(600)).when(forward).refused("voucher_over")


def test_the_rest_lapses_after_quarter_end() -> None:
    """R-SHP-03: 600 issued, 84 used, 516 lapse; a used-up voucher ends with nothing to lapse."""
    command = ExpireVoucher(voucher_id=VOUCHER)
    after = date(2022, 7, 1)
    given(voucher, issued(600), redeemed(84, 84_00)).when(command, on=after).then(expired(516))
    given(voucher, issued(84), redeemed(84, 84_00)).when(command, on=after).then(expired(0))
    given(voucher, issued(600)).when(command, at=datetime(2022, 6, 30, 16, tzinfo=UTC)).then(expired(600))
    given(voucher, issued(600)).when(command, on=QUARTER_END).refused("not_yet", valid_to="2022-06-30")
    given(voucher, issued(600), expired(600)).when(command, on=after).then()


def test_a_cancelled_voucher_buys_nothing() -> None:
    """Section 3.2: cancelled is an end."""
    command = CancelVoucher(voucher_id=VOUCHER)
    given(voucher, issued(600), redeemed(84, 84_00)).when(command).then(cancelled(516, 84))
    at_the_till().facts([cancelled(600, 0)]).when(redeem(), on=APRIL).refused("voucher_over")
    given(voucher, issued(600), cancelled(600, 0)).when(command).refused("voucher_over")


def test_points_are_frozen_while_nobody_of_the_household_lives() -> None:
    """SG-04, ruling 21: neither given nor used, and a person cancels; a household that was merged keeps what it has."""
    died_out = HouseholdKnownClosed(household_id=HOME, closed_on=APRIL, code=ClosingCode.DECEASED)
    family().also(known_household, died_out).when(issue(), on=APRIL).refused("household_died_out")
    frozen = at_the_till().also(known_household, died_out)
    frozen.when(redeem(), on=APRIL).refused("household_died_out")
    frozen.when(CancelVoucher(voucher_id=VOUCHER), on=APRIL).then(cancelled(600, 0))
    merged = HouseholdKnownClosed(household_id=HOME, closed_on=APRIL, code=ClosingCode.MERGED)
    at_the_till().also(known_household, merged).when(redeem(), on=APRIL).then(redeemed(84, 84_00), handed_out())


def test_points_are_worth_something_again_when_the_death_was_an_error() -> None:
    """SG-04, ruling 22."""
    told = [
        HouseholdKnownClosed(household_id=HOME, closed_on=APRIL, code=ClosingCode.DECEASED),
        HouseholdKnownReopened(household_id=HOME),
    ]
    family().also(known_household, *told).when(issue(), on=APRIL).then(issued(600))
    at_the_till().also(known_household, *told).when(redeem(), on=APRIL).then(redeemed(84, 84_00), handed_out())


@settings(max_examples=80)
@hypothesis_given(st.integers(1, 40), st.lists(st.tuples(st.integers(1, 4), st.integers(1, 12), st.integers(1, 1500)), max_size=12))
def test_a_voucher_never_gives_more_than_was_issued(points: int, wishes: list[tuple[int, int, int]]) -> None:
    """Property 12: redeemed <= issued in points and in list value, and counters only rise, whatever is asked."""
    events: list[Event] = [issued(points)]
    for quantity, counter, price_fen in wishes:
        till = given(voucher, *events).also(stock_lot, rice(price_fen, 1_000))
        events += [e for e in till.when(redeem(quantity, counter), on=APRIL).events if isinstance(e, VoucherRedeemed)]
    used = [e for e in events if isinstance(e, VoucherRedeemed)]
    assert sum(e.points for e in used) <= points
    assert sum(e.value_fen for e in used) <= points * 100
    assert [e.counter for e in used] == sorted({e.counter for e in used})
