"""Pages lead somewhere: links, named files and the list of decisions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PROJECT, anchors, name, pages, prose

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
ELSEWHERE = re.compile(r"^[a-z]+:")
NAMED = re.compile(r"`((?:\.ci|bench|contracts|deploy|docs|kit|minsheng|policy|requirements|services|tests)/[\w./-]*)`")


def links(page: Path) -> list[str]:
    return [target for target in LINK.findall(prose(page)) if not ELSEWHERE.match(target)]


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_link_leads_to_a_page_or_heading(page: Path) -> None:
    """A file that was moved takes its links along."""
    for target in links(page):
        path, _, anchor = target.partition("#")
        aim = (page.parent / path).resolve() if path else page
        assert aim.exists(), f"{target} leads nowhere"
        assert aim.is_relative_to(PROJECT), f"{target} leaves the repository"
        assert not anchor or anchor in anchors(aim), f"{target}: no such heading, there are {sorted(anchors(aim))}"


@pytest.mark.parametrize(
    "page", [page for page in pages() if page.parent.name in {"docs", "decisions"} or page.parent == PROJECT], ids=name
)
def test_every_file_that_is_named_exists(page: Path) -> None:
    """`kit/store/append.sql` in a text is a promise too."""
    missing = [path for path in NAMED.findall(prose(page)) if not (PROJECT / path).exists()]
    assert missing == []


def test_every_decision_is_listed_once_and_under_its_title() -> None:
    folder = PROJECT / "docs" / "decisions"
    listed = re.findall(
        r"^\| \[(\d{4})\]\((\d{4}-[\w-]+\.md)\) \| (.+) \|$", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    titles = {page.name: page.read_text(encoding="utf-8").split("\n", 1)[0] for page in folder.glob("0*.md")}
    assert {file: f"# {number}: {title}" for number, file, title in listed} == titles
    assert [number for number, _, _ in listed] == sorted({file[:4] for file in titles})


def test_no_page_mentions_a_machine() -> None:
    """What is written here is true on every machine."""
    foreign = re.compile(r"/(?:home|root|tmp|work|Users)/\w")
    assert [name(page) for page in pages() if foreign.search(page.read_text(encoding="utf-8"))] == []
