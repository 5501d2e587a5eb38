"""A view: a row type and two pure functions. The same code runs live, in a rebuild, for a point in time and in a test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from contracts.envelope import Event, Meta


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a view. Amounts are fen per state; it holds ids, never personal values."""


R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class View(Generic[R]):
    """One read model: rows folded from events.

    key: the row keys an event touches (only rows it can name; none: the event is not shown).
    evolve: (row or None, event, meta) -> row, or None when there is none; reads no clock, database or random number.
    index: fields of the row that readers look rows up by; each becomes an indexed column.
    version: raised by hand when the fold changes its meaning; part of the identity of a set of tables.
    follows: False: folded in the journal's own transaction (screens wait for it); True: behind it.
    """

    name: str
    row: type[R]
    key: Callable[[Event], Iterable[str]]
    evolve: Callable[[R | None, Any, Meta], R | None]
    index: Sequence[str] = ()
    version: int = 1
    follows: bool = False

    def __post_init__(self) -> None:
        missing = [name for name in self.index if name not in self.row.__struct_fields__]
        if missing:
            raise ValueError(f"view {self.name}: index names no field of {self.row.__name__}: {missing}")

    def fold(self, events: Iterable[tuple[Event, Meta]], rows: dict[str, R] | None = None) -> dict[str, R]:
        """Fold events in order into rows by key, in memory."""
        rows = {} if rows is None else rows
        for event, meta in events:
            for key in self.key(event):
                row = self.evolve(rows.get(key), event, meta)
                if row is None:
                    rows.pop(key, None)
                else:
                    rows[key] = row
        return rows
