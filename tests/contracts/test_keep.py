"""The committed files against the declared events: what is stale, what is refused, and in which words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

import contracts.registry.person
from contracts.envelope import EventType
from contracts.generate.events import FOLDER, published
from contracts.generate.run import run
from contracts.generate.sample import CODES
from contracts.ids import AreaCode, HouseholdId
from tests.contracts.toys import FIELDS, GIFT, NAME, Colour, program, struct, toy

GAINED = {**FIELDS, "household_id": (HouseholdId | None, None)}
SCHEMA, EXAMPLE = f"schemas/{NAME}.v1.json", f"examples/{NAME}.v1.json"


def generate(folder: Path, *kinds: EventType, check: bool = False) -> int:
    """One run by a program that knows only these events."""
    with program(*kinds):
        return run(check=check, kinds=kinds, folder=folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder after the first release of one event."""
    assert generate(tmp_path, toy()) == 0
    return tmp_path


def snapshot(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}


def refused(folder: Path, kinds: Sequence[EventType], capsys: pytest.CaptureFixture[str], *, check: bool) -> str:
    """What is said when a run is refused; nothing may have been written."""
    before = snapshot(folder)
    capsys.readouterr()
    assert generate(folder, *kinds, check=check) == 1
    assert snapshot(folder) == before
    return capsys.readouterr().err


def test_the_committed_files_are_those_of_the_declared_events() -> None:
    """`make contracts` has been run: nothing is stale, missing or incompatible."""
    assert run(check=True) == 0


def test_the_same_events_give_the_same_bytes(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The files can be compared: neither order nor machine shows in them."""
    again = tmp_path_factory.mktemp("again")
    assert generate(again, toy()) == 0
    assert snapshot(again) == snapshot(folder)
    assert sorted(snapshot(folder)) == ["asyncapi.yaml", EXAMPLE, SCHEMA]


@pytest.mark.parametrize("name", [SCHEMA, EXAMPLE, "asyncapi.yaml"])
def test_a_missing_file_is_told_and_written(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Check names the file and the command; generate brings it back."""
    text = (folder / name).read_text()
    (folder / name).unlink()
    said = refused(folder, [toy()], capsys, check=True)
    assert f"{folder.name}/{name}: is missing" in said
    assert "python -m contracts.generate" in said
    assert generate(folder, toy()) == 0
    assert (folder / name).read_text() == text


def test_a_stale_schema_is_told_and_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A new optional field: check asks for the new file, generate writes it, the example is kept."""
    example = (folder / EXAMPLE).read_text()
    assert f"{SCHEMA}: is stale" in refused(folder, [toy(GAINED)], capsys, check=True)
    assert generate(folder, toy(GAINED)) == 0
    assert "household_id" in json.loads((folder / SCHEMA).read_text())["properties"]
    assert (folder / EXAMPLE).read_text() == example


@pytest.mark.parametrize("check", [True, False])
def test_an_incompatible_change_is_refused_with_what_to_do(folder: Path, check: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """A published schema is never overwritten by one that stored facts do not fit."""
    fields = {name: told for name, told in FIELDS.items() if name != "amount_fen"}
    said = refused(folder, [toy(fields)], capsys, check=check)
    assert f"{NAME} v1: field amount_fen was removed or renamed" in said
    assert "raise the version to 2 and add lifts={1: …}" in said


@pytest.mark.parametrize("check", [True, False])
def test_a_removed_event_is_refused(folder: Path, check: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """Stored facts bear its name for ever."""
    other = toy(name="toy.gift.taken")
    assert f"{NAME} v1: was published and is gone" in refused(folder, [other], capsys, check=check)


def test_a_class_that_breaks_a_rule_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ruling 9 of the design: no bare str gets a schema."""
    said = refused(folder, [toy({**FIELDS, "reason": (str, "")})], capsys, check=False)
    assert f"{NAME} v1: GiftGiven.reason is a bare str" in said


def test_an_event_nobody_registered_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It would be written by nobody and read by nobody."""
    lost = struct("Forgotten", {"amount_fen": int}, module="contracts.registry.person")
    monkeypatch.setattr(contracts.registry.person, "Forgotten", lost, raising=False)
    assert run(check=True) == 1
    assert "contracts.registry.person.Forgotten: is neither registered nor part of an event" in capsys.readouterr().err


def test_an_example_that_no_longer_reads_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The kept example stands for the facts that are stored."""
    (folder / EXAMPLE).write_text(json.dumps({**GIFT, "colour": "green"}))
    assert f"{EXAMPLE}: can no longer be read" in refused(folder, [toy()], capsys, check=True)


def test_an_example_that_the_program_would_write_otherwise_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """encode(decode(x)) == x: no unknown field, no default written out."""
    (folder / EXAMPLE).write_text(json.dumps({**GIFT, "wrapping": "paper"}))
    assert f"{EXAMPLE}: is not what the program writes" in refused(folder, [toy()], capsys, check=True)
    (folder / EXAMPLE).write_text(json.dumps({**GIFT, "note": None}))
    assert f"{EXAMPLE}: is not what the program writes" in refused(folder, [toy()], capsys, check=True)


def test_a_file_that_a_merge_left_broken_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the past nothing can be compared: it is never written anew over it."""
    (folder / SCHEMA).write_text("<<<<<<< HEAD")
    assert f"{SCHEMA}: is not JSON" in refused(folder, [toy()], capsys, check=False)


def test_a_draft_leaves_no_field_out(tmp_path: Path) -> None:
    """A field with its default is not written, so the draft has another value."""
    kind = toy({**FIELDS, "waived": (bool, True), "count": (int, 1), "colour": (Colour, Colour.RED)})
    assert generate(tmp_path, kind) == 0
    draft = json.loads((tmp_path / EXAMPLE).read_text())
    assert (draft["waived"], draft["count"], draft["colour"]) == (False, 2, "blue")


def test_a_code_without_a_sample_value_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A new type of code: the person who adds it says what one looks like."""
    monkeypatch.delitem(CODES, "AreaCode")
    said = refused(tmp_path, [toy({**FIELDS, "area": AreaCode})], capsys, check=False)
    assert f"{NAME} v1: AreaCode has no sample value" in said


def test_a_polished_example_is_kept(folder: Path) -> None:
    """The draft is written once; what people made of it stays."""
    (folder / EXAMPLE).write_text(json.dumps(GIFT))
    assert generate(folder, toy()) == 0
    assert json.loads((folder / EXAMPLE).read_text()) == GIFT


def test_a_new_enum_value_is_noted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ruling 12 of the design: the people who release it must know the order."""
    from tests.contracts.test_compatibility import Others

    assert generate(folder, toy({**FIELDS, "colour": Others})) == 0
    assert f"note: {NAME} v1: field colour: the value green is new; release the programs that read it before" in capsys.readouterr().out


def test_every_event_version_has_its_schema_and_example() -> None:
    """One file each for every registered event."""
    names = {f"{kind.name}.v{version}.json" for kind in published() for version in range(1, kind.version + 1)}
    assert {path.name for path in (FOLDER / "schemas").iterdir()} == names
    assert {path.name for path in (FOLDER / "examples").iterdir()} == names
