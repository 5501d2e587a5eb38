"""The table of rules: made of the tests and one file, refused when they disagree."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs.run import run

TESTS = '''
raise RuntimeError("nobody imports this")

def test_a_cap_holds():
    """R-TMP-07, ruling 25: not a fen more."""

def helper():
    """SC-99: no test."""

class TestGap:
    """DET-01: three working days."""

    async def test_the_third_day_is_in_time(self):
        """Ruling 25."""
'''
RULES = """
DET-01: {zh: 缺口, says: "Nobody is on it."}
R-TMP-07: {says: "A cap holds.", state: part, missing: "the other cap."}
R-TMP-09: {says: "Shelter.", state: later}
ruling 25: {says: "One set of values."}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "tests" / "relief").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests" / "relief" / "test_cap.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "docs" / "rules.yaml").write_text(RULES, encoding="utf-8")
    return tmp_path


def test_a_row_says_what_how_far_and_which_tests(project: Path) -> None:
    """Functions and methods, with their file linked once; what a class says holds for its tests."""
    assert run(project, check=False) == 0
    page = (project / "docs" / "rules.md").read_text(encoding="utf-8")
    file = "[tests/relief/test_cap.py](../tests/relief/test_cap.py)"
    assert f"| DET-01 | 缺口: Nobody is on it. | built | {file}::TestGap::test_the_third_day_is_in_time |" in page
    assert f"| R-TMP-07 | A cap holds. *Missing: the other cap.* | part | {file}::test_a_cap_holds |" in page
    assert "| R-TMP-09 | Shelter. | later | – |" in page
    assert f"| ruling 25 | One set of values. | built | {file}::test_a_cap_holds, ::TestGap::test_the_third_day_is_in_time |" in page
    assert "| [Rules](#rules) | 0 | 1 | 1 |" in page
    assert run(project, check=True) == 0


def test_a_stale_page_is_told_and_not_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A test that was renamed makes it stale."""
    assert run(project, check=False) == 0
    page = project / "docs" / "rules.md"
    before = page.read_text(encoding="utf-8")
    test = project / "tests" / "relief" / "test_cap.py"
    test.write_text(TESTS.replace("test_a_cap_holds", "test_the_cap_holds"), encoding="utf-8")
    assert run(project, check=True) == 1
    assert "docs/rules.md is stale" in capsys.readouterr().err
    assert page.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("R-TMP-07:", "R-TMP-70:", "R-TMP-07 is unknown to docs/rules.yaml; tests/relief/test_cap.py::test_a_cap_holds names it"),
        ("DET-01:", "DET-10:", "DET-10 is built, says docs/rules.yaml; no test names it"),
        ('says: "Nobody is on it."', 'says: "Nobody is on it.", state: later', "DET-01 is for later, says docs/rules.yaml"),
        (', missing: "the other cap."', "", "`missing` stands with `state: part`"),
        ("ruling 25:", "Ruling 25:", "no ids: Ruling 25"),
        ("R-TMP-09:", "DET-01:", "stands twice"),
    ],
)
def test_what_file_and_tests_do_not_agree_on_is_told(
    project: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, told: str
) -> None:
    """A typo, a promise without a test, a test of what is for later, a file that cannot be used."""
    rules = project / "docs" / "rules.yaml"
    rules.write_text(RULES.replace(old, new), encoding="utf-8")
    assert run(project, check=False) == 1
    assert told in capsys.readouterr().err
    assert not (project / "docs" / "rules.md").exists()
