"""From a row type to the columns of a view's table."""

from __future__ import annotations

import enum
import types
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import msgspec

PLAIN: Mapping[type, str] = {bool: "boolean", int: "bigint", str: "text", datetime: "timestamptz", date: "date"}


def column_types(row: type, fields: Sequence[str]) -> dict[str, str]:
    """PostgreSQL's type for each field. Raises TypeError for a field that cannot be a column (an object, a float)."""
    return _column_types(row, tuple(fields))


@lru_cache
def _column_types(row: type, fields: tuple[str, ...]) -> dict[str, str]:
    hints = get_type_hints(row)
    return {name: _pg_type(hints[name], f"{row.__name__}.{name}") for name in fields}


def as_text(value: object) -> str | None:
    """A value in PostgreSQL's text form; None stays None."""
    plain = msgspec.to_builtins(value)
    if plain is None or isinstance(plain, str):
        return plain
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, list | tuple | set | frozenset):
        return "{" + ",".join(_quoted(str(item)) for item in plain) + "}"
    return str(plain)


def _pg_type(hint: Any, where: str) -> str:
    hint = _bare(hint)
    if get_origin(hint) in (list, tuple, set, frozenset):
        return _pg_type(get_args(hint)[0], where) + "[]"
    if isinstance(hint, type):
        if issubclass(hint, enum.Enum):
            return "bigint" if issubclass(hint, int) else "text"
        if hint in PLAIN:
            return PLAIN[hint]
    raise TypeError(f"{where}: {hint!r} cannot be a column")


def _bare(hint: Any) -> Any:
    """Without NewType and Optional."""
    while isinstance(hint, NewType):
        hint = hint.__supertype__
    if get_origin(hint) in (Union, types.UnionType):
        rest = [part for part in get_args(hint) if part is not type(None)]
        if len(rest) == 1:
            return _bare(rest[0])
    return hint


def _quoted(item: str) -> str:
    return '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"'
