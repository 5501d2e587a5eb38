"""What each id says, in one sentence, and how far it is built: `docs/rules.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from policy.documents import read
from tests.proofs.ids import kind_of
from tests.proofs.reading import Test


class State(StrEnum):
    """How far the program does what an id says."""

    BUILT = "built"
    PART = "part"
    LATER = "later"


class Rule(BaseModel):
    """says: what is so, in our own words.  zh: the term people know it by.  missing: what a `part` still lacks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: Annotated[str, Field(min_length=1)]
    zh: str | None = None
    state: State = State.BUILT
    missing: str | None = None

    @model_validator(mode="after")
    def _what_is_missing_is_said(self) -> Self:
        if (self.state is State.PART) != (self.missing is not None):
            raise ValueError("`missing` stands with `state: part` and only there")
        return self


RULES = TypeAdapter(dict[str, Rule])


class BadRules(Exception):
    """`docs/rules.yaml` cannot be used. The text names the key."""


def load(path: Path) -> dict[str, Rule]:
    """Every id with what it says. Raises: BadRules, PolicyError (no YAML, or a key that stands twice)."""
    try:
        rules = RULES.validate_python(read(path))
    except ValidationError as error:
        raise BadRules(f"{path.name}: {error}") from None
    shapeless = [name for name in rules if kind_of(name) is None]
    if shapeless:
        raise BadRules(f"{path.name}: no ids: {', '.join(shapeless)}")
    return rules


def disagreements(rules: Mapping[str, Rule], proofs: Mapping[str, Sequence[Test]]) -> list[str]:
    """Where the file and the tests say different things, one line each."""
    told = []
    for name, tests in proofs.items():
        if name not in rules:
            told.append(f"{name} is unknown to docs/rules.yaml; {tests[0].file}::{tests[0].name} names it")
        elif rules[name].state is State.LATER:
            told.append(f"{name} is for later, says docs/rules.yaml; {tests[0].file}::{tests[0].name} proves it")
    for name, rule in rules.items():
        if rule.state is not State.LATER and name not in proofs:
            told.append(f"{name} is {rule.state}, says docs/rules.yaml; no test names it")
    return told
