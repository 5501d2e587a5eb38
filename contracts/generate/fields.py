"""What a field of an event may be, read from its annotation: an id, a code, an enum, a number, a date, or parts made of these."""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from contracts.envelope import Event
from contracts.ids import PATTERNS

PLAIN = (int, bool, date, datetime)


def hints_of(cls: type[Event]) -> dict[str, Any]:
    """The annotation of each field, resolved, in the order of the class."""
    hints = get_type_hints(cls)
    return {name: hints[name] for name in cls.__struct_fields__}


def id_name(hint: Any) -> str | None:
    """The name of an id or code type; None for anything else."""
    return str(hint.__name__) if isinstance(hint, NewType) else None


def optional_of(hint: Any) -> Any | None:
    """What `X | None` holds; None when the hint is not such a pair."""
    if get_origin(hint) not in {Union, types.UnionType}:
        return None
    held = [arg for arg in get_args(hint) if arg is not types.NoneType]
    return held[0] if len(held) == 1 and len(get_args(hint)) == 2 else None


def item_of(hint: Any) -> Any | None:
    """What `tuple[X, ...]` holds; None when the hint is not such a tuple."""
    args = get_args(hint)
    return args[0] if get_origin(hint) is tuple and len(args) == 2 and args[1] is Ellipsis else None


def is_part(hint: Any) -> bool:
    """True for a struct inside an event, such as one line of an assessment."""
    return isinstance(hint, type) and issubclass(hint, Event)


def is_enum(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Enum)


def structs_in(cls: type[Event]) -> Iterator[type[Event]]:
    """The class and the parts it is made of, each once."""
    seen: dict[type[Event], None] = {}
    waiting = [cls]
    while waiting:
        struct = waiting.pop()
        if struct not in seen:
            seen[struct] = None
            waiting += [part for hint in hints_of(struct).values() if is_part(part := _innermost(hint))]
    return iter(seen)


def fault(hint: Any) -> str | None:
    """Why a field may not have this type; None when it may (ruling: contracts allow no bare `str`)."""
    if hint is str:
        return "is a bare str: give it an id or code type of contracts.ids, an enum, Month or NoteRef"
    if hint is float:
        return "is a float: amounts are whole fen, other measures whole numbers"
    if get_origin(hint) in {list, set, frozenset, dict} or hint in {list, set, frozenset, dict}:
        return "is not a tuple: events are values and hold `tuple[X, ...]`"
    if (name := id_name(hint)) is not None:
        return None if name in PATTERNS else f"is a {name}, which has no pattern in contracts.ids.PATTERNS"
    inner = optional_of(hint) or item_of(hint)
    if inner is not None:
        return fault(inner)
    if is_part(hint) or is_enum(hint) or hint in PLAIN:
        return None
    return f"is {hint}: use an id, code, enum, int, bool, date, datetime, a tuple of these or a part that is an Event"


def _innermost(hint: Any) -> Any:
    inner = optional_of(hint) or item_of(hint)
    return hint if inner is None else _innermost(inner)
