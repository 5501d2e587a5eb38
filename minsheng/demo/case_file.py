"""A case file: who did what on which day, as data. Words that begin with $ are ids, the same for the same seed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any, Self
from uuid import NAMESPACE_URL, uuid5

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from kit.clock import SHANGHAI
from kit.vault import invent_document_number

FOLDER = Path(__file__).with_name("cases")
NAME = re.compile(r"\$([a-z0-9-]+)")


class Person(BaseModel):
    """An invented person; the document number is made from birth and sequence."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    born: date
    sequence: int
    male: bool

    def values(self) -> dict[str, str]:
        """What the registry's vault is given."""
        number = invent_document_number(self.born, self.sequence, male=self.male)
        return {"name": self.name, "document_number": number, "address": "示范路 900 号"}


class Step(BaseModel):
    """One command, or a pause until all services are at rest.

    by: who gives it (`play.ACTORS`).  seen: the version last seen is named (`If-Match`).
    learn: from the answer's events of a type, the named fields become ids: `{type: [{new-name: field, other-field: value}]}`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    day: date | None = None
    by: str = ""
    post: str = ""
    body: dict[str, Any] = {}
    seen: bool = False
    learn: dict[str, list[dict[str, str]]] = {}
    settle: str = ""


class CaseFile(BaseModel):
    """One household's story, or (without household) what the district has."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str
    household: str | None = None
    persons: dict[str, Person] = {}
    area: str = ""
    steps: list[Step]

    @model_validator(mode="after")
    def _day_by_day(self) -> Self:
        """The clock goes forward only, so the steps do too."""
        days = [(step.day, number) for number, step in enumerate(self.steps, 1) if step.day is not None]
        for (day, number), (next_day, next_number) in pairwise(days):
            if next_day < day:
                raise ValueError(
                    f"step {next_number} is of {next_day}, after step {number} of {day}: write the steps in the order of their days"
                )
        return self


class Names:
    """Ids by name: derived from the seed, or learned from answers."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._known: dict[str, str] = {}

    def id(self, name: str) -> str:
        """The id of a name, with or without its dollar sign."""
        name = name.removeprefix("$")
        return self._known.get(name) or str(uuid5(NAMESPACE_URL, f"minsheng:{self._seed}:{name}"))

    def learn(self, name: str, value: str) -> None:
        self._known[name] = value

    def filled(self, value: Any) -> Any:
        """The value with every name replaced by its id; dates as text."""
        if isinstance(value, str):
            return NAME.sub(lambda match: self.id(match[1]), value)
        if isinstance(value, dict):
            return {key: self.filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        return value.isoformat() if isinstance(value, date) else value


def load_all() -> list[CaseFile]:
    """All case files in the order of their names."""
    return [CaseFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.yaml"))]


def noon_of(day: date) -> datetime:
    """Noon in Shanghai."""
    return datetime.combine(day, time(12), SHANGHAI).astimezone(UTC)


def instant_of(day: date) -> str:
    """Noon in Shanghai on a business day, as a command says it."""
    return noon_of(day).isoformat()
