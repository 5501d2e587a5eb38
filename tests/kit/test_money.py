"""Fen arithmetic (ruling 17, SC-02). Expected amounts are those of the domain pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import ceil_yuan, equal_shares, half_up, instalments, monthly_amount, parse_yuan, percent_of, price_of_time, shares, yuan

STANDARD_FEN = 136_500
FEN = st.integers(0, 10**12)


@pytest.mark.parametrize(("income", "amount"), [("4,093.00", "2.00"), ("4,094.00", "1.00"), ("4,095.00", "0.00"), ("2,600.50", "1,495.00")])
def test_a_household_of_three_gets_its_gap_rounded_up_to_the_yuan(income: str, amount: str) -> None:
    """SC-02, R-DIB-03: 3 x 1,365.00 - income, rounded once, at household level."""
    assert yuan(monthly_amount(3 * STANDARD_FEN - parse_yuan(income), "CEIL_YUAN")) == amount


def test_rounding_a_head_first_would_give_a_yuan_too_much() -> None:
    """SC-02: 1,364.33 x 3 = 4,092.99 leads to 3.00, the trap; the household's gap leads to 2.00."""
    a_head_first = 3 * STANDARD_FEN - 3 * (409_300 // 3)
    assert yuan(monthly_amount(a_head_first, "CEIL_YUAN")) == "3.00"
    assert yuan(monthly_amount(3 * STANDARD_FEN - 409_300, "CEIL_YUAN")) == "2.00"


def test_no_gap_gives_nothing_and_without_rounding_the_gap_stays() -> None:
    """Ruling 17: only if the gap is above 0; a need for living is the unrounded gap."""
    assert monthly_amount(0, "CEIL_YUAN") == 0
    assert monthly_amount(-50, "CEIL_YUAN") == 0
    assert monthly_amount(1, "CEIL_YUAN") == 100
    assert monthly_amount(149_450, "NONE") == 149_450


@given(FEN)
def test_rounding_up_adds_less_than_a_yuan(fen: int) -> None:
    """That is why the tolerance for overlap is 1 yuan (ruling 17)."""
    assert 0 <= ceil_yuan(fen) - fen < 100
    assert ceil_yuan(fen) % 100 == 0


@pytest.mark.parametrize(
    ("hour_fen", "minutes", "price"), [(6_000, 90, 9_000), (3_001, 30, 1_501), (100, 1, 2), (100, 20, 33), (7_999, 0, 0)]
)
def test_price_times_time_is_rounded_half_up_to_the_fen(hour_fen: int, minutes: int, price: int) -> None:
    """Ruling 17: 30.01 an hour for 30 minutes is 15.005, so 15.01."""
    assert price_of_time(hour_fen, minutes) == price


@given(FEN, st.integers(1, 10_000))
def test_half_up_is_never_more_than_half_away(numerator: int, denominator: int) -> None:
    """Always: -1/2 < result - quotient <= 1/2."""
    doubled_error = 2 * (half_up(numerator, denominator) * denominator - numerator)
    assert -denominator < doubled_error <= denominator


def test_recovery_is_down_to_the_fen() -> None:
    """R-PAY-05, ruling 17: 20 % of 1,495.00 is 299.00, and of 1,495.04 not a fen more."""
    assert yuan(percent_of(149_500, 20)) == "299.00"
    assert percent_of(149_504, 20) == 29_900


def test_what_is_left_goes_to_the_first_member_and_to_the_last_instalment() -> None:
    """Ruling 17: 100.00 among three, and by weight."""
    assert equal_shares(10_000, 3) == [3_334, 3_333, 3_333]
    assert instalments(10_000, 3) == [3_333, 3_333, 3_334]
    assert shares(1_000, [2, 1]) == [667, 333]


@given(FEN, st.lists(st.integers(0, 1_000), min_size=1, max_size=20).filter(any))
def test_shares_add_up_to_the_whole_and_lose_less_than_a_fen(fen: int, weights: list[int]) -> None:
    """Always: the sum is the amount; every share but the first is the exact one rounded down."""
    parts = shares(fen, weights)
    assert sum(parts) == fen
    assert all(0 <= fen * weight - part * sum(weights) < sum(weights) for part, weight in zip(parts[1:], weights[1:], strict=True))
    assert 0 <= parts[0] - fen * weights[0] // sum(weights) < len(weights)


@given(FEN, st.integers(1, 60))
def test_instalments_add_up_to_the_debt_and_the_last_is_the_largest(fen: int, count: int) -> None:
    """Always: nothing is forgiven by rounding, nothing recovered twice."""
    parts = instalments(fen, count)
    assert (len(parts), sum(parts)) == (count, fen)
    assert parts[-1] == max(parts)


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (shares, (-1, [1])),
        (shares, (1, [])),
        (shares, (1, [0])),
        (shares, (1, [2, -1])),
        (equal_shares, (1, 0)),
        (percent_of, (-1, 20)),
        (half_up, (-1, 2)),
        (half_up, (1, 0)),
    ],
)
def test_amounts_that_make_no_sense_are_refused(call: object, arguments: tuple[object, ...]) -> None:
    """A negative amount, nobody to share, a division by zero."""
    assert callable(call)
    with pytest.raises(ValueError, match="need"):
        call(*arguments)


@pytest.mark.parametrize(
    ("text", "fen"), [("1,495.00", 149_500), ("1495", 149_500), ("0.5", 50), ("-0.05", -5), (" 12,345,678.90 ", 1_234_567_890), ("0", 0)]
)
def test_yuan_are_read_as_people_write_them(text: str, fen: int) -> None:
    """To the fen, without a float on the way."""
    assert parse_yuan(text) == fen


@pytest.mark.parametrize("text", ["", "1.234", "1,49.00", "12,34", "1e3", "¥5", "1.", ".5", "--1", "NaN", "１２"])
def test_anything_else_is_no_amount(text: str) -> None:
    """A third decimal or a misplaced comma is a mistake, not something to round."""
    with pytest.raises(ValueError, match="no amount in yuan"):
        parse_yuan(text)


@given(st.integers(-(10**14), 10**14))
def test_an_amount_survives_being_written_and_read(fen: int) -> None:
    """Always: parse_yuan(yuan(x)) is x."""
    assert parse_yuan(yuan(fen)) == fen
