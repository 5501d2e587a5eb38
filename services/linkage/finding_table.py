"""The board's table in PostgreSQL: read by pages, written by whoever looked at a batch of keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from contracts.ids import HouseholdId
from services.linkage.board import Question
from services.linkage.detections.finding import Finding

TABLE = """
do $$ begin
  if to_regclass('finding') is not null
     and not exists (select from information_schema.columns where table_name = 'finding' and column_name = 'scope') then
    drop table finding;
    drop table finding_made_by;
  end if;
end $$;
create table if not exists finding (
  id text primary key,
  scope text not null,
  household_id text,
  area text not null,
  detection text not null,
  kind text not null,
  since timestamptz not null,
  until timestamptz,
  row jsonb not null
);
create index if not exists finding_board on finding (since, id);
create index if not exists finding_scope on finding (scope);
create table if not exists finding_made_by (one boolean primary key default true check (one), version text not null);
"""
"""Derived data: a table of an older shape goes, and the empty `finding_made_by` has the whole board made anew."""
PAGE = """
select row from finding
 where ($1::text is null or kind = $1) and ($2::text is null or detection = $2) and ($3::text[] is null or area = any($3))
   and case when $8::timestamptz is null then $4 or until is null else since <= $8 and (until is null or until > $8) end
   and ($9::text[] is null or row ->> 'owner' = any($9))
   and ($5::timestamptz is null or (since, id) > ($5, $6::text))
 order by since, id limit $7
"""
UNCHANGED = """
select dirty.key from dirty join unnest($1::text[], $2::bigint[]) looked(key, mark) on dirty.key = looked.key and dirty.mark = looked.mark
 order by dirty.key collate "C" for update of dirty
"""
"""Locked in the order in which `mark_dirty` locks them."""
WRITE = """
insert into finding(id, scope, household_id, area, detection, kind, since, until, row) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (id) do update set scope = excluded.scope, household_id = excluded.household_id, area = excluded.area, since = excluded.since,
  until = excluded.until, row = excluded.row
"""
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Finding)


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What looking at a key gave. mark: of the dirty list, read before the journal. found: None leaves its findings as they are."""

    mark: int
    next_due: datetime | None
    found: Sequence[Finding] | None


async def prepare(pool: asyncpg.Pool) -> None:
    """The board's table is there."""
    await pool.execute(TABLE)


class FindingBoard:
    """The board in PostgreSQL."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def page(self, question: Question) -> list[Finding]:
        """Findings that were asked for, oldest first."""
        rows = await self._pool.fetch(
            PAGE,
            question.kind,
            question.detection,
            None if question.areas is None else list(question.areas),
            question.over,
            question.after and question.after.since,
            question.after and question.after.id,
            question.limit,
            question.at,
            None if question.owners is None else list(question.owners),
        )
        return [_decoder.decode(row["row"]) for row in rows]

    async def of(self, household_id: HouseholdId | str) -> list[Finding]:
        """What stands under a household's own key, also what is over."""
        rows = await self._pool.fetch("select row from finding where scope = $1 order by since, id", household_id)
        return [_decoder.decode(row["row"]) for row in rows]


async def settle(pool: asyncpg.Pool, looked: Mapping[str, Looked]) -> None:
    """The findings of these keys are these, and each key is due again then; but nothing of a key that was marked anew meanwhile."""
    async with pool.acquire() as connection, connection.transaction():
        rows = await connection.fetch(UNCHANGED, list(looked), [one.mark for one in looked.values()])
        held = {row["key"]: looked[row["key"]] for row in rows}
        over = [key for key, one in held.items() if one.next_due is None]
        later = {key: one.next_due for key, one in held.items() if one.next_due is not None}
        await connection.execute("delete from dirty where key = any($1)", over)
        await connection.execute(
            "update dirty set due_at = x.due_at from unnest($1::text[], $2::timestamptz[]) x(key, due_at) where dirty.key = x.key",
            list(later),
            list(later.values()),
        )
        await _write(connection, {key: one.found for key, one in held.items() if one.found is not None})


async def _write(connection: Any, found: Mapping[str, Sequence[Finding]]) -> None:
    """Only what differs is written: most looks change nothing."""
    rows = await connection.fetch("select id, row from finding where scope = any($1)", list(found))
    stored = {row["id"]: _decoder.decode(row["row"]) for row in rows}
    told = {one.id: one for findings in found.values() for one in findings}
    await connection.execute("delete from finding where id = any($1)", [name for name in stored if name not in told])
    await connection.executemany(WRITE, [_row(one) for name, one in told.items() if stored.get(name) != one])


def _row(one: Finding) -> tuple[Any, ...]:
    row = _encoder.encode(one).decode()
    return (one.id, one.scope, one.household_id, one.area, one.detection, one.kind, one.since, one.until, row)
