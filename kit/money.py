"""Whole fen, never a float: rounding, shares, instalments, and yuan as text (ruling 17).

100 fen = 1 yuan. Every function takes and gives `int`; only `parse_yuan` and `yuan` know the decimal point.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, assert_never

FEN_A_YUAN = 100

Rounding = Literal["CEIL_YUAN", "NONE"]
"""How a pack wants the final monthly amount rounded."""

_YUAN = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.(?P<part>[0-9]{1,2}))?")


def ceil_yuan(fen: int) -> int:
    """Up to the next whole yuan: 1,494.50 becomes 1,495.00."""
    return -(-fen // FEN_A_YUAN) * FEN_A_YUAN


def monthly_amount(gap_fen: int, rounding: Rounding) -> int:
    """The month's amount for a household's gap (standard x members - income, never a head's): 0 unless the gap is above 0, then rounded.

    Source: R-DIB-02, R-DIB-03, ruling 17.
    """
    if gap_fen <= 0:
        return 0
    match rounding:
        case "CEIL_YUAN":
            return ceil_yuan(gap_fen)
        case "NONE":
            return gap_fen
        case _:
            assert_never(rounding)


def half_up(numerator: int, denominator: int) -> int:
    """The quotient of two whole numbers, both >= 0, a half rounded up. Raises ValueError for a negative part or a denominator of 0."""
    if numerator < 0 or denominator <= 0:
        raise ValueError(f"half_up needs parts >= 0 and a denominator > 0, not {numerator}/{denominator}")
    return (2 * numerator + denominator) // (2 * denominator)


def price_of_time(hour_fen: int, minutes: int) -> int:
    """The price of a service by the hour, half-up to the fen (ruling 17)."""
    return half_up(hour_fen * minutes, 60)


def percent_of(fen: int, percent: int) -> int:
    """A share of an amount >= 0 in percent, down to the fen: 20 % of 1,495.01 is 299.00. Raises ValueError for a negative amount."""
    if fen < 0:
        raise ValueError(f"a share needs an amount >= 0, not {fen}")
    return fen * percent // 100


def shares(fen: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount >= 0 by whole weights: each share down to the fen, what is left goes to the first. Their sum is the amount.

    Raises ValueError when the amount or a weight is negative, or all weights are 0.
    """
    total = sum(weights)
    if fen < 0 or total <= 0 or min(weights) < 0:
        raise ValueError(f"shares need an amount and weights >= 0, not all 0: {fen}, {list(weights)}")
    parts = [fen * weight // total for weight in weights]
    return [parts[0] + fen - sum(parts), *parts[1:]]


def equal_shares(fen: int, count: int) -> list[int]:
    """Divide an amount among `count` members alike; what is left goes to the first. Raises ValueError as `shares` does."""
    return shares(fen, [1] * count)


def instalments(fen: int, count: int) -> list[int]:
    """Divide a debt into `count` instalments down to the fen; what is left goes to the last. Raises ValueError as `shares` does."""
    return equal_shares(fen, count)[::-1]


def yuan(fen: int) -> str:
    """Yuan as people write it: 149500 becomes `1,495.00`."""
    sign, amount = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{amount // FEN_A_YUAN:,}.{amount % FEN_A_YUAN:02}"


def parse_yuan(text: str) -> int:
    """The fen of a text such as `1,495.00`, `1495` or `-0.5`. Raises ValueError for anything else: more than two decimals, wrong commas."""
    found = _YUAN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no amount in yuan such as 1,495.00")
    fen = int(found["whole"].replace(",", "")) * FEN_A_YUAN + int((found["part"] or "0").ljust(2, "0"))
    return -fen if found["sign"] else fen
