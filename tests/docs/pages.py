"""The pages people read: where they are, and what their headings are called in links."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
BESIDE = {".venv", ".minsheng", "build", "node_modules"}


def pages() -> list[Path]:
    """Every Markdown page of the repository."""
    return sorted(page for page in PROJECT.rglob("*.md") if not BESIDE & set(page.relative_to(PROJECT).parts))


def name(page: Path) -> str:
    """The page's path in the repository."""
    return page.relative_to(PROJECT).as_posix()


def prose(page: Path) -> str:
    """The page without its blocks of code and output."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """What `#…` may name: headings as the forge writes them (lower case, spaces to hyphens, other signs dropped)."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
