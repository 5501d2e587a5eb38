"""Events that belong to no service, made anew in each test with the fields it wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from types import GenericAlias
from typing import Any, cast
from unittest.mock import patch

from contracts import envelope
from contracts.envelope import Event, EventMeta, EventType
from contracts.ids import CaseId, HouseholdId, NoteRef

Lift = Callable[[dict[str, Any]], dict[str, Any]]
NAME = "toy.gift.given"
DOC = "A gift was given.\n\namount_fen: of all of it.  Source: R-TOY-01, ruling 12."


class Colour(StrEnum):
    """The colour of a gift."""

    RED = "red"  # 红
    BLUE = "blue"


FIELDS: dict[str, Any] = {"gift_id": CaseId, "amount_fen": int, "colour": Colour, "note": (NoteRef | None, None)}


def struct(name: str, fields: Mapping[str, Any], *, doc: str = DOC, module: str = __name__) -> type[Event]:
    """An event class. fields: type, or (type, default)."""
    hints = {field: told[0] if isinstance(told, tuple) else told for field, told in fields.items()}
    defaults = {field: told[1] for field, told in fields.items() if isinstance(told, tuple)}
    body = {"__doc__": doc, "__module__": module, "__annotations__": hints, **defaults}
    return cast(type[Event], EventMeta(name, (Event,), body, frozen=True, kw_only=True, omit_defaults=True))


def toy(
    fields: Mapping[str, Any] = FIELDS,
    *,
    name: str = NAME,
    version: int = 1,
    stream: str = "gift_id",
    shared: bool = True,
    doc: str = DOC,
    lifts: Mapping[int, Lift] | None = None,
    module: str = __name__,
) -> EventType:
    """An event type as a program of some release declares it. It is not registered."""
    cls = struct("GiftGiven", fields, doc=doc, module=module)
    return EventType(name=name, version=version, stream_field=stream, shared=shared, cls=cls, lifts=lifts or {})


def many(part: type) -> Any:
    """`tuple[part, ...]` of a class that a test made."""
    return GenericAlias(tuple, (part, ...))


@contextmanager
def program(*kinds: EventType) -> Iterator[None]:
    """A program that knows these events and no others."""
    with (
        patch.dict(envelope._BY_NAME, {kind.name: kind for kind in kinds}, clear=True),
        patch.dict(envelope._BY_CLASS, {kind.cls: kind for kind in kinds}, clear=True),
    ):
        yield


GIFT = {
    "gift_id": "0190a000-0000-8000-8000-000000000001",
    "amount_fen": 5_000,
    "colour": "red",
    "note": "0190a000-0000-8000-8000-000000000002",
}
HOUSEHOLD = HouseholdId("0190a000-0000-8000-8000-000000000003")
