"""Meals of the love kitchen: charity in kind of a household, outside every need."""

from __future__ import annotations

from datetime import date

from contracts.charity.external_aid import ExternalAidCommitted, ExternalAidDelivered
from contracts.charity.kitchen_meal import MealsCorrected, MealsProvided
from contracts.ids import ActivityId, ActorId, AreaCode, ExternalAidId, LineId, OrganisationId
from contracts.terms import Layer, Measure, Scheme
from services.linkage.chain import AidChain
from services.linkage.giving import Giver, GiverKind
from services.linkage.labels import zh
from services.linkage.service import VIEWS
from tests.linkage.cases import BILLS, HOUSEHOLD, four_layers
from tests.linkage.story import Story, an_id
from tests.linkage.test_chain import chain_of, need_of
from tests.linkage.test_matrix import matrix_of

LINE, AGENCY = LineId(an_id(84)), OrganisationId("51440308mj00000001")
PROVIDED = MealsProvided(
    line_id=LINE,
    household_id=HOUSEHOLD,
    activity_id=ActivityId(an_id(85)),
    organisation_id=AGENCY,
    served_on=date(2022, 5, 14),
    meals=3,
    value_fen=54_00,
)


def corrected(meals: int, value_fen: int) -> MealsCorrected:
    return MealsCorrected(line_id=LINE, household_id=HOUSEHOLD, meals=meals, value_fen=value_fen)


def lines(aid: AidChain) -> list[tuple[Scheme, Giver, str, int, int, int]]:
    return [(one.scheme, one.giver, one.month, one.quantity, one.delivered_fen, one.list_value_fen) for one in aid.outside]


def line(meals: int, value_fen: int) -> tuple[Scheme, Giver, str, int, int, int]:
    return (Scheme.CHARITY, Giver(kind=GiverKind.KITCHEN, id=LINE, name=AGENCY), "2022-05", meals, 0, value_fen)


def test_meals_are_the_households_charity_in_kind_and_touch_no_residual() -> None:
    """C04, rulings 5 and 12: an L4 line outside a need; list value beside the money."""
    story = four_layers().tell(PROVIDED, on="2022-05-14")
    aid = chain_of(story, "2022-05-31")
    assert lines(aid) == [line(3, 54_00)]
    assert aid.outside[0].measure is Measure.MEAL
    assert need_of(aid, BILLS).residual == need_of(chain_of(four_layers(), "2022-05-31"), BILLS).residual
    assert zh(GiverKind.KITCHEN) == "爱心厨房"


def test_a_correction_counts_from_when_it_was_told() -> None:
    """C04, section 3.3: fewer meals from the day of the correction; none leaves no line."""
    story = four_layers().tell(PROVIDED, on="2022-05-14").tell(corrected(2, 36_00), on="2022-05-20").tell(corrected(0, 0), on="2022-06-02")
    assert lines(chain_of(story, "2022-05-13")) == []
    assert lines(chain_of(story, "2022-05-19")) == [line(3, 54_00)]
    assert lines(chain_of(story, "2022-05-31")) == [line(2, 36_00)]
    assert lines(chain_of(story, "2022-06-02")) == []


def test_meals_stand_in_the_sums_of_charity() -> None:
    """C04, ruling 24: column sums include lines outside a need."""
    found = matrix_of(four_layers().tell(PROVIDED, on="2022-05-14"), "2022-05-31")
    (outside,) = [row for row in found.rows if row.category is None and row.month == "2022-05"]
    assert outside.layers[Layer.CHARITY].list_value_fen == 54_00
    assert [row.layers[Layer.CHARITY].list_value_fen for row in found.sums if row.measure is Measure.FEN] == [54_00]


def test_aid_to_another_county_is_no_aid_of_the_district_and_so_in_no_ratio() -> None:
    """C11: beneficiaries outside are excluded from the district's coverage; the annual report alone counts what went there."""
    aid, leye = ExternalAidId("leye-2022"), AreaCode("leye")
    told = [
        ExternalAidCommitted(aid_id=aid, county=leye, amount_fen=300_000_00, approved_by=ActorId("approver-2")),
        ExternalAidDelivered(aid_id=aid, county=leye, amount_fen=200_000_00, delivered_on=date(2022, 5, 14)),
    ]
    without, beside = four_layers(), four_layers().tell(*told, on="2022-05-14")
    assert matrix_of(beside, "2022-05-31") == matrix_of(without, "2022-05-31")
    assert [view.name for view in VIEWS if view.fold(Story().tell(*told, on="2022-05-14").told)] == ["counted"]
