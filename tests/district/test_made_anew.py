"""A small year through the public APIs: what is said of it can be made anew from the log, to the byte."""

from __future__ import annotations

import pytest

from services.linkage.service import VIEWS
from tests.district.conftest import Reference

LATER = {"kitchen_meal", "campaign_pair", "campaign_targets"}
"""Of the kitchen and the caring campaign there is nothing yet when the tests' year ends: they begin in May."""
pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]


def test_every_view_rebuilt_from_the_journal_is_the_same(reference: Reference) -> None:
    """Property 6: folded anew beside the live one, each view has equal rows, and every answer made of them is what it was."""
    assert {name for name, comparison in reference.rebuilt.items() if not comparison.equal} == set()
    assert set(reference.rebuilt) == {view.name for view in VIEWS}
    assert {name for name, rows in reference.end.views.items() if not rows} <= LATER, "a view without rows proves nothing"
    assert reference.after_rebuild.differences(reference.end) == {}


def test_the_board_computed_from_nothing_is_the_same(reference: Reference) -> None:
    """Property 6, ruling 24: an emptied board has the same rows again, those that are over too."""
    assert reference.findings_left == 0
    assert {one["detection"] for one in reference.end.findings} >= {"DET-01", "DET-25"}
    assert any(one["until"] for one in reference.end.findings)
    assert reference.recomputed.differences(reference.end) == {}
