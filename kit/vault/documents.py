"""Citizen numbers (公民身份号码, GB 11643): one way of writing, the check, and invented ones for demonstrations."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Literal

DEMO_AREA = "770308"  # no province has code 77 (domain, 9.5)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")
# GB/T 2260: provinces, and residents of Hong Kong, Macao and Taiwan (81-83). Cards of foreigners (9x) are another kind of document.
_PROVINCES = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83}
_SEPARATORS = re.compile(r"[\s\u200b\ufeff\u00b7._\-\u2010-\u2015\u2212]+")

BadDocumentCode = Literal["shape", "area", "demo_not_allowed", "birth_date", "check_digit"]


class BadDocumentNumber(ValueError):
    """The number cannot be a citizen number. `code` is stable and says which part is wrong; the number is not repeated."""

    def __init__(self, code: BadDocumentCode) -> None:
        super().__init__(code)
        self.code: BadDocumentCode = code


def normal_document_number(number: str) -> str:
    """The one way a document number is written: half-width, upper case, without spaces and dashes."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", number)).upper()


def check_document_number(number: str, *, allow_demo: bool, today: date | None = None) -> str:
    """The number in its normal form, if it can be a citizen number.

    allow_demo: whether the invented area 770308 passes (the demonstration's policy says so, a production one must not).
    today: if given, nobody is born later.
    Raises: BadDocumentNumber("shape"), ("area"), ("demo_not_allowed"), ("birth_date"), ("check_digit").
    """
    normal = normal_document_number(number)
    if not _SHAPE.fullmatch(normal):
        raise BadDocumentNumber("shape")
    if normal.startswith(DEMO_AREA):
        if not allow_demo:
            raise BadDocumentNumber("demo_not_allowed")
    elif int(normal[:2]) not in _PROVINCES:
        raise BadDocumentNumber("area")
    _check_birth(normal[6:14], today)
    if check_digit(normal[:17]) != normal[17]:
        raise BadDocumentNumber("check_digit")
    return normal


def check_digit(seventeen: str) -> str:
    """The last character for the first 17 digits (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return _CHECK_DIGITS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, seventeen, strict=True)) % 11]


def invent_document_number(birth: date, sequence: int, *, male: bool) -> str:
    """A number that nobody has: area 770308, the birth date, the `sequence`-th of its day and sex (0-499; odd three digits: male)."""
    if not 0 <= sequence <= 499:
        raise ValueError("a day holds 500 numbers of each sex: sequence is 0 to 499")
    seventeen = f"{DEMO_AREA}{birth:%Y%m%d}{2 * sequence + male:03}"
    return seventeen + check_digit(seventeen)


def _check_birth(digits: str, today: date | None) -> None:
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise BadDocumentNumber("birth_date") from None  # the cause's text repeats a part of the number
    if birth.year < 1850 or (today is not None and birth > today):
        raise BadDocumentNumber("birth_date")
