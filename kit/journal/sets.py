"""A set: the table of one view in one version of its fold. Sets are registered; readers and writers use the one that is `live`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import asyncpg
import msgspec

from kit.errors import Retry
from kit.journal.columns import as_text, column_types
from kit.view import Row, View

SETTLED = "view_set: registry"  # the advisory lock under which sets are made


class OtherSet(Retry):
    """The view's tables belong to another version of the view than this program's: it waits until program and tables agree again."""


@dataclass(frozen=True)
class ViewSet:
    """The table of a view. A row without `row` is the memory of a deleted one: who fed it (only that feeder may bring it back)."""

    id: int
    view: View[Any]
    state: str

    @property
    def table(self) -> str:
        return table_name(self.view.name, self.id)

    @cached_property
    def columns(self) -> Mapping[str, str]:
        return columns_of(self.view)

    @cached_property
    def decoder(self) -> msgspec.json.Decoder[Any]:
        return msgspec.json.Decoder(self.view.row)

    @cached_property
    def create(self) -> list[str]:
        """Statements that make the table and its indexes."""
        typed = "".join(f', "{name}" {kind}' for name, kind in self.columns.items())
        table = (
            f'create table "{self.table}" (key text primary key, feed_source text not null, feed_partition integer not null, '
            f"feed_key text not null{typed}, row jsonb)"
        )
        indexes = [
            f'create index "{_index_name(self.table, name)}" on "{self.table}" using {"gin" if kind.endswith("[]") else "btree"} ("{name}")'
            for name, kind in self.columns.items()
        ]
        return [table, *indexes]

    @cached_property
    def upsert(self) -> str:
        """One statement for any number of rows; every value arrives as text. A row that another feeder just made is left as it is."""
        names = ["key", "feed_source", "feed_partition", "feed_key", *(f'"{name}"' for name in self.columns), "row"]
        kinds = ["text", "text", "integer", "text", *self.columns.values(), "jsonb"]
        parts = ", ".join(f"c{n}::{kind}" for n, kind in enumerate(kinds))
        arrays = ", ".join(f"${n + 1}::text[]" for n in range(len(kinds)))
        changed = ", ".join(f"{name} = excluded.{name}" for name in names[4:])
        return (
            f'insert into "{self.table}" as t ({", ".join(names)}) select {parts} from unnest({arrays}) x({", ".join(f"c{n}" for n in range(len(kinds)))}) '
            f"on conflict (key) do update set {changed} where row(t.feed_source, t.feed_key) = row(excluded.feed_source, excluded.feed_key)"
        )

    @cached_property
    def load(self) -> str:
        return f'select key, feed_source, feed_key, row::text as row from "{self.table}" where key = any($1)'

    def index_values(self, row: Row | None) -> list[str | None]:
        """The typed columns of a row, as text."""
        return [None if row is None else as_text(getattr(row, name)) for name in self.columns]


def table_name(view: str, set_id: int) -> str:
    return f"view_{view.replace('-', '_')}_{set_id}"


def columns_of(view: View[Any]) -> Mapping[str, str]:
    """The typed columns of the view's table."""
    return column_types(view.row, view.index)


def shape_of(view: View[Any]) -> str:
    """The columns of the view's table, as one word to compare."""
    return ",".join(f"{name} {kind}" for name, kind in columns_of(view).items())


async def prepare(pool: asyncpg.Pool, views: Iterable[View[Any]]) -> list[View[Any]]:
    """Every view has tables, so far as that needs no fold. Returns the views that must be built from the journal first.

    A view that never existed gets a live set at once while nothing was applied yet.
    """
    missing = []
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", SETTLED)
        anything = await connection.fetchval("select exists(select from journal)")
        for view in views:
            known = await connection.fetchrow("select version, follows, shape from view_set where view = $1 and state = 'live'", view.name)
            if known is None and not anything:
                await make(connection, view, "live")
            elif known is None or not _fits(view, known):
                missing.append(view)
    return missing


async def make(connection: Any, view: View[Any], state: str) -> ViewSet:
    """A new set with an empty table."""
    set_id = await connection.fetchval(
        "insert into view_set(view, version, follows, shape, state) values ($1, $2, $3, $4, $5) returning id",
        view.name, view.version, view.follows, shape_of(view), state,
    )  # fmt: skip
    made = ViewSet(set_id, view, state)
    for statement in made.create:
        await connection.execute(statement)
    return made


async def drop(connection: Any, view: str, set_id: int) -> None:
    """The set's table and registration are gone."""
    await connection.execute(f'drop table if exists "{table_name(view, set_id)}"')
    await connection.execute("delete from parked where consumer = $1 and set_id = $2 and state <> 'skipped'", consumer_of(view), set_id)
    await connection.execute("delete from view_set where id = $1", set_id)


async def find(connection: Any, view: View[Any], state: str) -> ViewSet | None:
    """The view's set in this state, None when there is none. Raises OtherSet when it is of another version of the view."""
    row = await connection.fetchrow("select id, version, follows, shape from view_set where view = $1 and state = $2", view.name, state)
    if row is None:
        return None
    if not _fits(view, row):
        raise OtherSet(f"view {view.name}: the tables are of version {row['version']}, this program folds version {view.version}")
    return ViewSet(row["id"], view, state)


async def live(connection: Any, views: Sequence[View[Any]]) -> list[ViewSet]:
    """The live set of each view. Raises OtherSet when one is missing or of another version."""
    rows = await connection.fetch(
        "select id, view, version, follows, shape from view_set where state = 'live' and view = any($1)", [view.name for view in views]
    )
    known = {row["view"]: row for row in rows}
    wrong = [view.name for view in views if view.name not in known or not _fits(view, known[view.name])]
    if wrong:
        raise OtherSet(f"views that must be rebuilt first: {wrong}")
    return [_cached(known[view.name]["id"], view) for view in views]


def consumer_of(view: str) -> str:
    """Under which name a view's parked keys are kept."""
    return f"view/{view}"


_known: dict[tuple[int, int], ViewSet] = {}


def _cached(set_id: int, view: View[Any]) -> ViewSet:
    """Its statements and decoder are made once."""
    found = _known.get((set_id, id(view)))
    if found is None or found.view is not view:
        found = _known[set_id, id(view)] = ViewSet(set_id, view, "live")
    return found


def _fits(view: View[Any], row: Any) -> bool:
    return (row["version"], row["follows"], row["shape"]) == (view.version, view.follows, shape_of(view))


def _index_name(table: str, column: str) -> str:
    """PostgreSQL cuts names at 63 bytes."""
    return f"ix_{table[:36]}_{hashlib.sha256(f'{table}.{column}'.encode()).hexdigest()[:12]}"
