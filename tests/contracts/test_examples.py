"""The examples are messages that the services could have written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from contracts.envelope import decode, encode, stream_of, type_of
from contracts.generate.events import FOLDER, published
from contracts.generate.sample import sample

EXAMPLES = sorted((FOLDER / "examples").glob("*.json"))
SCHEMAS = FOLDER / "schemas"
NAMES = {kind.name: kind for kind in published()}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_fits_its_schema_and_is_what_a_service_writes(path: Path) -> None:
    """Valid against the schema of its version; encode(decode(x)) == x; its stream can be named."""
    name, version = path.stem.rsplit(".v", 1)
    payload = json.loads(path.read_text(encoding="utf-8"))
    schema = json.loads((SCHEMAS / path.name).read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(payload)
    event = decode(name, int(version), path.read_bytes())
    assert type_of(event).name == name
    assert stream_of(event).startswith(f"{NAMES[name].aggregate}/")
    if int(version) == NAMES[name].version:
        assert json.loads(encode(event)) == payload


@pytest.mark.parametrize("kind", NAMES.values(), ids=NAMES)
def test_a_draft_fits_the_schema_too(kind: object) -> None:
    """What is drafted for a new event is valid at once, every optional field included."""
    from contracts.envelope import EventType
    from contracts.generate.schema import schema_of

    assert isinstance(kind, EventType)
    draft = json.loads(encode(sample(kind)))
    Draft202012Validator(schema_of(kind), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(draft)
    assert set(draft) == set(kind.cls.__struct_fields__)


def test_the_examples_hold_nothing_a_person_could_be_known_by() -> None:
    """R-PI-09: no name, number, address or phone; every text is an id, a code, a word of the contracts or a date."""
    text = "".join(path.read_text(encoding="utf-8") for path in EXAMPLES)
    assert not re.search(r"[\u4e00-\u9fff]|(?<![0-9a-f-])[0-9]{11,}", text)


def test_the_meal_of_the_worked_case_adds_up() -> None:
    """SC-22, R-ELD-03: 18.00 yuan, 15.00 of it subsidised, 3.00 paid by the elder."""
    meal, subsidy = (
        json.loads((FOLDER / "examples" / f"eldercare.meal-account.{fact}.v1.json").read_text())
        for fact in ("checked-in", "subsidy-applied")
    )
    assert (meal["price_fen"], subsidy["subsidy_fen"], meal["pays_fen"]) == (1_800, 1_500, 300)
    assert (meal["check_in_id"], meal["served_on"]) == (subsidy["check_in_id"], subsidy["served_on"])
