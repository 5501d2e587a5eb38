"""Which pack holds where and when, its id, and what is refused when packs are loaded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from policy import NoPolicy, Pack, Packs, PolicyError
from policy.packs import PACKS_FOLDER

BASE = (PACKS_FOLDER / "tp-2022a.yaml").read_text(encoding="utf-8")
PILOT: dict[str, Any] = {
    "pack": "TP-2022A-STJ",
    "extends": "TP-2022A",
    "valid_from": "2022-07-01",
    "valid_to": "2022-12-31",
    "areas": ["440308003"],
    "values": {"dibao_delegated_to_street": True},
}

Load = Callable[..., Packs]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a folder with the base pack (`base`: its text) and further packs given as values."""

    def load(*packs: dict[str, Any], base: str = BASE) -> Packs:
        for left in tmp_path.glob("*.yaml"):
            left.unlink()
        (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
        for pack in packs:
            head = {key: date.fromisoformat(value) if key.startswith("valid_") else value for key, value in pack.items()}
            (tmp_path / f"{pack['pack'].lower()}.yaml").write_text(yaml.safe_dump(head, allow_unicode=True), encoding="utf-8")
        return Packs.load(tmp_path)

    return load


def id_of(packs: Packs, name: str) -> str:
    return next(pack.id for pack in packs.all if pack.name == name)


def test_every_day_since_2022_has_a_pack_in_every_area() -> None:
    """A decision of 2022 is taken under TP-2022A, one of today under its continuation."""
    packs = Packs.load()
    for area in packs.areas.by_code:
        assert packs.at(date(2022, 1, 1), area).name == "TP-2022A"
        assert packs.at(date(2022, 12, 31), area).name == "TP-2022A"
        assert packs.at(date(2023, 1, 1), area).name == "TP-2023A"
        assert packs.at(date(2026, 11, 24), area).name == "TP-2023A"


def test_the_continuation_says_the_same_and_has_its_own_id() -> None:
    """TP-2023A continues all values; its id differs, so a decision tells under which it was taken."""
    old, new = Packs.load().all
    head = {"id", "name", "valid_from", "valid_to"}
    assert old.model_dump(exclude=head) == new.model_dump(exclude=head)
    assert old.id != new.id


def test_without_a_pack_the_refusal_says_when_where_and_what_there_is() -> None:
    """A decision without a pack is impossible (property 10)."""
    packs = Packs.load()
    with pytest.raises(NoPolicy, match=r"2021-12-31 in area 440308003; known: TP-2022A@\w{12} 2022-01-01\.\.2022-12-31 for 440308;"):
        packs.at(date(2021, 12, 31), "440308003")
    with pytest.raises(NoPolicy, match="'440309'; known: TP-2022A@"):
        packs.at(date(2022, 5, 1), "440309")


def test_a_streets_pilot_beats_the_district_there_and_nowhere_else(load: Load) -> None:
    """B12: a rule active only in Shatoujiao does not fire for a household of another street, nor before it starts."""
    packs = load(PILOT)
    pilot = packs.at(date(2022, 7, 1), "440308003-qiaodong")
    assert pilot.name == "TP-2022A-STJ"
    assert pilot.dibao_delegated_to_street
    assert pilot.dibao_standard_fen == 136_500  # inherited
    assert packs.at(date(2022, 7, 1), "440308003").name == "TP-2022A-STJ"
    for day, area in [(date(2022, 6, 30), "440308003"), (date(2022, 7, 1), "440308004-haitao"), (date(2022, 7, 1), "440308")]:
        assert packs.at(day, area).name == "TP-2022A"
        assert not packs.at(day, area).dibao_delegated_to_street


def test_editing_a_pack_changes_its_id_and_the_old_id_is_not_found(load: Load) -> None:
    """Ruling 23 of the design: a decision's pack cannot be changed behind its back."""
    before = id_of(load(), "TP-2022A")
    edited = load(base=BASE.replace("dibao_standard_fen: 136_500", "dibao_standard_fen: 136_501"))
    assert id_of(edited, "TP-2022A") != before
    with pytest.raises(NoPolicy, match=before):
        edited.by_id(before)


def test_editing_the_base_changes_the_id_of_what_extends_it(load: Load) -> None:
    """The hash covers the resolved content, not the file."""
    before = id_of(load(PILOT), "TP-2022A-STJ")
    assert id_of(load(PILOT, base=BASE.replace("grace_months: 6", "grace_months: 5")), "TP-2022A-STJ") != before


@pytest.mark.parametrize("change", [{"valid_from": "2022-07-02"}, {"areas": ["440308004"]}, {"values": {}}])
def test_start_areas_and_values_are_part_of_the_id(load: Load, change: dict[str, Any]) -> None:
    """Whatever says what holds where from when."""
    before = id_of(load(PILOT), "TP-2022A-STJ")
    assert id_of(load({**PILOT, **change}), "TP-2022A-STJ") != before


def test_comments_layout_and_the_end_are_not_part_of_the_id(load: Load) -> None:
    """Closing an open pack when its successor comes must leave the ids in recorded decisions findable."""
    before = id_of(load(), "TP-2022A")
    assert id_of(load(base=BASE.replace("# the whole district", "")), "TP-2022A") == before
    assert id_of(load(base=BASE.replace("valid_to: 2022-12-31", "")), "TP-2022A") == before
    assert id_of(load(base=BASE.replace("136_500", "136500")), "TP-2022A") == before


def test_a_pack_is_found_by_the_id_a_decision_names() -> None:
    """The id has the shape that events carry."""
    packs = Packs.load()
    for pack in packs.all:
        assert packs.by_id(pack.id) is pack
        assert pack.id.startswith(f"{pack.name}@")


def test_packs_that_decisions_may_name_have_not_been_edited() -> None:
    """Ruling 23 of the design, "edit a pack: red": publish a new pack instead, or, if it was never used, change its line in `published.yaml`."""
    published = yaml.safe_load((PACKS_FOLDER.parent / "published.yaml").read_text(encoding="utf-8"))["packs"]
    assert sorted(pack.id for pack in Packs.load().all) == sorted(published)


def test_a_pack_cannot_be_changed_in_memory() -> None:
    """Frozen, its tables too: a decision cannot change the rules of the next."""
    pack: Any = Packs.load().all[0]
    with pytest.raises(ValueError, match="frozen"):
        pack.grace_months = 7
    with pytest.raises(TypeError):
        pack.scheme_layers["dibao"] = "L2"


def test_a_pack_can_be_written_out_and_read_back() -> None:
    """For the page that explains a decision."""
    pack = Packs.load().all[0]
    assert Pack.model_validate_json(pack.model_dump_json()) == pack


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  grace_months: 6", "  grace_monthz: 6", r"base\.yaml: values\.grace_monthz: no such value"),
        ("  grace_months: 6", "  #", r"base\.yaml: grace_months: Field required"),
        ("grace_months: 6", "grace_months: 6.0", r"base\.yaml: values\.grace_months: a float"),
        ("high: 45}", "high: 45.0}", r"base\.yaml: values\.ability_bands\[1\]\.high: a float"),
        ("grace_months: 6", "grace_months: -6", r"base\.yaml: grace_months: .*greater than or equal to 0"),
        ("grace_months: 6", "grace_months: six", r"base\.yaml: grace_months: .*valid integer"),
        ("grace_months: 6", "grace_months: true", r"base\.yaml: grace_months: .*valid integer"),
        ("grace_months: 6", "grace_months: 6\n  grace_months: 7", r"base\.yaml: key 'grace_months' stands twice, again in line"),
        ("CEIL_YUAN", "FLOOR", r"base\.yaml: monthly_rounding: "),
        ("orange: {workdays: 1}", "orange: {workdays: 1, hours: 4}", r"base\.yaml: referral_answer\.orange: .*either"),
        ("red: {hours: 4}, ", "", r"base\.yaml: referral_answer\.red: Field required"),
        ("    orphan: L1\n", "", r"base\.yaml: document: .*no layer for orphan"),
        ("orphan: L1", "orphan: L5", r"base\.yaml: scheme_layers\.orphan: "),
        ("low: 46", "low: 47", r"base\.yaml: document: .*must start at 46"),
        ('areas: ["440308"]', 'areas: ["440309"]', r"base\.yaml: areas: no area has the code '440309'"),
        ('areas: ["440308"]', "areas: []", r"base\.yaml: areas: "),
        ("valid_to: 2022-12-31", "valid_to: 2021-12-31", r"base\.yaml: document: .*lies before"),
        ("valid_from: 2022-01-01", "valid_from: yesterday", r"base\.yaml: valid_from: "),
        ("pack: TP-2022A", "pack: TP-2022A\nextends: TP-2021A", r"base\.yaml: extends: no pack is called TP-2021A"),
        ("pack: TP-2022A", "pack: TP-2022A\nextends: TP-2022A", r"base\.yaml: extends: TP-2022A extends itself"),
        ("pack: TP-2022A", "pack: TP-2022A\nowner: me", r"base\.yaml: owner: "),
        ("pack: TP-2022A", "pack: [", r"base\.yaml: not YAML"),
    ],
)
def test_a_wrong_pack_is_refused_with_file_and_key(load: Load, old: str, new: str, says: str) -> None:
    """Unknown, missing, doubled, float, negative, of another type, or naming what is not there."""
    assert old in BASE
    with pytest.raises(PolicyError, match=says):
        load(base=BASE.replace(old, new, 1))


def test_two_packs_for_one_area_on_one_day_are_refused(load: Load) -> None:
    """Otherwise the order of files would decide what a family gets."""
    with pytest.raises(PolicyError, match=r"base\.yaml and tp-2022b\.yaml: .*440308 on some days"):
        load({**PILOT, "pack": "TP-2022B", "areas": ["440308"]})
    with pytest.raises(PolicyError, match="440308003 on some days"):
        load(PILOT, {**PILOT, "pack": "TP-2022C", "valid_from": "2022-12-31", "areas": ["440308003", "440308004"]})


def test_packs_that_touch_without_meeting_are_fine(load: Load) -> None:
    """The day after the end of one may be the start of the next."""
    next_year = {**PILOT, "pack": "TP-2023B", "valid_from": "2023-01-01", "valid_to": "2023-12-31", "areas": ["440308"], "values": {}}
    assert load(next_year).at(date(2023, 1, 1), "440308").name == "TP-2023B"


def test_two_files_with_one_pack_name_are_refused(load: Load) -> None:
    """`extends` and ids need one meaning for a name."""
    with pytest.raises(PolicyError, match="another file is called TP-2022A too"):
        load({**PILOT, "pack": "TP-2022A"})
