"""Ids as people write them in docstrings."""

from __future__ import annotations

import pytest

from tests.proofs.ids import ids_in, kind_of, natural


@pytest.mark.parametrize(
    ("docstring", "named"),
    [
        ("R-ELD-06, SC-20, DET-16: heard again.", {"R-ELD-06", "SC-20", "DET-16"}),
        ("B18, ruling 5: in the order of the dimensions.", {"B18", "ruling 5"}),
        ("Rulings 1, 4 and 12; SG-04", {"ruling 1", "ruling 4", "ruling 12", "SG-04"}),
        ("Rulings 1 and 6 of the design, ruling 22.", {"ruling 1 of the design", "ruling 6 of the design", "ruling 22"}),
        ("Not above net (property 4), and properties 3 and 10.", {"property 3", "property 4", "property 10"}),
        ("Section 3.5 step 2, section 3.2: planned.", {"section 3.5", "section 3.2"}),
        ("3.9 FundTrace: 9.1 is no section in the middle.", {"section 3.9"}),
        ("9.2, 9.3: 120 households.", {"section 9.2", "section 9.3"}),
        ("H1 (1,495.00) pays 3.00, as SC-7 and R-ELD say; X99 and A2022 are none.", set()),
    ],
)
def test_a_docstring_names_its_ids(docstring: str, named: set[str]) -> None:
    """Alone, in lists, at the beginning or within."""
    assert ids_in(docstring) == named


def test_every_id_that_can_be_named_has_a_kind() -> None:
    """And what has none is no id."""
    assert [kind_of(one) is not None for one in ("A01", "ruling 9", "ruling 9 of the design", "property 4", "section 3.5")] == [True] * 5
    assert [kind_of(one) for one in ("A1", "ruling", "R-X-1", "Ruling 9", "section 35")] == [None] * 5


def test_numbers_sort_as_numbers() -> None:
    """Nine before ten."""
    assert sorted(["ruling 10", "ruling 9", "R-TMP-02", "R-CHA-10"], key=natural) == ["R-CHA-10", "R-TMP-02", "ruling 9", "ruling 10"]
