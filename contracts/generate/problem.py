"""One thing that must be settled, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """about: the event (or file).  what: is wrong with it.  todo: what to do, one sentence."""

    about: str
    what: str
    todo: str


def told(problems: Iterable[Problem]) -> str:
    """The problems as people read them: what is wrong, a line each, and under those with one remedy the remedy once."""
    by_remedy: dict[str, list[Problem]] = {}
    for problem in problems:
        by_remedy.setdefault(problem.todo, []).append(problem)
    return "\n".join(
        "\n".join([*(f"{problem.about}: {problem.what}" for problem in group), f"    {todo}"]) for todo, group in by_remedy.items()
    )
