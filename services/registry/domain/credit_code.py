"""Unified social credit codes (统一社会信用代码, GB 32100-2015) of social organisations, and invented ones for demonstrations.

18 characters: 5 (civil affairs) and the kind, six digits of the registering area, nine of the organisation code with its own check
character (GB 11714-1997, modulo 11), and the check character of the whole (modulo 31). I, O, S, V and Z do not occur.
`python-stdnum` tests the last of the two only and knows no demonstration, so the thirty lines stand here.
"""

from __future__ import annotations

import re

from contracts.ids import OrganisationId
from contracts.registry.organisation import OrganisationKind

DEMO_AREA = "770308"  # no province has code 77
KINDS = {"51": OrganisationKind.ASSOCIATION, "52": OrganisationKind.AGENCY, "53": OrganisationKind.FOUNDATION}
_SHAPE = re.compile(r"5[1-3][0-9]{6}[0-9A-HJ-NP-RTUW-Y]{10}")
_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WHOLE_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def mistake_in(organisation_id: OrganisationId, *, allow_demo: bool) -> str | None:
    """Why this can be nobody's credit code: "shape", "demo_not_allowed", "organisation_check" or "check"; None when it can."""
    code = organisation_id.upper()
    if not _SHAPE.fullmatch(code):
        return "shape"
    if code[2:8] == DEMO_AREA and not allow_demo:
        return "demo_not_allowed"
    if organisation_check(code[8:16]) != code[16]:
        return "organisation_check"
    return None if whole_check(code[:17]) == code[17] else "check"


def kind_of(organisation_id: OrganisationId) -> OrganisationKind:
    """What the first two characters say. Only for a code without a mistake."""
    return KINDS[organisation_id[:2]]


def invent_credit_code(kind: OrganisationKind, sequence: int) -> OrganisationId:
    """A code that nobody has: area 770308, `MJDEM` and the sequence (0-999)."""
    if not 0 <= sequence <= 999:
        raise ValueError("three digits are left: sequence is 0 to 999")
    first = next(two for two, known in KINDS.items() if known is kind)
    body = f"MJDEM{sequence:03}"
    seventeen = f"{first}{DEMO_AREA}{body}{organisation_check(body)}"
    return OrganisationId((seventeen + whole_check(seventeen)).lower())


def organisation_check(body: str) -> str:
    """GB 11714: letters count 10 to 35; 10 is written X and 11 as 0."""
    total = sum(weight * int(character, 36) for weight, character in zip(_BODY_WEIGHTS, body, strict=True))
    return "0123456789X0"[11 - total % 11]


def whole_check(seventeen: str) -> str:
    """GB 32100: powers of 3 modulo 31 over the 31 characters that occur."""
    total = sum(weight * _CHARACTERS.index(character) for weight, character in zip(_WHOLE_WEIGHTS, seventeen, strict=True))
    return _CHARACTERS[-total % 31]
