"""Unified credit codes (GB 32100): both check characters, and invented codes in a demonstration only."""

from __future__ import annotations

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from contracts.ids import OrganisationId
from contracts.registry.organisation import OrganisationKind
from services.registry.domain.credit_code import invent_credit_code, kind_of, mistake_in, organisation_check, whole_check

AGENCY = OrganisationId("52770308mjdem0014u")


def test_the_page_s_invented_code_passes_in_a_demonstration_only() -> None:
    """9.5, H03: 52770308MJDEM0014U, written in lower case."""
    assert mistake_in(AGENCY, allow_demo=True) is None
    assert mistake_in(AGENCY, allow_demo=False) == "demo_not_allowed"
    assert invent_credit_code(OrganisationKind.AGENCY, 1) == AGENCY


def test_the_checks_are_those_of_the_standards() -> None:
    """GB 32100 and GB 11714: the published example of a company's code, 91110000600037341L."""
    assert organisation_check("60003734") == "1"
    assert whole_check("91110000600037341") == "L"


@pytest.mark.parametrize(
    ("code", "mistake"),
    [
        ("91110000600037341l", "shape"),  # a company
        ("52770308mjdem0014", "shape"),
        ("52770308mjdemo014u", "shape"),  # the letter O
        ("54770308mjdem0014u", "shape"),
        ("52770308mjdem0015u", "organisation_check"),
        ("52770308mjdem0014t", "check"),
        ("51770308mjdem0014u", "check"),
    ],
)
def test_what_can_be_nobody_s_code_is_told(code: str, mistake: str) -> None:
    """GB 32100: only associations, agencies and foundations are registered here."""
    assert mistake_in(OrganisationId(code), allow_demo=True) == mistake


@for_all(st.sampled_from(list(OrganisationKind)), st.integers(0, 999), st.integers(0, 16))
def test_an_invented_code_is_valid_tells_its_kind_and_shows_any_wrong_character(kind: OrganisationKind, number: int, at: int) -> None:
    """GB 32100: a single wrong digit never passes."""
    code = invent_credit_code(kind, number)
    assert (mistake_in(code, allow_demo=True), kind_of(code)) == (None, kind)
    if code[at].isdigit():
        wrong = OrganisationId(code[:at] + str((int(code[at]) + 1) % 10) + code[at + 1 :])
        assert mistake_in(wrong, allow_demo=True) is not None


def test_a_thousand_codes_can_be_invented() -> None:
    """9.5: 190 organisations are needed."""
    with pytest.raises(ValueError, match="three digits"):
        invent_credit_code(OrganisationKind.AGENCY, 1_000)
