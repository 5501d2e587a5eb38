"""The need's answer to an allocation's offer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.ids import LineId
from contracts.relief.need import CoverageCommitted, CoverageRefusal, CoverageRefused
from contracts.terms import Layer, Scheme
from services.charity.domain.allocation import GiveUpAllocation, SettleAllocation
from services.charity.reactions.coverage import on_committed, on_refused
from tests.charity.facts import GRANT, HOME, NEED, meta_of

AT = datetime(2022, 5, 4, 2, 30, tzinfo=UTC)


def committed(layer: Layer = Layer.CHARITY, scheme: Scheme = Scheme.CHARITY) -> CoverageCommitted:
    return CoverageCommitted(
        need_id=NEED, household_id=HOME, line_id=LineId(GRANT), layer=layer, scheme=scheme, offered=6_000_00, amount=4_120_00
    )


def refused(layer: Layer = Layer.CHARITY) -> CoverageRefused:
    return CoverageRefused(
        need_id=NEED, household_id=HOME, line_id=LineId(GRANT), layer=layer, offered=6_000_00, reason=CoverageRefusal.NOTHING_LEFT
    )


def test_what_was_accepted_is_settled_in_the_allocation_of_the_line_s_id() -> None:
    """SC-07: 4,120.00 of 6,000.00, at the business time of relief's answer."""
    commands = list(on_committed.record(committed(), meta_of(committed(), AT)))
    assert commands == [SettleAllocation(allocation_id=GRANT, accepted_fen=4_120_00, occurred_at=AT)]


@pytest.mark.parametrize(
    ("layer", "scheme"), [(Layer.TEMPORARY, Scheme.TEMPORARY_AID), (Layer.REGULAR, Scheme.DIBAO), (Layer.CHARITY, Scheme.SHOP_POINTS)]
)
def test_lines_of_other_givers_are_not_charity_s(layer: Layer, scheme: Scheme) -> None:
    """Ruling 9: only L4 lines of the scheme charity are allocations."""
    assert list(on_committed.record(committed(layer, scheme), meta_of(committed()))) == []


def test_a_refused_line_is_given_up() -> None:
    """Ruling 3: the giver releases at once."""
    assert list(on_refused.record(refused(), meta_of(refused(), AT))) == [GiveUpAllocation(allocation_id=GRANT, occurred_at=AT)]
    assert list(on_refused.record(refused(Layer.SPECIAL), meta_of(refused()))) == []
