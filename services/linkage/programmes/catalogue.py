"""The programme catalogue of a year: each programme has one of the six areas and one of the two lines, and counts some kinds of things.

A catalogue that leaves a kind out, counts one twice, or has a programme without a line, is refused when it is loaded (A01, A02).
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.linkage.views.counted import Counts

FOLDER = Path(__file__).parent


class Have(StrEnum):
    """The six areas (六有, A01)."""

    WEAK_SUPPORTED = "weak_supported"  # 弱有众扶
    OLD_CARED_FOR = "old_cared_for"  # 老有颐养
    YOUNG_PROTECTED = "young_protected"  # 少有善护
    COMMUNITIES_WELL_GOVERNED = "communities_well_governed"  # 社区有善治
    SOCIETY_TAKES_PART = "society_takes_part"  # 社会有参与
    SERVICES_OF_QUALITY = "services_of_quality"  # 服务有品质


class Line(StrEnum):
    """The two main lines (A02)."""

    BASIC_LIVELIHOOD = "basic_livelihood"  # 基本民生保障
    GRASSROOTS_GOVERNANCE = "grassroots_governance"  # 基层社会治理


class Comparator(StrEnum):
    """How the report words its figure."""

    AT_LEAST = "at_least"  # 多、余
    NEARLY = "nearly"  # 近
    ABOUT = "about"  # 约
    EXACTLY = "exactly"

    @property
    def sign(self) -> str:
        return {"at_least": "≥", "nearly": "~", "about": "~", "exactly": "="}[self.value]


class Of(StrEnum):
    """What of the rows is counted."""

    ROWS = "rows"
    TIMES = "times"
    PERSONS = "persons"
    HOUSEHOLDS = "households"
    ORGANISATIONS = "organisations"
    PEOPLE = "people"
    CODES = "codes"
    FEN = "fen"
    HOURS = "hours"


class Unit(StrEnum):
    """What a figure is a number of."""

    PERSONS = "persons"  # 人
    PERSON_TIMES = "person_times"  # 人次
    HOUSEHOLDS = "households"  # 户
    ITEMS = "items"  # 条、件
    SESSIONS = "sessions"  # 场
    KINDS = "kinds"  # 类
    COUNTIES = "counties"  # 县
    ORGANISATIONS = "organisations"  # 家
    UNITS = "units"  # 台
    CASES = "cases"  # 起
    FEN = "fen"  # 元
    HOURS = "hours"  # 小时


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")]


class FigureSpec(_Strict):
    """A figure of the report and the query that counts it.

    kind, of: which rows, and what of them.  codes: only rows with one of these codes.  part_of: only rows that are part of one with this code.
    """

    id: Slug
    title: str
    title_zh: str
    reported: int = Field(ge=0)
    comparator: Comparator
    unit: Unit
    kind: Counts
    of: Of = Of.ROWS
    codes: frozenset[str] = frozenset()
    part_of: str | None = None
    item: str = Field(pattern=r"^[A-J][0-9]{2}$")

    @property
    def query(self) -> str:
        """The query in words, as the report prints it: `visit: distinct people, code in_person`."""
        words = f"{self.kind}: {'sum of ' if self.of in {Of.TIMES, Of.FEN, Of.HOURS} else ''}{self.of}"
        codes = f", code {' or '.join(sorted(self.codes))}" if self.codes else ""
        return words + codes + (f", part of {self.part_of}" if self.part_of else "")


class Programme(_Strict):
    """What the bureau does under one name. counts: kinds of things that belong to it and to no other programme."""

    id: Slug
    title: str
    title_zh: str
    have: Have
    line: Line
    counts: tuple[Counts, ...]
    figures: tuple[FigureSpec, ...] = ()


class Catalogue(_Strict):
    """The programmes of a year. tolerance_percent: how far `nearly` and `about` may be off."""

    year: int
    tolerance_percent: int = Field(ge=0, le=50)
    programmes: tuple[Programme, ...]

    @model_validator(mode="after")
    def _each_kind_once(self) -> Self:
        found = Counter(kind for programme in self.programmes for kind in programme.counts)
        twice = sorted(kind for kind, times in found.items() if times > 1)
        missing = sorted(set(Counts) - set(found))
        if twice or missing:
            raise ValueError(f"each kind belongs to one programme: counted twice {twice}, in none {missing}")
        names = Counter([programme.id for programme in self.programmes] + [figure.id for figure in self.figures])
        if repeated := sorted(name for name, times in names.items() if times > 1):
            raise ValueError(f"ids must differ: {repeated}")
        return self

    @property
    def figures(self) -> tuple[FigureSpec, ...]:
        return tuple(figure for programme in self.programmes for figure in programme.figures)

    def figure(self, name: str) -> FigureSpec | None:
        return next((figure for figure in self.figures if figure.id == name), None)

    def programme_of(self, kind: Counts) -> Programme:
        return next(programme for programme in self.programmes if kind in programme.counts)


class BadCatalogue(Exception):
    """The catalogue's file cannot be used: file, field and reason."""


def load(path: Path) -> Catalogue:
    """The catalogue of a file. Raises: BadCatalogue."""
    try:
        return Catalogue.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise BadCatalogue(f"{path.name}: {error}") from error


@cache
def catalogues() -> dict[int, Catalogue]:
    """All catalogues by year. Raises: BadCatalogue."""
    found = [load(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return {catalogue.year: catalogue for catalogue in found}
