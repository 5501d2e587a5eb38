"""A group of appends as `append_group` takes it: for each column of each table one text, its cells parted by the unit separator.

PostgreSQL and this process are both much quicker with such a text than with arrays of typed values (decision record 0022).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from kit.store.model import Append, IndexChange, Link, NewEvent, Release, ReleaseAll, SetTimer, Take, Unlink

SEPARATOR = "\x1f"
"""Stands in no JSON (there it would be escaped), no id and no code; a cell that holds it all the same is refused."""
WIDTHS = (4, 3, 2, 12, 6, 3)
"""Columns of appends, reads, predecessors, events, index changes and side rows."""

Row = tuple[str, ...]


class NotACell(Exception):
    """A text that no column of the log can keep: it holds the separator."""


def columns(appends: Sequence[Append]) -> list[Any]:
    """The parameters of the function in their order, but the time; appends count from 1."""
    reads, predecessors = _reads(appends)
    tables: tuple[list[Row], ...] = (
        [
            (
                append.key or "",
                append.body or "",
                append.floor.isoformat() if append.floor else "",
                append.events[0].meta.decode() if append.events else "",
            )
            for append in appends
        ],
        reads,
        predecessors,
        [
            _event(str(i), nth, event, append.events[0].meta)
            for i, append in enumerate(appends, 1)
            for nth, event in enumerate(append.events)
        ],
        [(str(i), stream, *_change(change)) for i, append in enumerate(appends, 1) for stream, change in append.index],
        [(str(i), row.table, msgspec.json.encode(row.values).decode()) for i, append in enumerate(appends, 1) for row in append.rows],
    )
    return [len(appends), *(text for rows, width in zip(tables, WIDTHS, strict=True) for text in _texts(rows, width))]


def _reads(appends: Sequence[Append]) -> tuple[list[Row], list[Row]]:
    """What is compared with the log, and which append rests on which earlier one of the group: the last that writes what it read.

    One that read another version than that one leaves rests on number 0, which is never accepted.
    """
    reads: list[Row] = []
    predecessors: list[Row] = []
    writers: dict[str, tuple[str, int]] = {}
    for number, append in enumerate(appends, 1):
        place = str(number)
        for read in append.reads:
            if read.stream in writers:
                writer, version = writers[read.stream]
                predecessors.append((place, writer if version == read.version else "0"))
            else:
                reads.append((place, read.stream, str(read.version)))
        for event in append.events:
            writers[event.stream] = (place, event.version)
    return reads, predecessors


def _event(place: str, nth: int, event: NewEvent, shared: bytes) -> Row:
    return (
        place,
        str(nth),
        event.id,
        event.stream,
        str(event.version),
        event.type,
        str(event.schema_version),
        event.key,
        event.occurred_at.isoformat(),
        event.effective_from.isoformat() if event.effective_from else "",
        event.data.decode(),
        "" if event.meta == shared else event.meta.decode(),
    )


def _texts(rows: Iterable[Row], width: int) -> list[str]:
    turned = list(zip(*rows, strict=True))
    texts = [SEPARATOR.join(column) for column in turned] or [""] * width
    if turned and any(text.count(SEPARATOR) != len(turned[0]) - 1 for text in texts):
        raise NotACell
    return texts


def _change(change: IndexChange) -> Row:
    operation, kind, key, due = change_columns(change)
    return operation, kind or "", key or "", due.isoformat() if due else ""


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
