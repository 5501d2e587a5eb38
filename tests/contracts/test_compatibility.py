"""Which changes of an event keep its version: the table of contracts/README.md."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest

from contracts.generate.compatibility import Verdict, changes
from contracts.generate.schema import Document, schema_of
from contracts.ids import PATTERNS, UUID, CaseId, HouseholdId, Month, NoteRef, PersonId
from tests.contracts.toys import FIELDS, Colour, many, struct, toy


class Fewer(StrEnum):
    RED = "red"


class Others(StrEnum):
    RED = "red"
    BLUE = "blue"
    GREEN = "green"


class Renamed(StrEnum):
    BLUE = "blue"
    RED = "red"


def part(fields: dict[str, Any]) -> Any:
    return many(struct("Share", fields))


def without(*names: str) -> dict[str, Any]:
    return {name: told for name, told in FIELDS.items() if name not in names}


SHARES = {**FIELDS, "shares": part({"household_id": HouseholdId, "amount_fen": int})}
FINE = {
    "nothing": (FIELDS, FIELDS),
    "another order": (FIELDS, dict(reversed(FIELDS.items()))),
    "a new optional id": (FIELDS, {**FIELDS, "household_id": (HouseholdId | None, None)}),
    "a new flag": (FIELDS, {**FIELDS, "waived": (bool, False)}),
    "a renamed enum class": (FIELDS, {**FIELDS, "colour": Renamed}),
    "a new optional field of a part": (
        SHARES,
        {**FIELDS, "shares": part({"household_id": HouseholdId, "amount_fen": int, "on": (int, 0)})},
    ),
}
BREAKING = {
    "removed": (FIELDS, without("amount_fen"), "field amount_fen was removed"),
    "optional removed": (FIELDS, without("note"), "field note was removed"),
    "renamed": (FIELDS, {**without("amount_fen"), "sum_fen": int}, "field sum_fen is new and required"),
    "retyped": (FIELDS, {**FIELDS, "amount_fen": bool}, "field amount_fen was integer and is boolean"),
    "another id": (FIELDS, {**FIELDS, "gift_id": PersonId}, "field gift_id was a CaseId and is a PersonId"),
    "id to month": (FIELDS, {**FIELDS, "gift_id": Month}, "field gift_id was a CaseId and is a Month"),
    "one to many": (FIELDS, {**FIELDS, "gift_id": tuple[CaseId, ...]}, "field gift_id was a CaseId and is array"),
    "enum to number": (FIELDS, {**FIELDS, "colour": int}, "field colour was an enum and is integer"),
    "value removed": (FIELDS, {**FIELDS, "colour": Fewer}, "field colour: the value blue was removed"),
    "new required": (FIELDS, {**FIELDS, "household_id": HouseholdId}, "field household_id is new and required"),
    "required now": (FIELDS, {**FIELDS, "note": NoteRef}, "field note is required now"),
    "optional now": (FIELDS, {**FIELDS, "colour": (Colour, Colour.RED)}, "field colour may be left out now"),
    "nullable now": (FIELDS, {**FIELDS, "gift_id": CaseId | None}, "field gift_id may be null"),
    "another default": ({**FIELDS, "n": (int, 0)}, {**FIELDS, "n": (int, 1)}, "field n has another default"),
    "part: removed": (SHARES, {**FIELDS, "shares": part({"household_id": HouseholdId})}, "field shares[].amount_fen was removed"),
    "items retyped": (
        {**FIELDS, "more": tuple[int, ...]},
        {**FIELDS, "more": tuple[Colour, ...]},
        "field more[] was integer and is an enum",
    ),
}


def verdicts(old: Document, new: Document) -> set[Verdict]:
    return {change.verdict for change in changes(old, new)}


@pytest.mark.parametrize(("old", "new"), FINE.values(), ids=FINE)
def test_what_nobody_notices_keeps_the_version(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Style: a new optional field keeps the version; a class can be renamed."""
    assert verdicts(schema_of(toy(old)), schema_of(toy(new))) <= {Verdict.FINE}


@pytest.mark.parametrize(("old", "new", "words"), BREAKING.values(), ids=BREAKING)
def test_what_stored_facts_or_running_readers_cannot_bear_breaks(old: dict[str, Any], new: dict[str, Any], words: str) -> None:
    """Style: a changed meaning gets a new version. Ruling 12 of the design: a rolling upgrade parks nothing."""
    found = changes(schema_of(toy(old)), schema_of(toy(new)))
    assert [change.verdict for change in found if words in change.what] == [Verdict.BREAKS]


def test_a_new_value_of_an_enum_wants_the_readers_first() -> None:
    """Ruling 12 of the design: a release reads it before the next writes it."""
    found = changes(schema_of(toy()), schema_of(toy({**FIELDS, "colour": Others})))
    assert [(change.what, change.verdict) for change in found] == [("field colour: the value green is new", Verdict.READERS_FIRST)]


def test_another_stream_or_less_sharing_breaks() -> None:
    """Stored facts belong to their streams; others rely on what is shared."""
    gift, household = {**FIELDS, "household_id": HouseholdId}, "household_id"
    assert verdicts(schema_of(toy(gift)), schema_of(toy(gift, stream=household))) == {Verdict.BREAKS}
    assert verdicts(schema_of(toy()), schema_of(toy(shared=False))) == {Verdict.BREAKS}
    assert verdicts(schema_of(toy(shared=False)), schema_of(toy())) == {Verdict.FINE}


@pytest.mark.parametrize(
    ("pattern", "verdict"),
    [(f"{UUID}|^case-[0-9]+$", Verdict.FINE), ("^[0-9a-f]{8}$", Verdict.BREAKS), (f"^case-[0-9]+$|{UUID}", Verdict.BREAKS)],
)
def test_a_pattern_may_only_gain_alternatives(pattern: str, verdict: Verdict, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether one pattern admits all of another is plain only when it begins with it; anything else is refused."""
    old = schema_of(toy())
    monkeypatch.setitem(PATTERNS, "CaseId", pattern)
    assert verdicts(old, schema_of(toy())) == {verdict}
