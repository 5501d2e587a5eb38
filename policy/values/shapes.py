"""The shapes of values: whole numbers with a unit in the field's name, never a float; tables and sets that cannot be changed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, model_validator

Amount = Annotated[int, Field(ge=0)]
"""A whole number: fen, days, months, people, as the field's name says."""

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
"""A scheme, status, category or kind, in lower case with underscores."""

Codes = frozenset[Code]
Pair = tuple[Code, Code]
Layer = Literal["L1", "L2", "L3", "L4"]
MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
"""`MM-DD`, a day of every year."""

Table = Annotated[Mapping[Code, Amount], AfterValidator(MappingProxyType), PlainSerializer(dict)]
"""Whole numbers by code; read-only."""

Layers = Annotated[Mapping[Code, Layer], AfterValidator(MappingProxyType), PlainSerializer(dict)]


class Values(BaseModel):
    """A group of values: strict types, no unknown field, cannot be changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Limit(Values):
    """How long something may take: in hours, running day and night, or in working days of the calendar. Exactly one of the two."""

    hours: Amount | None = None
    workdays: Amount | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if (self.hours is None) == (self.workdays is None):
            raise ValueError("a limit is either `hours` or `workdays`")
        return self


class ByUrgency(Values):
    """One limit for each of the four colours (ruling 14)."""

    red: Limit
    orange: Limit
    yellow: Limit
    blue: Limit

    def of(self, urgency: str) -> Limit:
        """The limit of a colour. Raises KeyError for any other word."""
        if urgency not in type(self).model_fields:
            raise KeyError(urgency)
        limit: Limit = getattr(self, urgency)
        return limit
