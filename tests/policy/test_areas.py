"""The district's areas (section 9.1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy import AreaKind, Areas, PolicyError, UnknownArea
from policy.areas import AREAS_FILE

AREAS = Areas.load()
DISTRICT = "440308"
COMMUNITIES = {
    "440308003": ["桥东", "中英街", "东和", "沙头角", "园墩头", "凤凰", "田心"],
    "440308004": ["鹏湾", "梧桐", "倚山", "海月", "海涛", "海景"],
    "440308002": ["永安", "盐田", "沿港", "东海", "明珠", "海桐"],
    "440308001": ["大梅沙", "小梅沙", "滨海", "东海岸"],
}


def test_the_district_has_four_streets_and_twenty_three_communities() -> None:
    """Section 9.1, names and codes."""
    streets = AREAS.within(DISTRICT, AreaKind.STREET)
    assert {area.code: (area.title_zh, area.en) for area in streets} == {
        "440308001": ("梅沙街道", "Meisha"),
        "440308002": ("盐田街道", "Yantian"),
        "440308003": ("沙头角街道", "Shatoujiao"),
        "440308004": ("海山街道", "Haishan"),
    }
    assert {code: [area.zh for area in AREAS.within(code, AreaKind.COMMUNITY)] for code in COMMUNITIES} == COMMUNITIES
    assert len(AREAS.within(DISTRICT, AreaKind.COMMUNITY)) == 23


def test_an_area_contains_itself_and_what_lies_in_it_and_nothing_else() -> None:
    """District > street > community; the community 沙头角 lies in its street, not in another, and contains no street."""
    assert AREAS.contains(DISTRICT, DISTRICT)
    assert AREAS.contains(DISTRICT, "440308003")
    assert AREAS.contains(DISTRICT, "440308003-shatoujiao")
    assert AREAS.contains("440308003", "440308003-shatoujiao")
    assert not AREAS.contains("440308004", "440308003-shatoujiao")
    assert not AREAS.contains("440308003-shatoujiao", "440308003")
    assert not AREAS.contains("440308003", DISTRICT)


def test_an_area_knows_its_parents() -> None:
    """From the community up: community, street, district, nothing."""
    place = AREAS.get("440308003-qiaodong")
    assert (place.en, place.kind, place.parent) == ("Qiaodong", AreaKind.COMMUNITY, "440308003")
    assert AREAS.get("440308003").parent == DISTRICT
    assert AREAS.get(DISTRICT).parent is None
    street = AREAS.street_of(place.code)
    assert street is not None
    assert street.zh == "沙头角"
    assert AREAS.street_of(DISTRICT) is None


def test_an_unknown_code_is_an_error_not_an_empty_answer() -> None:
    """Nobody's rights may depend on a misspelt code."""
    for ask in (lambda: AREAS.get("440309"), lambda: AREAS.contains(DISTRICT, "x"), lambda: AREAS.within("x", AreaKind.STREET)):
        with pytest.raises(UnknownArea):
            ask()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('code: "440308002"', 'code: "440308001"', "440308001: stands twice"),
        ('code: "440308002"', 'code: "440309002"', "440309002: does not begin with"),
        ('code: "440308"', "code: 440308", "districts.0.code"),
        ("slug: qiaodong", "slug: Qiao Dong", "communities.0.slug"),
    ],
)
def test_wrong_areas_are_refused_with_file_and_key(tmp_path: Path, old: str, new: str, says: str) -> None:
    """A double, a street of another district, a number instead of a code, a slug that would not fit an id."""
    text = AREAS_FILE.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "areas.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(PolicyError, match=says):
        Areas.load(tmp_path / "areas.yaml")
