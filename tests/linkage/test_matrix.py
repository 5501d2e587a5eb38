"""The coverage matrix: category x layer x month, with sums that equal what the services gave."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.ids import LineId, Month
from contracts.relief.need import CoverageReversed
from contracts.terms import Layer, Measure, NeedCategory, Scheme
from kit.testing import policy
from services.linkage.chain import chain
from services.linkage.matrix import AfterGovernment, Channel, CoverageMatrix, MatrixRow, after_government, matrix
from services.linkage.rows import folded
from tests.linkage.cases import (
    BILLS,
    DIBAO,
    FIRST_LINE,
    HOUSEHOLD,
    LIVING,
    a_need,
    committed,
    delivered,
    four_layers,
    meals_and_goods,
    opened,
    regular,
)
from tests.linkage.story import SHATOUJIAO, Story, an_id


def matrix_of(story: Story, as_of: str, first: str | None = None, last: str | None = None) -> CoverageMatrix:
    rows = folded(story.told)
    assert rows is not None
    day = date.fromisoformat(as_of)
    pack = policy()[0].at(day, SHATOUJIAO)
    return matrix(chain(rows, day), pack, Month(first) if first else None, Month(last) if last else None)


def row_of(found: CoverageMatrix, category: NeedCategory | None, month: str) -> MatrixRow:
    return next(row for row in found.rows if (row.category, row.month) == (category, month))


def test_an_event_need_shows_its_deliveries_by_month_of_delivery() -> None:
    """Ruling 2: need and residual stand in the month of registration, L2 and L3 in April, L4 in May."""
    found = matrix_of(four_layers(), "2022-06-01")
    april, may = (row_of(found, NeedCategory.MEDICAL, month) for month in ("2022-04", "2022-05"))
    assert (april.gross, april.need, april.residual) == (28_600_000, 7_800_000, 0)
    assert [april.layers[layer].delivered for layer in Layer] == [0, 3_750_000, 1_638_000, 0]
    assert [may.layers[layer].delivered for layer in Layer] == [0, 0, 0, 2_412_000]
    assert april.share_permille(Layer.SPECIAL) == 480  # 37,500 of 78,000


def test_a_monthly_need_shows_the_months_up_to_the_current_one() -> None:
    """Ruling 9: of dibao from May to April, June sees May and June."""
    story = regular(opened(Story()))
    story.tell(delivered(DIBAO, 149_500, need_id=LIVING, month="2022-05"), on="2022-05-10")
    found = matrix_of(story, "2022-06-15")
    assert [(row.month, row.need, row.residual) for row in found.rows] == [("2022-05", 149_500, 0), ("2022-06", 149_500, 0)]
    assert [(row.layers[Layer.REGULAR].committed, row.layers[Layer.REGULAR].delivered) for row in found.rows] == [
        (0, 149_500),
        (149_500, 0),
    ]


def test_sums_hold_aid_outside_a_need_and_keep_goods_beside_the_money() -> None:
    """Rulings 24 and 12: a subsidised lunch of 15.00 is L2 money, 120.00 of goods stand at list value."""
    found = matrix_of(meals_and_goods(four_layers()), "2022-06-01")
    (total,) = found.sums
    assert total.layers[Layer.SPECIAL].delivered == 3_750_000 + 1_500
    assert (total.layers[Layer.CHARITY].delivered, total.layers[Layer.CHARITY].list_value_fen) == (2_412_000, 12_000)
    outside = row_of(found, None, "2022-05")
    assert (outside.need, outside.residual) == (0, 0)


def test_the_range_cuts_months() -> None:
    found = matrix_of(four_layers(), "2022-06-01", "2022-05", "2022-05")
    assert [row.month for row in found.rows] == ["2022-05"]
    assert (found.first, found.last) == ("2022-05", "2022-05")


def test_a_return_lowers_the_delivery_it_took_back() -> None:
    """Ruling 20: it lowers the month it was paid for, May, though it came back in June."""
    story = four_layers().tell(CoverageReversed(need_id=BILLS, household_id=HOUSEHOLD, line_id=FIRST_LINE, amount=120_000), on="2022-06-10")
    found = matrix_of(story, "2022-06-15")
    assert row_of(found, NeedCategory.MEDICAL, "2022-05").layers[Layer.CHARITY].delivered == 2_412_000 - 120_000
    assert row_of(found, NeedCategory.MEDICAL, "2022-04").residual == 120_000


def test_aid_comes_through_three_channels() -> None:
    """B13: the meal subsidy is the government's, goods of the charity shop are public good, money of a fund is charity."""
    (total,) = matrix_of(meals_and_goods(four_layers()), "2022-06-01").sums
    assert [(came.delivered, came.list_value_fen) for came in total.channels.values()] == [
        (3_750_000 + 1_638_000 + 1_500, 0),
        (0, 12_000),
        (2_412_000, 0),
    ]


def test_the_share_of_charity_that_came_after_the_government_decided() -> None:
    """C07: 10,000 fen of charity before the first decision, 30,000 after it: three quarters; nothing given has no share."""
    story = opened(Story()).tell(a_need(BILLS, 100_000), on="2022-04-01")
    assert after(story).share_permille is None
    story.tell(committed(an_id(501), 10_000, Layer.CHARITY, Scheme.CHARITY), on="2022-04-02")
    assert after(story) == AfterGovernment(given=10_000, after=0)
    story.tell(committed(an_id(502), 20_000, Layer.TEMPORARY, Scheme.TEMPORARY_AID), on="2022-04-03")
    story.tell(committed(an_id(503), 30_000, Layer.CHARITY, Scheme.CHARITY), on="2022-04-04")
    assert (after(story), after(story).share_permille) == (AfterGovernment(given=40_000, after=30_000), 750)


def after(story: Story) -> AfterGovernment:
    rows = folded(story.told)
    assert rows is not None
    return after_government(chain(rows, date(2022, 6, 1)))


@settings(max_examples=50)
@given(
    lines=st.lists(st.tuples(st.sampled_from(list(Layer)), st.integers(1, 90_000), st.integers(0, 100)), max_size=8),
    gross=st.integers(1, 500_000),
)
def test_column_sums_equal_what_was_accepted(lines: list[tuple[Layer, int, int]], gross: int) -> None:
    """3.9, B13: the sums by layer and by channel equal the services' own totals, whatever is committed and delivered of each line."""
    story = opened(Story()).tell(a_need(BILLS, gross), on="2022-04-01")
    for number, (layer, amount, part) in enumerate(lines):
        line, paid = LineId(an_id(500 + number)), amount * part // 100
        story.tell(committed(line, amount, layer, Scheme.CHARITY), on=f"2022-0{4 + number % 3}-10")
        if paid:
            story.tell(delivered(line, paid), on=f"2022-0{5 + number % 3}-11")
    found = matrix_of(story, "2022-12-31")
    (total,) = found.sums
    for layer in Layer:
        own = sum(amount for given_layer, amount, _ in lines if given_layer is layer)
        assert total.layers[layer].total == own
    assert sum(came.total for came in total.channels.values()) == sum(amount for _, amount, _ in lines)
    assert total.channels[Channel.GOVERNMENT].total == sum(amount for layer, amount, _ in lines if layer is not Layer.CHARITY)
    assert total.residual == max(0, gross - sum(amount for _, amount, _ in lines))
    assert total.measure is Measure.FEN
