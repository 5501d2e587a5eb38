"""One command of the simulated year, as a line of a batch. Nothing here speaks HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Body = dict[str, Any]
Place = tuple[str, str, str, str]
"""Whose batch a step goes into: service, actor, role, area."""
LEARNED = re.compile(r"\$[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Lesson:
    """From the answer: the field `take` of the first event of a type is what `$name` stands for in later steps.

    where: what else must be true of the event's data.
    """

    name: str
    event: str
    take: str
    where: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and who gives it when.

    at: business instant (UTC); it is the body's `occurred_at`, which `line_body` adds.
    role, area, actor: whose token gives it. Money needs two different actors.
    id, body: may hold `$names` that earlier answers taught (`learn`); `filled` replaces them.
    key: the idempotency key, derived from seed, story and place in the story: giving the step again changes nothing.
    window: 0 to 3 (`seasons.WINDOWS`). What depends on an earlier step of another actor, on a code that is no UUID, or on what another
    service does about it, lies in a later window: so the steps of a window go out as one batch an actor, side by side.
    turn: within its window. What was learned in the same window lies in a later turn, which begins when the one before was answered.
    refused: the code with which the service says no, on purpose.
    """

    at: datetime
    service: str
    role: str
    area: str
    actor: str
    aggregate: str
    id: str
    command: str
    body: Body
    if_match: int | None
    key: str
    window: int = 0
    turn: int = 0
    story: str = ""
    learn: tuple[Lesson, ...] = ()
    refused: str = ""

    @property
    def place(self) -> Place:
        return self.service, self.actor, self.role, self.area

    def line_body(self, names: Mapping[str, str]) -> Body:
        """The body as the API takes it: learned names filled in, the business instant added."""
        return {**filled(self.body, names), "occurred_at": self.at.isoformat()}


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """The value with every `$name` replaced by what was learned. Raises KeyError for what nobody has learned yet."""
    if isinstance(value, str):
        return names[value] if LEARNED.fullmatch(value) else value
    if isinstance(value, list):
        return [filled(item, names) for item in value]
    if isinstance(value, dict):
        return {key: filled(item, names) for key, item in value.items()}
    return value
