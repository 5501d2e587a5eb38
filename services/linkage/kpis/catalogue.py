"""The formulas: named operands that pick counted things, and for each measure the share of one operand in another.

A formula that names an operand nobody declared, or divides things of two kinds, is refused when it is loaded (B19).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.linkage.views.counted import Counts

FILE = Path(__file__).parent / "kpis.yaml"


class KpiTerm(StrEnum):
    """What relief shall be (B19)."""

    PRECISE = "precise"  # 精准救助
    EFFICIENT = "efficient"  # 高效救助
    WARM = "warm"  # 温暖救助
    SMART = "smart"  # 智慧救助


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Operand(_Strict):
    """Counted things of one kind. codes: only with one of these.  within_days: only those ended so many days after they began."""

    kind: Counts
    codes: frozenset[str] = frozenset()
    within_days: int | None = Field(default=None, ge=0)


Name = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,40}$")]


class Share(_Strict):
    """How many of the things of `whole` are also of `part`, in thousandths."""

    part: Name = Field(alias="of")
    whole: Name = Field(alias="in")


class Formula(_Strict):
    """The one form there is."""

    share: Share


class Kpi(_Strict):
    """One measure."""

    term: KpiTerm
    title: str
    title_zh: str
    formula: Formula

    @property
    def text(self) -> str:
        """The formula as people read it."""
        return f"{self.formula.share.part} / {self.formula.share.whole}"


class Kpis(_Strict):
    """All measures: each of the four terms once."""

    operands: Mapping[Name, Operand]
    kpis: tuple[Kpi, ...]

    @model_validator(mode="after")
    def _each_term_once(self) -> Self:
        found = Counter(kpi.term for kpi in self.kpis)
        if wrong := sorted(term for term in KpiTerm if found[term] != 1):
            raise ValueError(f"each term has one measure: {wrong}")
        return self

    @model_validator(mode="after")
    def _known_operands(self) -> Self:
        for kpi in self.kpis:
            share = kpi.formula.share
            if unknown := sorted({share.part, share.whole} - set(self.operands)):
                raise ValueError(f"{kpi.term}: unknown operands {unknown}")
            if self.operands[share.part].kind is not self.operands[share.whole].kind:
                raise ValueError(f"{kpi.term}: {share.part} is no part of {share.whole}: they count things of two kinds")
        return self

    def of(self, term: KpiTerm) -> Kpi:
        return next(kpi for kpi in self.kpis if kpi.term is term)

    def operands_of(self, kpi: Kpi) -> tuple[Operand, Operand]:
        """Its part and its whole."""
        return self.operands[kpi.formula.share.part], self.operands[kpi.formula.share.whole]


class BadFormula(Exception):
    """The file of measures cannot be used: file and reason."""


def load(path: Path) -> Kpis:
    """The measures of a file. Raises: BadFormula."""
    try:
        return Kpis.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise BadFormula(f"{path.name}: {error}") from error


@cache
def kpis() -> Kpis:
    """The measures in use. Raises: BadFormula."""
    return load(FILE)
