"""An event's versions over releases: old facts are lifted, newer programs are read as far as they can be (ruling 12 of the design)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contracts.envelope import EventType, NewerVersion, UnknownEvent, decode, encode
from contracts.generate.events import FOLDER
from contracts.generate.run import run
from contracts.ids import HouseholdId
from tests.contracts.toys import FIELDS, HOUSEHOLD, NAME, program, toy

IN_YUAN = {**{name: told for name, told in FIELDS.items() if name != "amount_fen"}, "amount_yuan": int}


def in_fen(old: dict[str, Any]) -> dict[str, Any]:
    yuan = old.pop("amount_yuan")
    return {**old, "amount_fen": yuan * 100}


def with_household(old: dict[str, Any]) -> dict[str, Any]:
    return {**old, "household_id": HOUSEHOLD}


FIRST = toy(IN_YUAN)
SECOND = toy(FIELDS, version=2, lifts={1: in_fen})
THIRD = toy({**FIELDS, "household_id": HouseholdId}, version=3, lifts={1: in_fen, 2: with_household})


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """The files after three releases, each with its version."""
    for kind in (FIRST, SECOND, THIRD):
        with program(kind):
            assert run(check=False, kinds=[kind], folder=tmp_path) == 0
    return tmp_path


def example(folder: Path, version: int) -> bytes:
    return (folder / "examples" / f"{NAME}.v{version}.json").read_bytes()


def test_every_version_keeps_its_schema_and_example(history: Path) -> None:
    """Topics keep old forms: their schemas stay, and the AsyncAPI document lists them all."""
    for folder in ("schemas", "examples"):
        assert sorted(path.name for path in (history / folder).iterdir()) == [f"{NAME}.v{number}.json" for number in (1, 2, 3)]
    text = (history / "asyncapi.yaml").read_text()
    assert all(f"./schemas/{NAME}.v{number}.json" in text for number in (1, 2, 3))
    assert "amount_yuan" in json.loads((history / "schemas" / f"{NAME}.v1.json").read_text())["properties"]


def test_the_first_version_is_read_as_the_newest(history: Path) -> None:
    """Old event versions are lifted at read, step by step; rules know only the newest."""
    with program(THIRD):
        first = json.loads(example(history, 1))
        event = msgspec.to_builtins(decode(NAME, 1, example(history, 1)))
    assert event["amount_fen"] == first["amount_yuan"] * 100
    assert event["household_id"] == HOUSEHOLD


def test_a_lift_that_broke_is_told_by_the_old_example(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The examples of older versions must still decode."""
    broken = toy({**FIELDS, "household_id": HouseholdId}, version=3, lifts={1: in_fen, 2: dict})
    with program(broken):
        assert run(check=True, kinds=[broken], folder=history) == 1
    said = capsys.readouterr().err
    assert f"examples/{NAME}.v1.json: can no longer be read" in said
    assert f"examples/{NAME}.v2.json: can no longer be read" in said


def test_a_version_never_goes_back(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Facts of version 3 are stored; a program that only knows 2 may not be published as the newest."""
    with program(SECOND):
        assert run(check=False, kinds=[SECOND], folder=history) == 1
    assert f"{NAME} v3: was published, and the class is at version 2" in capsys.readouterr().err


def test_the_schema_and_example_of_an_older_version_may_not_be_lost(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are the only witness of a form that stored facts have."""
    (history / "schemas" / f"{NAME}.v1.json").unlink()
    (history / "examples" / f"{NAME}.v2.json").unlink()
    with program(THIRD):
        assert run(check=False, kinds=[THIRD], folder=history) == 1
    said = capsys.readouterr().err
    assert f"{NAME} v1: has no schema" in said
    assert f"{NAME} v2: has no example" in said


def test_an_older_program_reads_the_newer_ones_optional_field_away(tmp_path: Path) -> None:
    """N-1 reads N's examples: an unknown field is ignored."""
    newer = toy({**FIELDS, "household_id": (HouseholdId | None, None)})
    with program(newer):
        assert run(check=False, kinds=[newer], folder=tmp_path) == 0
    written = json.loads(example(tmp_path, 1))
    assert "household_id" in written
    with program(toy()):
        read = json.loads(encode(decode(NAME, 1, example(tmp_path, 1))))
    assert read == {name: value for name, value in written.items() if name != "household_id"}


def test_an_older_program_waits_at_a_newer_version(history: Path) -> None:
    """N-1 meets version 3: it says so before it looks at the data, so that the partition waits and nothing is parked."""
    with program(SECOND), pytest.raises(NewerVersion, match="version 3; this program knows 2"):
        decode(NAME, 3, example(history, 3))


REAL = sorted((FOLDER / "examples").glob("*.json"))


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_every_real_example_reads_as_a_rolling_upgrade_wants(path: Path, request: pytest.FixtureRequest) -> None:
    """For every event: an unknown field changes nothing, an unknown type is told apart, a newer version waits."""
    name, version = path.stem.rsplit(".v", 1)
    data = path.read_bytes()
    event = decode(name, int(version), data)
    assert decode(name, int(version), json.dumps({**json.loads(data), "added_by_a_newer_release": 1}).encode()) == event
    with pytest.raises(UnknownEvent):
        decode(f"{name}-by-a-newer-release", 1, data)
    with pytest.raises(NewerVersion):
        decode(name, newest(name) + 1, b"not even JSON")


def newest(name: str) -> int:
    from contracts.envelope import named

    kind: EventType = named(name)
    return kind.version
