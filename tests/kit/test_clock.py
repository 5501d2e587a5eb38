"""Months as text: before and after each other, over the turn of a year."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kit.clock import month_before, months_between, next_month

months = st.builds(lambda year, number: f"{year:04}-{number:02}", st.integers(1990, 2100), st.integers(1, 12))


def test_january_follows_december() -> None:
    assert next_month("2022-12") == "2023-01"
    assert month_before("2023-01") == "2022-12"


@given(months)
def test_the_month_before_the_next_is_the_month_itself(month: str) -> None:
    assert month_before(next_month(month)) == month
    assert next_month(month_before(month)) == month


@given(months)
def test_a_month_and_the_one_before_it_are_two_months(month: str) -> None:
    assert months_between(month_before(month), month) == [month_before(month), month]
    assert months_between(month, month_before(month)) == []
