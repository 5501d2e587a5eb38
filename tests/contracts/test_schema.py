"""The JSON Schema of an event says all that its class says."""

from __future__ import annotations

from datetime import date

import pytest
from jsonschema import Draft202012Validator, ValidationError

from contracts.envelope import EventType
from contracts.generate.events import published
from contracts.generate.schema import schema_of
from contracts.ids import UUID, HouseholdId, Month, PersonId
from tests.contracts.toys import FIELDS, GIFT, many, struct, toy

MORE = {**FIELDS, "person_ids": tuple[PersonId, ...], "parts": (many(struct("Share", {"household_id": HouseholdId})), ())}


@pytest.mark.parametrize("kind", published(), ids=lambda kind: kind.name)
def test_every_schema_is_a_valid_schema(kind: EventType) -> None:
    """Draft 2020-12's own meta-schema accepts it."""
    Draft202012Validator.check_schema(schema_of(kind))


def test_a_schema_tells_what_the_class_tells() -> None:
    """Title, meaning, source, stream and sharing come from the class and its docstring."""
    schema = schema_of(toy(shared=False))
    assert (schema["title"], schema["x-source"]) == ("GiftGiven", "R-TOY-01, ruling 12")
    assert schema["description"] == "A gift was given.\n\namount_fen: of all of it."
    assert (schema["x-stream"], schema["x-shared"]) == ("gift_id", False)
    assert schema["required"] == ["gift_id", "amount_fen", "colour"]


def test_an_enum_keeps_the_order_and_terms_of_its_source() -> None:
    """One word per idea; the Chinese term stands beside it."""
    colour = schema_of(toy())["$defs"]["Colour"]
    assert (colour["enum"], colour["x-terms"]) == (["red", "blue"], {"red": "红"})


def test_real_terms_reach_the_schema() -> None:
    """`Status` of contracts.terms: 特困、低保、低保边缘、刚性支出困难; `other` has none."""
    recognised = next(kind for kind in published() if kind.name == "relief.household.status-recognised")
    terms = {"tekun": "特困", "dibao": "低保", "edge": "低保边缘", "rigid": "刚性支出困难"}
    assert schema_of(recognised)["$defs"]["Status"]["x-terms"] == terms


def test_ids_have_their_pattern_wherever_they_stand() -> None:
    """Plain, optional, in a tuple, in a part: each refers to its own type."""
    schema = schema_of(toy({**MORE, "month": (Month | None, None)}))
    properties, definitions = schema["properties"], schema["$defs"]
    assert properties["gift_id"] == {"$ref": "#/$defs/CaseId"}
    assert properties["note"]["anyOf"][0] == {"$ref": "#/$defs/NoteRef"}
    assert properties["person_ids"]["items"] == {"$ref": "#/$defs/PersonId"}
    assert definitions["Share"]["properties"]["household_id"] == {"$ref": "#/$defs/HouseholdId"}
    assert {definitions[name]["pattern"] for name in ("CaseId", "NoteRef", "PersonId", "HouseholdId")} == {UUID}
    assert definitions["Month"]["description"] == "`YYYY-MM`, a calendar month in Asia/Shanghai."


@pytest.mark.parametrize(
    "change",
    [
        {"gift_id": "Wang Wu"},
        {"note": "the family is ill"},
        {"colour": "green"},
        {"amount_fen": 10.5},
        {"amount_fen": None},
        {"given_on": "yesterday"},
    ],
    ids=str,
)
def test_a_schema_refuses_what_is_no_such_event(change: dict[str, object]) -> None:
    """Ruling 9 of the design: free text fits no field."""
    schema = schema_of(toy({**FIELDS, "given_on": (date | None, None)}))
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    validator.validate(GIFT)
    with pytest.raises(ValidationError):
        validator.validate({**GIFT, **change})


def test_a_schema_allows_fields_that_a_newer_program_added() -> None:
    """Ruling 12 of the design: an unknown field is ignored."""
    Draft202012Validator(schema_of(toy())).validate({**GIFT, "wrapping": "paper"})
