"""Citizen numbers: the check, the one way of writing, and invented ones that nobody has."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.vault import BadDocumentNumber, check_document_number, invent_document_number, normal_document_number

EXAMPLE = "770308194806150125"  # domain, 9.5
STANDARD = "11010519491231002X"  # the example of GB 11643-1999
dates = st.dates(date(1900, 1, 1), date(2022, 12, 31))


def code(number: str, *, allow_demo: bool = True, today: date | None = None) -> str:
    with pytest.raises(BadDocumentNumber) as refused:
        check_document_number(number, allow_demo=allow_demo, today=today)
    assert str(refused.value) == refused.value.code
    assert refused.value.__cause__ is None
    return refused.value.code


def test_the_examples_of_domain_and_standard_pass() -> None:
    """9.5 and GB 11643: MOD 11-2, X stands for ten."""
    assert check_document_number(EXAMPLE, allow_demo=True) == EXAMPLE
    assert check_document_number(STANDARD.lower(), allow_demo=False) == STANDARD


def test_the_invented_area_passes_only_where_the_policy_says_so() -> None:
    """9.5: the demo pack lists 770308, a production pack must refuse it."""
    assert code(EXAMPLE, allow_demo=False) == "demo_not_allowed"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("", "shape"),
        ("77030819480615012", "shape"),
        ("7703081948061501255", "shape"),
        ("X70308194806150125", "shape"),
        ("77030819480615012Y", "shape"),
        ("110105491231002", "shape"),
        ("77030819480615０12²", "check_digit"),  # full-width digits and a raised 2 are digits, but the wrong last one
        ("770105194912310025", "area"),
        ("910105194912310025", "area"),
        ("770308194802300125", "birth_date"),
        ("770308000001010125", "birth_date"),
        ("770308194806150126", "check_digit"),
        ("77030819480615012X", "check_digit"),
    ],
)
def test_a_number_that_cannot_be_one_says_which_part_is_wrong_and_repeats_nothing(number: str, expected: str) -> None:
    """The code is stable; foreigners' cards (9x) and fifteen digits are no citizen numbers of today."""
    assert code(number) == expected


def test_nobody_is_born_after_today() -> None:
    """Where the caller gives the day; without one, any date of the calendar passes."""
    number = invent_document_number(date(2022, 5, 20), 0, male=True)
    assert code(number, today=date(2022, 5, 19)) == "birth_date"
    assert check_document_number(number, allow_demo=True, today=date(2022, 5, 20)) == number


def test_the_example_is_the_seventh_woman_of_her_day() -> None:
    """9.5: three digits, odd = male."""
    assert invent_document_number(date(1948, 6, 15), 6, male=False) == EXAMPLE


@given(dates, st.integers(0, 499), st.booleans())
def test_invented_numbers_pass_and_tell_birth_and_sex(birth: date, sequence: int, male: bool) -> None:
    """9.5: 770308, true birth date, three digits, check digit."""
    number = invent_document_number(birth, sequence, male=male)
    assert check_document_number(number, allow_demo=True) == number
    assert (number[:6], number[6:14], int(number[16]) % 2 == 1) == ("770308", f"{birth:%Y%m%d}", male)


@given(dates, st.integers(0, 499), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(birth: date, sequence: int, place: int, shift: int) -> None:
    """ISO 7064 MOD 11-2 finds every single error."""
    number = invent_document_number(birth, sequence, male=True)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert code(wrong) in ("shape", "area", "birth_date", "check_digit")


@pytest.mark.parametrize("sequence", [-1, 500])
def test_a_day_has_numbers_for_five_hundred_of_each_sex(sequence: int) -> None:
    """Three digits, half of them odd."""
    with pytest.raises(ValueError, match="500"):
        invent_document_number(date(1948, 6, 15), sequence, male=True)


@given(st.sampled_from(["", " ", "  ", "-", "\u3000", "\u00a0", "\t", "\u2013"]), st.booleans(), st.booleans())
def test_one_number_in_different_writings_is_one_number(gap: str, lower: bool, wide: bool) -> None:
    """Spaces, dashes, small x, full-width characters of a Chinese keyboard."""
    written = gap.join([STANDARD[:6], STANDARD[6:14], STANDARD[14:]])
    written = written.lower() if lower else written
    written = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in written) if wide else written
    assert normal_document_number(f" {written}\n") == STANDARD
