"""Chance that repeats: everything drawn is drawn from the seed and the name of what it is for."""

from __future__ import annotations

from random import Random
from uuid import NAMESPACE_URL, UUID, uuid5


def chance(seed: int, name: str) -> Random:
    """A source of its own for each purpose: a story that draws more changes no other."""
    return Random(f"minsheng-district:{seed}:{name}")  # noqa: S311 - invented people need no secrecy, they need repetition


def derived(seed: int, name: str) -> str:
    """The UUID of a thing of the year, the same for the same seed."""
    return str(uuid5(_root(seed), name))


def _root(seed: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"minsheng-district:{seed}")
