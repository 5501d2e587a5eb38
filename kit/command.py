"""What a command is, and the context a decision is taken in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Any, ClassVar, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from contracts.ids import PATTERNS, ActorId
from kit.clock import shanghai_date
from kit.identity import Actor
from policy import Calendar, Pack, Packs

Fen = Annotated[int, Field(strict=True, ge=0, le=10_000_000_000_00, description="amount in fen (1 yuan = 100 fen)")]
PositiveFen = Annotated[int, Field(strict=True, gt=0, le=10_000_000_000_00, description="amount in fen (1 yuan = 100 fen), above zero")]
Count = Annotated[int, Field(strict=True, gt=0, le=1_000_000)]


def _id_name(annotation: Any) -> str | None:
    """The name of the id type in an annotation (`NeedId`, `NeedId | None`, `tuple[PersonId, ...]`)."""
    name = getattr(annotation, "__name__", "")
    if name in PATTERNS and hasattr(annotation, "__supertype__"):
        return str(name)
    return next((found for arg in get_args(annotation) if (found := _id_name(arg))), None)


def _describe_ids(schema: dict[str, Any], cls: type[BaseModel]) -> None:
    """Put the patterns of ids into the JSON schema, so that the API page shows them."""
    for name, info in cls.model_fields.items():
        kind = _id_name(info.annotation)
        if kind and (prop := schema.get("properties", {}).get(name)):
            inner = prop.get("items", prop)
            inner.setdefault("pattern", PATTERNS[kind])
            inner.setdefault("title", kind)


class Command(BaseModel):
    """Something a person or a reaction asks for. Unknown fields are refused; ids are checked against their shape.

    occurred_at: business time (when it happened or was decided); default: now. It is never in the future.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_describe_ids)
    ids: ClassVar[Mapping[str, re.Pattern[str]]] = {}

    occurred_at: AwareDatetime | None = Field(default=None, description="business time, when it happened; default: now")

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        kinds = {name: _id_name(info.annotation) for name, info in cls.model_fields.items()}
        cls.ids = {name: re.compile(PATTERNS[kind]) for name, kind in kinds.items() if kind}

    @field_validator("*", mode="after")
    @classmethod
    def _shape_of_ids(cls, value: Any, info: ValidationInfo) -> Any:
        pattern = cls.ids.get(info.field_name or "")
        if pattern is None or value is None:
            return value
        for item in value if isinstance(value, list | tuple | set | frozenset) else (value,):
            if not isinstance(item, str) or not pattern.match(item):
                raise ValueError(f"must match {pattern.pattern}")
        return value


@dataclass(frozen=True, kw_only=True)
class Context:
    """Everything a decision may know besides the command and the states: who, when, under which policy.

    seed: of the ids that the decision gives; the same command (same idempotency key) gives the same ids.
    area: of the stream the command concerns; the policy pack is that of the area on the business day.
    prepared: what the command's `prepare` step looked up or sealed beforehand (the vault), else None.
    """

    actor: Actor
    now: datetime
    occurred_at: datetime
    seed: str
    packs: Packs
    calendar: Calendar
    area: str
    prepared: Any = None

    @property
    def actor_id(self) -> ActorId:
        return ActorId(self.actor.id)

    @property
    def on(self) -> date:
        """The business day in Asia/Shanghai: the day of the decision."""
        return shanghai_date(self.occurred_at)

    @cached_property
    def policy(self) -> Pack:
        """The pack in force on the business day in the area. Raises policy.NoPolicy."""
        return self.packs.at(self.on, self.area)

    def new_id(self, label: str) -> str:
        """A time-ordered id (UUID, version 8 layout), the same for the same command and label."""
        return derived_id(self.seed, label, self.occurred_at)


def derived_id(seed: str, label: str, at: datetime) -> str:
    """48 bits of milliseconds, then bits of a hash: time-ordered for the index, the same for the same seed and label."""
    milliseconds = int(at.astimezone(UTC).timestamp() * 1000) & ((1 << 48) - 1)
    digest = int.from_bytes(sha256(f"{seed}|{label}".encode()).digest()[:10], "big")
    bits = milliseconds << 80 | digest
    bits = bits & ~(0xF << 76) | 0x8 << 76
    bits = bits & ~(0x3 << 62) | 0x2 << 62
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
