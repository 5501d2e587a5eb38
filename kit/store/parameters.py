"""A group of appends as the arrays that `append_group` takes: one array per column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from kit.store.model import Append, IndexChange, Link, Release, ReleaseAll, SetTimer, Take, Unlink

WIDTHS = (3, 3, 11, 6, 3)
"""Columns of appends, reads, events, index changes and side rows."""


def columns(appends: Sequence[Append]) -> list[list[Any]]:
    """The arrays in the order of the function's parameters; `app` counts from 1."""
    numbered = list(enumerate(appends, 1))
    tables: tuple[list[tuple[Any, ...]], ...] = (
        [(append.key, append.body, append.floor) for append in appends],
        [(i, read.stream, read.version) for i, append in numbered for read in append.reads],
        [
            (
                i,
                e.id,
                e.stream,
                e.version,
                e.type,
                e.schema_version,
                e.key,
                e.occurred_at,
                e.effective_from,
                e.data.decode(),
                e.meta.decode(),
            )
            for i, append in numbered
            for e in append.events
        ],
        [(i, stream, *change_columns(change)) for i, append in numbered for stream, change in append.index],
        [(i, row.table, msgspec.json.encode(row.values).decode()) for i, append in numbered for row in append.rows],
    )
    return [column for rows, width in zip(tables, WIDTHS, strict=True) for column in _transposed(rows, width)]


def _transposed(rows: Iterable[tuple[Any, ...]], width: int) -> list[list[Any]]:
    turned = [list(column) for column in zip(*rows, strict=True)]
    return turned or [[] for _ in range(width)]


def change_columns(change: IndexChange) -> tuple[str, str | None, str | None, datetime | None]:
    """(operation, kind, key, due) of one change."""
    match change:
        case Take(kind, key):
            return "take", kind, key, None
        case Release(kind, key):
            return "release", kind, key, None
        case Link(subject):
            return "link", None, subject, None
        case Unlink(subject):
            return "unlink", None, subject, None
        case SetTimer(name, None):
            return "cancel", None, name, None
        case SetTimer(name, due):
            return "timer", None, name, due
        case ReleaseAll():
            return "end", None, None, None
